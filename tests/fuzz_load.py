"""Changes files that `save` wrote, by chance, and loads them.

`python fuzz_load.py HOW_MANY SEED` prints the number of each file before it is loaded and then, in JSON, what became of them
all. It runs in a process of its own, since an audit hook can't be removed and a file might end the process."""
import io
import json
import pickle
import random
import struct
import sys
import time
import tracemalloc
import warnings
from collections import Counter, OrderedDict

import numpy as np

import build_your_own_torch as torch

NUMBERS = [0, 1, 2, 8, 63, 127, 128, 255, 256, 2**15, 2**31 - 1, 2**31, 2**32 - 1, 2**62, 2**63 - 1, 2**64 - 1]
WORDS = [getattr(pickle, word) for word in dir(pickle) if word.isupper() and isinstance(getattr(pickle, word), bytes)]
NAMES = b"""Tensor Parameter ndarray dtype _reconstruct scalar _frombuffer complex bytearray OrderedDict Counter
defaultdict numpy builtins collections os system eval exec open getattr data _needs relu O8 V8 U2 M8 m8 S1 f2 f4 f8 i8 b1 c8
numpy._core.multiarray
numpy._core.numeric build_your_own_torch.tensor build_your_own_torch.nn.module < > | = C F K A latin1""".split()


def seeds():
    "What programs save, as all protocols write it."
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.BatchNorm1d(2))
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.ones(3, 2)).sum().backward()
    optimizer.step()
    w = torch.nn.Parameter(torch.ones(2))
    shared = [1, (2.5, "x")]
    things = [
        net.state_dict(), optimizer.state_dict(), {"a": w, "b": w, "c": [shared, shared]}, np.arange(6.0).reshape(2, 3).T,
        {"n": np.float32(2), "dtype": torch.float32, "z": 1j, "big": np.arange(2, dtype=">i4"), "b": torch.tensor([True])},
        OrderedDict(a=Counter("aab"), b=bytearray(b"ab"), c={1, (2, 3)}, d=frozenset([1]), e=None, f=1 << 80, g=-1, h=b"raw"),
        [np.zeros((0, 3)), np.arange(8).reshape(2, 2, 2).transpose(1, 0, 2), np.array(["text"]), np.array([None])],
        list(range(300))]
    return [pickle.dumps(thing, protocol) for thing in things for protocol in (4, 4, 5, 5, 2)]


def mutant(rng, files):
    "One of the `files`, changed a few times."
    data = bytearray(rng.choice(files))
    for _ in range(rng.choice([1, 1, 1, 2, 3, 6])): rng.choice(CHANGES)(rng, data, files)
    return bytes(data)


def place(rng, data): return rng.randrange(len(data) + 1)
def flip(rng, data, files):
    if data: data[rng.randrange(len(data))] = rng.randrange(256)
def cut(rng, data, files): del data[place(rng, data):]
def word(rng, data, files):
    i = place(rng, data)
    data[i:i + rng.randrange(2)] = rng.choice(WORDS)
def take_out(rng, data, files):
    i = place(rng, data)
    del data[i:i + rng.choice([1, 1, 2, 8, 40])]
def repeat(rng, data, files):
    i, n = place(rng, data), rng.choice([1, 2, 10, 40])
    data[i:i] = data[i:i + n] * rng.choice([1, 2, 50])
def splice(rng, data, files):
    other, i = rng.choice(files), place(rng, data)
    j = rng.randrange(len(other))
    data[i:i + rng.choice([0, 5, 40])] = other[j:j + rng.choice([1, 5, 40, 200])]
def number(rng, data, files):
    i, n, form = place(rng, data), rng.choice(NUMBERS), rng.choice("BHIQ")
    packed = struct.pack("<" + form, n % 2**(8 * struct.calcsize(form)))
    data[i:i + len(packed)] = packed
def name(rng, data, files):
    "Another name where one stands, its length told rightly."
    there = [(data.find(old), old) for old in NAMES if data.find(bytes([0x8c, len(old)]) + old) >= 0]
    if not there: return
    old = rng.choice(there)[1]
    new, head = rng.choice(NAMES), bytes([0x8c, len(old)])
    i = data.find(head + old)
    data[i:i + 2 + len(old)] = bytes([0x8c, len(new)]) + new


CHANGES = [flip, flip, cut, word, word, take_out, repeat, splice, splice, number, number, name, name, name]


def unfit(found):
    "What is no plain data in what was found, or None."
    todo, seen = [found], {}
    while todo:
        x = todo.pop()
        if id(x) in seen: continue
        seen[id(x)] = x
        if type(x) in (dict, OrderedDict, Counter): todo += [*x, *x.values()]
        elif type(x) in (list, tuple, set, frozenset): todo += x
        elif type(x) in (torch.Tensor, torch.nn.Parameter):
            more = set(vars(x)) - {"array", "node", "_asking"}
            if more or type(x.data) is not np.ndarray: return f"a tensor with {sorted(vars(x))}"
            todo.append(x.data)
        elif isinstance(x, (np.ndarray, np.generic, np.dtype)):
            dtype = np.dtype(getattr(x, "dtype", x))
            if dtype.kind not in "biufc" or dtype.hasobject: return f"{type(x).__name__} of {dtype}"
        elif type(x) not in (int, float, complex, bool, str, bytes, bytearray, type(None)): return type(x).__name__


def main(how_many, seed):
    warnings.simplefilter("error")
    "".encode("raw-unicode-escape")  # Python imports a codec when it is used first
    rng, files = random.Random(seed), seeds()
    events, strays, misfits, figures, listening = Counter(), Counter(), Counter(), Counter(), False
    def hear(event, args):
        if listening and event != "builtins.id": events[f"{event} {args}"[:80]] += 1
    sys.addaudithook(hear)
    ratio, beyond, slowest, began = 0.0, -(1 << 60), 0.0, time.perf_counter()
    tracemalloc.start()
    for i in range(how_many):
        data = mutant(rng, files)
        print(i, flush=True)
        file, found, start = io.BytesIO(data), None, time.perf_counter()
        before, listening = tracemalloc.get_traced_memory()[0], True
        tracemalloc.reset_peak()
        try:
            found = torch.load(file)
            figures["loaded"] += 1
        except pickle.UnpicklingError as e:
            figures["refused"] += 1
            if not 9 < len(str(e)) < 500: strays["a message that is none"] += 1
        except Exception as e: strays[repr(e)[:99]] += 1
        listening = False
        most, slowest = tracemalloc.get_traced_memory()[1] - before, max(slowest, time.perf_counter() - start)
        ratio, beyond = max(ratio, most / max(len(data), 1000)), max(beyond, most - 8 * len(data) - 2**20)
        if what := unfit(found): misfits[what] += 1
    print(json.dumps({**figures, "strays": strays, "unfit": misfits, "events": events, "ratio": round(ratio, 1),
                      "beyond": beyond, "slowest": round(slowest, 3), "seconds": round(time.perf_counter() - began, 1)}))


if __name__ == "__main__": main(int(sys.argv[1]), int(sys.argv[2]))
