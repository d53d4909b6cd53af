"Typical wrong answers to the exercises of chapter 15: for each exercise, pairs of an answer and words of its message."


def windows(
    length="max(0, len(self.series) - self.length)", start="i", follow="i + self.length", end="i + self.length", out="a, b"
):
    return f"""
class Windows(Dataset):
    def __init__(self, series, length): self.series, self.length = series, length
    def __len__(self): return {length}
    def __getitem__(self, i):
        if not 0 <= i < len(self): raise IndexError
        a, b = self.series[{start}:{end}], self.series[{follow}]
        return {out}"""


def pad(width="max(lengths)", put="out[row, :len(s)] = s", result="out, tensor(lengths), tensor(labels)", kind=True):
    dtype = ", dtype=seqs[0].dtype" if kind else ""
    return f"""
def pad_collate(samples):
    seqs, labels = [s for s, _ in samples], [l for _, l in samples]
    lengths = [len(s) for s in seqs]
    width = {width}
    out = zeros(len(seqs), width{dtype})
    for row, s in enumerate(seqs): {put}
    return {result}"""


def balanced(weight):
    return f"def balanced(labels):\n    k = len(set(labels))\n    return [{weight} for l in labels]"


def buffered(
    full="len(buffer) < size",
    step="i = pick(size); out, buffer[i] = buffer[i], item; yield out",
    rest="while buffer: yield buffer.pop(pick(len(buffer)))",
):
    return f"""
def buffered(stream, size, pick):
    buffer = []
    for item in stream:
        if {full}: buffer.append(item)
        else: {step}
    {rest}"""


WRONG = {
    "Windows": [
        (windows(out="list(a), b"), "a slice of the series"),
        (windows(out="a.tolist(), b.item()"), "a slice of the series"),
        (windows().replace("raise IndexError", "raise KeyError(i)"), "not at another error"),
        (windows("len(self.series) - self.length + 1"), "last window has no next"),
        (windows("max(0, len(self.series) - self.length - 1)"), "One window is missing"),
        (windows("len(self.series) - self.length"), "never negative"),
        (windows(follow="i + self.length - 1"), "right after the window"),
        (windows(start="i * self.length", end="(i + 1) * self.length"), "Windows overlap"),
        (windows(end="i + self.length + 1"), "holds the entry"),
        (windows("abs(len(self.series) - self.length)"), "not the absolute value"),
        (windows(out="b, a"), "First the window"),
        (windows(out="a, b.reshape(1)"), "not a slice"),
        (windows().replace("IndexError", "ValueError"), "not at another error"),
    ],
    "pad_collate": [
        (pad(result="out.data, np.array(lengths), np.array(labels)"), "not arrays"),
        (pad(result="out, lengths, labels"), "are tensors, too"),
        (pad(result="out, tensor(lengths), tensor([int(v) for v in labels])"), "fractions"),
        (pad("max(*lengths, 2)"), "gave"),
        ("def pad_collate(samples):\n    samples.reverse()\n    return padding()(samples)", "have changed"),
        (pad(put="out[row, width - len(s):] = s"), "not at the front"),
        (pad("min(lengths)", "out[row, :len(s)] = s[:width]"), "cut off"),
        (pad("max(lengths) + 1"), "not longer"),
        (pad(result="out, tensor(labels), tensor(lengths)"), "First the sequences"),
        (pad(kind=False), "Keep the dtype"),
        (pad(result="out, tensor([width] * len(seqs)), tensor(labels)"), "before filling up"),
        (pad(put="out[row] = -1; out[row, :len(s)] = s"), "with zeros"),
        (pad(result="out, tensor(labels)"), "lengths are missing"),
        (pad(result="out, (out != 0).sum(1), tensor(labels)"), "zeros of its own"),
        (pad(result="out.T, tensor(lengths), tensor(labels)"), "not a column"),
    ],
    "balanced": [
        ("def balanced(labels):\n    labels.sort()\n    return shares(labels, lambda c, n, k: 1 / (k * c))", "has changed"),
        ("def balanced(labels): return np.array([1 / (len(set(labels)) * labels.count(v)) for v in labels])", "an array"),
        (balanced("1 / labels.count(l) * min(labels.count(v) for v in labels)"), "not by the largest"),
        (balanced("1 / ((max(labels) + 1 if isinstance(l, int) else k) * labels.count(l))"), "the classes that occur"),
        (balanced("1 / labels.count(l)"), "divide by it"),
        (balanced("labels.count(l) / len(labels)"), "more common"),
        (balanced("1 / len(labels)"), "still common"),
        (balanced("1 - labels.count(l) / len(labels)"), "one over the count"),
        (balanced("1 / k"), "divide by their count"),
        (balanced("1 / labels.count(l) ** 2"), "not its square"),
        (balanced("len(labels) / labels.count(l)"), "should sum to 1"),
        (balanced("len(labels) / (k * labels.count(l))"), "sum to the number of samples"),
        (balanced("1 / (k * labels.count(l))").replace("for l in labels", "for l in dict.fromkeys(labels)"), "not one a class"),
    ],
    "buffered": [
        ("def buffered(stream, size, pick): return restarted(stream, size, pick)", "A list begins anew"),
        (buffered(rest="while buffer: yield buffer.pop()"), "gave"),
        (buffered(rest="return"), "is lost"),
        (buffered(rest="yield from buffer"), "at random, too"),
        (buffered(rest="for _ in list(buffer): yield buffer[pick(len(buffer))]"), "twice"),
        (buffered(step="yield buffer.pop(pick(size)); buffer.append(item)"), "not to the end"),
        (buffered(step="i = pick(size); buffer[i] = item; yield buffer[i]"), "Take the old item out"),
        (
            "def buffered(stream, size, pick):\n    items = list(stream)\n    while items: yield items.pop(pick(len(items)))",
            "some never end",
        ),
        (
            buffered("len(buffer) <= size", "i = pick(size + 1); out, buffer[i] = buffer[i], item; yield out"),
            "not one more",
        ),
        (
            "def buffered(stream, size, pick):\n    buffer = []\n    for item in stream:\n        buffer.append(item)\n"
            "        if len(buffer) > size: yield buffer.pop(pick(len(buffer)))\n"
            "    while buffer: yield buffer.pop(pick(len(buffer)))",
            "may not be picked at once",
        ),
    ],
}
