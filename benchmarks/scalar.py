"""A training step of MLP(2, [16, 16, 1]) on n points: our `Value` beside micrograd's, each in a process of its own.

    uv run --group bench benchmarks/scalar.py
"""
import json
import random
import statistics
import subprocess
import sys
import time

POINTS, ROUNDS, STEPS = (30, 100, 300), 3, 3


def engine(name):
    "A network and the value type, both with relu in the hidden layers."
    if name == "micrograd":
        from micrograd.nn import MLP
        return MLP(2, [16, 16, 1])
    from build_your_own_torch.autograd_scalar import MLP, relu
    return MLP(2, [16, 16, 1], activation=relu)


def measure(name, n):
    "Median seconds of a step, and the losses, from identical weights and data."
    rng, model = random.Random(0), engine(name)
    for p in model.parameters(): p.data = rng.uniform(-0.5, 0.5)
    points = [([rng.uniform(-1, 1), rng.uniform(-1, 1)], rng.choice([-1.0, 1.0])) for _ in range(n)]
    seconds, losses = [], []
    for _ in range(STEPS):
        start = time.perf_counter()
        loss = sum((model(xs) - want) ** 2 for xs, want in points) * (1 / n)
        for p in model.parameters(): p.grad = 0.0
        loss.backward()
        for p in model.parameters(): p.data -= 0.1 * p.grad
        seconds.append(time.perf_counter() - start)
        losses.append(loss.data)
    return statistics.median(seconds), losses


def main():
    for n in POINTS:
        times = {"ours": [], "micrograd": []}
        for _ in range(ROUNDS):
            answers = {}
            for name in times:
                out = subprocess.check_output([sys.executable, __file__, name, str(n)], text=True)
                seconds, answers[name] = json.loads(out)
                times[name].append(seconds)
            assert all(abs(a - b) < 1e-9 for a, b in zip(*answers.values())), answers
        ours, theirs = (statistics.median(t) for t in times.values())
        print(f"{n:4} points: ours {ours:.3f} s, micrograd {theirs:.3f} s, {theirs / ours:.1f} times as long")


if __name__ == "__main__":
    if len(sys.argv) == 1: main()
    else:
        if sys.argv[1] == "micrograd": sys.setrecursionlimit(10**6)
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
