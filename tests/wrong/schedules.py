"Typical wrong answers to the exercises of chapter 14: for each exercise, pairs of an answer and words of its message."


def noam(body, s="step + 1"):
    return f"def noam(step, width, warmup):\n    s = {s}\n    return {body}"


def stay(body):
    return f"def stay(step, warmup, total, cooldown):\n    return {body}"


def halving(
    better="loss < self.best", best="min(loss, self.best)", good="0", when=">= self.patience", after="0", by="/ 2", more="pass"
):
    return f"""
class Halving:
    def __init__(self, rate, patience):
        self.rate, self.patience, self.best, self.bad = rate, patience, float("inf"), 0

    def step(self, loss):
        self.bad = {good} if {better} else self.bad + 1
        self.best = {best}
        if self.bad {when}:
            self.rate, self.bad = self.rate {by}, {after}
            {more}
        return self.rate"""


def steepest(body):
    return f"def steepest(rates, losses):\n    {body}"


WRONG = {
    "noam": [
        (noam("width ** -1/2 * min(s ** -0.5, s * warmup ** -1.5)"), "write -0.5"),
        (noam("width ** -0.5 * min(s ** -0.5, s * warmup ** -1.5)", "step"), "Schedules count from 0"),
        (noam("width ** -0.5 * max(s ** -0.5, s * warmup ** -1.5)"), "smaller of the two"),
        (noam("width ** -0.5 * min(s ** -0.5, s * warmup ** -0.5)"), "power -1.5"),
        (noam("width ** -0.5 * min(s ** -0.5, s / warmup)"), "power -1.5"),
        (noam("min(s ** -0.5, s * warmup ** -1.5)"), "is missing"),
        (noam("width ** 0.5 * min(s ** -0.5, s * warmup ** -1.5)"), "wider network"),
        (noam("width ** -0.5 * min(s ** -0.5, s ** -0.5 * warmup ** -1.5)"), "first power"),
        (noam("width ** -0.5 * min(s ** -0.5, step * warmup ** -1.5)"), "Both parts count"),
        (noam("width ** -0.5 * min(s ** -0.5, s * warmup ** -1.5)", "max(step, 1)"), "add 1 to all"),
        ("def noam(step, width, warmup):\n    width ** -0.5", "Is there a `return`?"),
    ],
    "stay": [
        (stay("min((step + 1) / warmup, 1.0, abs(total - step) / cooldown)"), "gave 0.6, expected 0"),
        (stay("max(0.0, min(step / warmup, 1.0, (total - step) / cooldown))"), "not 0"),
        (stay("min((step + 1) / warmup, 1.0, (total - step) / cooldown)"), "not less"),
        (stay("max(0.0, min((step + 1) / warmup, (total - step) / cooldown))"), "In the middle it is 1"),
        (stay("max(0.0, min((step + 1) / warmup, 1.0, (total - step - 1) / cooldown))"), "begins at total - cooldown"),
        (stay("max(0.0, min((step + 1) / warmup, 1.0, (total - step) / total))"), "last cooldown steps only"),
        (stay("max(0.0, min((step + 1) / warmup, 1.0, (total - step) / (total - warmup)))"), "last cooldown steps only"),
        (stay("min((step + 1) / warmup, 1.0)"), "should cool down"),
        (stay("min((step + 1) / warmup, 1.0) if step < total else 0.0"), "should cool down"),
        (stay("max(0.0, min(1.0, (total - step) / cooldown))"), "first warmup steps"),
        (stay("max(0.0, min(step / (warmup - 1), 1.0, (total - step) / cooldown))"), "reaches 1 at"),
    ],
    "Halving": [
        (halving(better="loss < self.best - 1e-4"), "no threshold"),
        (halving(better="loss < self.best * 0.9999"), "no threshold"),
        (halving(after="-1"), "no cool-down"),
        (
            halving(better="not self.best or loss < self.best", best="min(loss, self.best or loss)"),
            "A best of 0 is a best",
        ),
        (halving(good="self.bad"), "in a row"),
        (halving(best="loss"), "not with the last"),
        (halving(when="> self.patience"), "not one later"),
        (halving(after="self.bad"), "begins anew"),
        (halving(better="loss <= self.best"), "Equal is not better"),
        (halving(more="self.best = float('inf')"), "best is kept"),
        (halving(by="/ 10"), "Halve the rate"),
        (halving(by="* 1"), "never changes"),
        (halving().replace("return self.rate", "pass"), "Is there a `return`?"),
        (halving().replace('float("inf")', "0"), "nothing is best"),
        (halving().replace('float("inf")', "100"), "nothing is best"),
    ],
    "steepest": [
        (steepest("return falls()(rates, losses[:-1])"), "The last pair counts"),
        (steepest("return size_only(rates, losses)"), "not where it climbs"),
        (
            steepest("d = np.diff(losses)\n    d = d[np.isfinite(d)].tolist()\n    return rates[d.index(min(d))]"),
            "still have their places",
        ),
        (steepest("losses[:] = [v if math.isfinite(v) else 9.0 for v in losses]\n    return rates[0]"), "has changed"),
        (steepest("return rates[int(np.nanargmin(np.diff(losses))) + 1]"), "not after it"),
        (steepest("return rates[int(np.argmin(np.diff(losses))) + 1]"), "not after it"),
        (
            steepest("d = np.diff(losses)\n    d[~np.isfinite(d)] = 9\n    return rates[int(np.argmin(d)) + 1]"),
            "not after it",
        ),
        (steepest("return rates[int(np.argmin(np.diff(losses)))]"), "wins every argmin"),
        (steepest("return rates[int(np.nanargmin(np.diff(losses)))]"), "infinite"),
        (steepest("return rates[int(np.nanargmin(losses))]"), "where it falls most"),
        (steepest("return rates[int(np.nanargmax(np.diff(losses)))]"), "not where it climbs"),
        (steepest("return rates.index(falls()(rates, losses))"), "not its place"),
        (steepest("return joined(rates, losses)"), "the two sides of a gap"),
        (steepest("return per_step(rates, losses, np.log(rates))"), "how far apart"),
    ],
}
