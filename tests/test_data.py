"Chapter 15: datasets, samplers, collating and the loader beside PyTorch's; order, chance, errors and ends with workers."

import threading
import time
import traceback
from collections import Counter, OrderedDict, namedtuple

import numpy as np
import pytest
from conftest import reference

import build_your_own_torch as ours
from build_your_own_torch import nn
from build_your_own_torch.utils import data
from build_your_own_torch.utils.data import DataLoader

Pair = namedtuple("Pair", "x y")
WORKERS = [0, 1, 3]


def both():
    torch = reference("torch")
    return (ours, data), (torch, torch.utils.data)


def plain(v):
    "Numbers, dtypes and forms of a batch, whichever library made it."
    if hasattr(v, "detach"):
        return (list(v.shape), str(v.dtype).removeprefix("torch."), v.tolist())
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items()}
    if isinstance(v, tuple) and hasattr(v, "_fields"):
        return ("Pair", [plain(x) for x in v])
    return [plain(x) for x in v] if isinstance(v, (list, tuple)) else v


SAMPLES = {
    "ints": lambda T: [1, 2, 3],
    "floats": lambda T: [1.5, 2.5],
    "bools": lambda T: [True, False],
    "tensors": lambda T: [T.tensor([1.0, 2.0]), T.tensor([3.0, 4.0])],
    "numbers in tensors": lambda T: [T.tensor(1), T.tensor(2)],
    "arrays": lambda T: [np.ones((2, 2)), np.zeros((2, 2))],
    "small arrays": lambda T: [np.ones(2, np.float32), np.zeros(2, np.float32)],
    "scalars": lambda T: [np.float32(1), np.float32(2)],
    "whole scalars": lambda T: [np.int32(1), np.int32(2)],
    "text": lambda T: ["a", "b"],
    "bytes": lambda T: [b"a", b"b"],
    "pairs": lambda T: [(T.tensor([1.0]), 3), (T.tensor([2.0]), 4)],
    "lists": lambda T: [[1, 2.0], [3, 4.0]],
    "dicts": lambda T: [{"a": 1, "b": (2, "x")}, {"a": 3, "b": (4, "y")}],
    "ordered": lambda T: [OrderedDict(a=1.0), OrderedDict(a=2.0)],
    "named": lambda T: [Pair(1, np.ones(2)), Pair(2, np.ones(2))],
    "mixed scalars": lambda T: [np.float64(1), 2.0],
    "deep": lambda T: [{"a": [Pair({"c": T.tensor(1)}, (1.0,))]}, {"a": [Pair({"c": T.tensor(2)}, (2.0,))]}],
}


@pytest.mark.parametrize("name", SAMPLES)
def test_collate_equals_pytorchs(name):
    mine, theirs = (plain(D.default_collate(SAMPLES[name](T))) for T, D in both())
    assert mine == theirs


@pytest.mark.parametrize("name", SAMPLES)
def test_convert_equals_pytorchs(name):
    mine, theirs = ([plain(D.default_convert(v)) for v in SAMPLES[name](T)] for T, D in both())
    assert mine == theirs


@pytest.mark.parametrize(
    "kind, words, samples",
    [
        (TypeError, "got a NoneType: give the loader a collate_fn", [None, None]),
        (TypeError, "got a object", [object()]),
        (TypeError, "an array of <U1 is no batch of numbers", [np.array(["a"]), np.array(["b"])]),
        (RuntimeError, r"shapes \[2\], \[3\] don't stack", [np.ones(2), np.ones(3)]),
        (RuntimeError, r"samples of \[1, 2\] parts", [(1,), (1, 2)]),
        (ValueError, "at least one sample", []),
        (KeyError, "b", [{"a": 1, "b": 2}, {"a": 1}]),
    ],
)
def test_what_does_not_collate(kind, words, samples):
    with pytest.raises(kind, match=words):
        data.default_collate(samples)
    _, (torch, theirs) = both()
    with pytest.raises((TypeError, RuntimeError, IndexError, KeyError)):
        theirs.default_collate(samples)


def test_collate_keeps_the_graph():
    p = nn.Parameter(np.arange(3.0))
    out = data.default_collate([p * 2, p])
    out.sum().backward()
    assert p.grad.tolist() == [3, 3, 3]


def squares(T, D, n=10):
    x = T.tensor(np.arange(n * 2.0).reshape(n, 2))
    return D.TensorDataset(x, T.tensor(np.arange(n) ** 2))


LOADERS = {
    "plain": {},
    "batches": {"batch_size": 4},
    "drop": {"batch_size": 4, "drop_last": True},
    "larger than all": {"batch_size": 99},
    "single": {"batch_size": None},
    "sampler": {"batch_size": 3, "sampler": [9, 1, 5, 5, 0]},
    "batch sampler": {"batch_sampler": [[1, 2], [3], [9, 9, 9]]},
    "collate": {"batch_size": 4, "collate_fn": len},
    "workers": {"batch_size": 3, "num_workers": 2},
}


@pytest.mark.parametrize("kind", ["tensors", "subset", "concat", "list"])
@pytest.mark.parametrize("name", LOADERS)
def test_loaders_give_pytorchs_batches(name, kind):
    found = []
    for T, D in both():
        d = squares(T, D)
        if kind == "subset":
            d = D.Subset(D.Subset(d, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]), list(range(10)))
        if kind == "concat":
            d = squares(T, D, 7) + D.Subset(d, [0, 5, 9])
        if kind == "list":
            d = [(i, f"s{i}") for i in range(10)]
        settings = dict(LOADERS[name])
        if T is not ours:
            settings.pop("num_workers", None)  # processes would be slow to start
        loader = D.DataLoader(d, **settings)
        found.append((len(loader), [plain(b) for b in loader], [plain(b) for b in loader]))
    assert found[0] == found[1]


class Numbers(data.IterableDataset):
    def __init__(self, n=10):
        self.n = n

    def __iter__(self):
        return iter(range(self.n))


class Sized(Numbers):
    def __len__(self):
        return self.n


@pytest.mark.parametrize("workers", WORKERS)
@pytest.mark.parametrize(
    "settings", [{}, {"batch_size": 4}, {"batch_size": 4, "drop_last": True}, {"batch_size": None}], ids=str
)
def test_streams(settings, workers):
    torch = reference("torch")

    class Theirs(torch.utils.data.IterableDataset):
        def __iter__(self):
            return iter(range(10))

        def __len__(self):
            return 10

    mine = DataLoader(Sized(), num_workers=workers, **settings)
    theirs = torch.utils.data.DataLoader(Theirs(), **settings)
    assert [plain(b) for b in mine] == [plain(b) for b in theirs]
    assert len(mine) == len(theirs)
    assert [plain(b) for b in DataLoader(Numbers(0), num_workers=workers, **settings)] == []
    with pytest.raises(TypeError):
        len(DataLoader(Numbers()))


def test_endless_streams_can_be_left():
    class Endless(data.IterableDataset):
        def __iter__(self):
            return iter(int, 1)

    before = threading.active_count()
    for workers in (0, 1, 2):
        for i, _ in enumerate(DataLoader(Endless(), 3, num_workers=workers)):
            if i == 5:
                break
    until = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < until:
        time.sleep(0.01)
    assert threading.active_count() == before


def test_datasets_as_sequences():
    d = squares(ours, data)
    assert len(d) == 10 and d[-1][1].item() == 81
    with pytest.raises(IndexError):
        d[10]
    assert len(list(d)) == 10
    both_ = d + data.Subset(d, [3, 4])
    assert both_.cumulative_sizes == [10, 12] and both_[-2][1].item() == 9 and both_[10][1].item() == 9
    for i in (12, -13):
        with pytest.raises(IndexError, match=f"sample {i} of 12"):
            both_[i]
    with pytest.raises(NotImplementedError, match="Nothing has no __getitem__"):
        type("Nothing", (data.Dataset,), {})()[0]
    with pytest.raises(TypeError, match="stream"):
        data.ConcatDataset([d, Numbers()])
    with pytest.raises(ValueError, match="no datasets"):
        data.ConcatDataset([])
    with pytest.raises(ValueError, match="tensors of one length"):
        data.TensorDataset(ours.zeros(3), ours.zeros(4))


@pytest.mark.parametrize("lengths", [[7, 3], [10], [0.5, 0.5], [0.33, 0.33, 0.34], [0.9, 0.1], [1, 9, 0], [0.25, 0.25, 0.5]])
def test_random_split(lengths):
    mine = data.random_split(range(10), lengths, generator=ours.Generator().manual_seed(3))
    torch = reference("torch")
    assert [len(p) for p in mine] == [len(p) for p in torch.utils.data.random_split(range(10), lengths)]
    assert sorted(i for p in mine for i in p.indices) == list(range(10))
    again = data.random_split(range(10), lengths, generator=ours.Generator().manual_seed(3))
    assert [p.indices for p in mine] == [p.indices for p in again]


@pytest.mark.parametrize("lengths", [[7, 4], [0.5, 0.6], [0.5], [-1, 11]])
def test_random_split_refuses(lengths):
    with pytest.raises(ValueError, match="lengths"):
        data.random_split(range(10), lengths)


def test_samplers():
    ours.manual_seed(0)
    assert list(data.SequentialSampler("abc")) == [0, 1, 2]
    by_lot = data.RandomSampler(range(50))
    first, second = list(by_lot), list(by_lot)
    assert sorted(first) == sorted(second) == list(range(50)) and first != second != list(range(50))
    more = data.RandomSampler(range(4), num_samples=10)
    assert len(more) == 10 and Counter(list(more)[:8]) == Counter([0, 1, 2, 3] * 2)
    again = list(data.RandomSampler(range(4), replacement=True, num_samples=400))
    assert len(again) == 400 and all(60 < n < 140 for n in Counter(again).values())
    assert list(data.RandomSampler([])) == []
    assert sorted(data.SubsetRandomSampler([5, 7, 9])) == [5, 7, 9]
    weighted = data.WeightedRandomSampler([0.0, 1.0, 3.0], 4000)
    counts = Counter(weighted)
    assert counts[0] == 0 and abs(counts[2] / counts[1] - 3) < 0.5 and len(weighted) == 4000
    assert sorted(data.WeightedRandomSampler([1, 2, 3, 0], 3, replacement=False)) == [0, 1, 2]
    g = ours.Generator()
    for make in (
        lambda: data.RandomSampler(range(9), generator=g.manual_seed(1)),
        lambda: data.RandomSampler(range(9), True, generator=g.manual_seed(1)),
        lambda: data.SubsetRandomSampler(range(9), generator=g.manual_seed(1)),
        lambda: data.WeightedRandomSampler([1.0] * 9, 9, generator=g.manual_seed(1)),
    ):
        assert list(make()) == list(make())


@pytest.mark.parametrize("drop", [False, True])
@pytest.mark.parametrize("size", [1, 3, 10, 11])
def test_batch_sampler(size, drop):
    torch = reference("torch")
    mine, theirs = data.BatchSampler(range(10), size, drop), torch.utils.data.BatchSampler(range(10), size, drop)
    assert list(mine) == list(theirs) and len(mine) == len(theirs)


REFUSED = [
    ("give sampler or shuffle", {"shuffle": True, "sampler": [0]}),
    ("batch_sampler excludes", {"batch_sampler": [[0]], "batch_size": 2}),
    ("batch_sampler excludes", {"batch_sampler": [[0]], "drop_last": True}),
    ("batch_sampler excludes", {"batch_sampler": [[0]], "shuffle": True}),
    ("no last batch to drop", {"batch_size": None, "drop_last": True}),
    ("batch_size must be a whole number from 1 on, got 0", {"batch_size": 0}),
    ("batch_size must be a whole number from 1 on, got 2.5", {"batch_size": 2.5}),
    ("num_workers must be a count, got -1", {"num_workers": -1}),
    ("timeout is in seconds, got -1", {"timeout": -1}),
    ("prefetch_factor is for workers", {"prefetch_factor": 2}),
    ("persistent_workers needs num_workers", {"persistent_workers": True}),
]


@pytest.mark.parametrize("words, settings", REFUSED, ids=str)
def test_settings_that_contradict_each_other(words, settings):
    with pytest.raises(ValueError, match=words):
        DataLoader(range(10), **settings)
    torch = reference("torch")
    with pytest.raises((ValueError, AssertionError)):
        torch.utils.data.DataLoader(range(10), **settings)


@pytest.mark.parametrize("settings", [{"shuffle": True}, {"sampler": [1]}, {"batch_sampler": [[1]]}], ids=str)
def test_a_stream_has_its_own_order(settings):
    with pytest.raises(ValueError, match="its own order"):
        DataLoader(Numbers(), **settings)


def test_timeout_needs_workers():
    "PyTorch notices only when the loop begins."
    with pytest.raises(ValueError, match="without workers nobody waits"):
        DataLoader(range(10), timeout=3)


def test_samplers_refuse():
    for bad in (-1, 2.5):
        with pytest.raises(ValueError, match="num_samples must be a count"):
            data.RandomSampler(range(3), num_samples=bad)
    with pytest.raises(ValueError, match="above 0, got 0"):
        data.WeightedRandomSampler([1.0], 0)
    with pytest.raises(NotImplementedError, match="Sampler has no __iter__"):
        list(data.Sampler())


class Jittery(data.Dataset):
    "Sample i is i and random numbers, after a while that differs."

    def __init__(self, n=24):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        a = ours.rand(1)
        time.sleep(0.001 * ((i * 7) % 4))
        return i, a, ours.randn(2), np.float32(ours.randint(9, (1,)).item())


class Lazy(data.Sampler):
    "An order that draws step by step."

    def __iter__(self):
        for _ in range(20):
            yield int(ours.randint(24, (1,)).item())

    def __len__(self):
        return 20


@pytest.mark.parametrize(
    "settings",
    [{"batch_size": 4, "shuffle": True}, {"batch_size": None, "shuffle": True}, {"batch_size": 3, "sampler": Lazy()}],
    ids=["shuffled", "single", "lazy order"],
)
def test_the_same_numbers_whatever_the_workers(settings):
    found = []
    for workers in (0, 1, 2, 7):
        ours.manual_seed(5)
        loader = DataLoader(Jittery(), num_workers=workers, **settings)
        rounds = [[plain(b) for b in loader] for _ in range(2)]
        assert rounds[0] != rounds[1]
        found.append((rounds, ours.randn(3).tolist()))
    assert all(f == found[0] for f in found)


def test_training_that_draws_does_not_change_the_data():
    "Dropout and the like draw from the library's generator while workers fetch ahead."
    runs = []
    for workers in (0, 4):
        for draws in (0, 3):
            ours.manual_seed(1)
            seen = []
            for batch in DataLoader(Jittery(), 4, shuffle=True, num_workers=workers):
                seen.append(plain(batch))
                ours.randn(draws)
            runs.append(seen)
    assert all(r == runs[0] for r in runs)


def test_a_generator_of_its_own():
    g = ours.Generator()
    orders = []
    for _ in range(2):
        g.manual_seed(4)
        ours.manual_seed(len(orders))
        orders.append([plain(b) for b in DataLoader(range(20), 5, shuffle=True, generator=g)])
    assert orders[0] == orders[1]
    ours.manual_seed(0)
    expected = ours.randn(2).tolist()
    ours.manual_seed(0)
    list(DataLoader(range(20), 5, shuffle=True, generator=g, num_workers=2))
    assert ours.randn(2).tolist() == expected


def test_two_loops_over_one_loader_at_once():
    ours.manual_seed(0)
    loader = DataLoader(range(12), 4, shuffle=True, num_workers=2)
    pairs = list(zip(loader, loader))
    for side in zip(*pairs):
        assert sorted(i for b in side for i in b.tolist()) == list(range(12))
    assert [b.tolist() for b, _ in pairs] != [b.tolist() for _, b in pairs]


class Failing(data.Dataset):
    def __len__(self):
        return 12

    def __getitem__(self, i):
        if i == 6:
            raise LookupError("sample six is torn")
        return i


@pytest.mark.parametrize("workers", WORKERS)
def test_errors_come_with_their_place(workers):
    seen = []
    with pytest.raises(LookupError, match="sample six is torn") as caught:
        for batch in DataLoader(Failing(), 2, num_workers=workers):
            seen.append(batch.tolist())
    assert seen == [[0, 1], [2, 3], [4, 5]]
    text = "".join(traceback.format_exception(caught.value))
    assert 'raise LookupError("sample six is torn")' in text
    assert "The loader was fetching batch 3, [6, 7]." in text


@pytest.mark.parametrize("workers", WORKERS)
def test_errors_of_a_stream(workers):
    class Torn(data.IterableDataset):
        def __iter__(self):
            yield from (1, 2)
            raise LookupError("torn")

    seen = []
    with pytest.raises(LookupError, match="torn"):
        for batch in DataLoader(Torn(), 1, num_workers=workers):
            seen.append(batch.item())
    assert seen == [1, 2]


def test_the_order_and_the_samples_have_chances_of_their_own():
    class Drawing(data.Dataset):
        def __len__(self):
            return 30

        def __getitem__(self, i):
            return i, ours.randperm(30)

    order, drawn = next(iter(DataLoader(Drawing(), 30, shuffle=True)))
    assert all(order.tolist() != row for row in drawn.tolist())


@pytest.mark.parametrize("rows", [(0, 1), {0, 1}, [0, 1], np.array([0, 1])], ids=str)
def test_batches_of_rows_in_any_form(rows):
    one = data.TensorDataset(ours.tensor([10.0, 20.0, 30.0]))
    [(batch,)] = DataLoader(one, batch_sampler=[rows])
    assert batch.tolist() == [10, 20]


def test_chance_in_the_collating_of_a_stream():
    found = []
    for workers in (0, 1):
        ours.manual_seed(0)
        loader = DataLoader(Numbers(6), 2, num_workers=workers, collate_fn=lambda b: ours.rand(2).tolist())
        seen = []
        for batch in loader:
            seen.append(batch)
            ours.rand(3)
        found.append(seen)
    assert found[0] == found[1]


def test_a_seed_set_in_a_sample_stays_there():
    class Seeding(data.Dataset):
        def __len__(self):
            return 4

        def __getitem__(self, i):
            ours.manual_seed(i)
            return ours.rand(1)

    wanted = []
    for i in range(4):
        ours.manual_seed(i)
        wanted.append(ours.rand(1).tolist())
    for workers in (0, 2):
        ours.manual_seed(9)
        assert rows_of(DataLoader(Seeding(), 2, num_workers=workers)) == wanted
        after = ours.rand(1).tolist()
        assert after not in wanted


def rows_of(loader):
    return [row for batch in loader for row in batch.tolist()]


def test_a_timeout_of_the_dataset_is_its_own():
    class Socket(Failing):
        def __getitem__(self, i):
            raise TimeoutError("socket timed out")

    for workers in (0, 2):
        with pytest.raises(TimeoutError, match="socket timed out"):
            list(DataLoader(Socket(), num_workers=workers))


def test_a_slow_sample_is_given_up():
    class Asleep(Failing):
        def __getitem__(self, i):
            time.sleep(0.3)
            return i

    with pytest.raises(RuntimeError, match="more than 0.02 seconds"):
        next(iter(DataLoader(Asleep(), 1, num_workers=1, timeout=0.02)))


def test_workers_wait_at_the_same_time_and_fetch_ahead():
    together = threading.Barrier(6)

    class Waiting(data.Dataset):
        def __len__(self):
            return 24

        def __getitem__(self, i):
            together.wait(60)  # until six are being fetched
            return i

    assert len(list(DataLoader(Waiting(), 1, num_workers=6))) == 24


def test_how_far_ahead():
    fetched = []

    class Noted(data.Dataset):
        def __len__(self):
            return 100

        def __getitem__(self, i):
            fetched.append(i)
            return i

    batches = iter(DataLoader(Noted(), 1, num_workers=2, prefetch_factor=3))
    for _ in range(4):
        next(batches)
    time.sleep(0.1)
    assert 4 <= len(fetched) <= 4 + 6
    del batches
    time.sleep(0.05)
    assert len(fetched) <= 10


def test_worker_info():
    assert data.get_worker_info() is None

    class Asking(data.Dataset):
        def __len__(self):
            return 8

        def __getitem__(self, i):
            time.sleep(0.005)
            info = data.get_worker_info()
            return (-1, -1) if info is None else (info.id, info.num_workers)

    started = []
    loader = DataLoader(Asking(), 1, num_workers=2, worker_init_fn=started.append)
    ids = [(i.item(), n.item()) for i, n in loader]
    assert set(ids) == {(0, 2), (1, 2)} and sorted(started) == [0, 1]
    assert [i.item() for i, _ in DataLoader(Asking())] == [-1] * 8
    assert data.get_worker_info() is None

    def broken(i):
        raise LookupError("no luck")

    with pytest.raises(LookupError, match="no luck"):
        list(DataLoader(Asking(), num_workers=2, worker_init_fn=broken))


def test_a_changed_dataset_is_asked_sample_by_sample():
    "The short cut for tensors may not pass by a method that somebody wrote."

    class Doubled(data.TensorDataset):
        def __getitem__(self, i):
            return tuple(2 * t for t in super().__getitem__(i))

    [(x,)] = DataLoader(Doubled(ours.arange(3)), 3)
    assert x.tolist() == [0, 2, 4]


def test_without_threads_as_on_the_page(monkeypatch):
    ours.manual_seed(5)
    expected = [plain(b) for b in DataLoader(Jittery(), 4, shuffle=True, num_workers=2)]
    monkeypatch.setattr(data.sys, "platform", "emscripten")
    monkeypatch.setattr(data, "ThreadPoolExecutor", None)
    ours.manual_seed(5)
    assert [plain(b) for b in DataLoader(Jittery(), 4, shuffle=True, num_workers=2)] == expected


def test_odd_datasets():
    assert list(DataLoader([])) == [] and len(DataLoader([], shuffle=True)) == 0
    assert list(DataLoader([], 3, shuffle=True, num_workers=2)) == []
    assert [b.tolist() for b in DataLoader(np.arange(4.0), 2)] == [[0, 1], [2, 3]]
    assert [b.tolist() for b in DataLoader(ours.arange(4), 2)] == [[0, 1], [2, 3]]
    with pytest.raises(TypeError):
        list(DataLoader(iter([1, 2])))


def test_a_stream_that_is_its_own_iterator():
    for _, d in both():
        class Stream(d.IterableDataset):
            def __iter__(self):
                self.i = 0
                return self
            def __next__(self):
                self.i += 1
                if self.i > 5: raise StopIteration
                return self.i
        assert [b.tolist() for b in d.DataLoader(Stream(), batch_size=2)] == [[1, 2], [3, 4], [5]]
        assert [int(b) for b in d.DataLoader(Stream(), batch_size=None)] == [1, 2, 3, 4, 5]


def test_a_dataset_that_fetches_several_at_once():
    for _, d in both():
        class Many(d.Dataset):
            def __len__(self): return 4
            def __getitem__(self, i): return i
            def __getitems__(self, places): return [100 * i for i in places]
        assert [b.tolist() for b in d.DataLoader(Many(), batch_size=2)] == [[0, 100], [200, 300]]
        assert [b.tolist() for b in d.DataLoader(d.Subset(Many(), [3, 2, 0]), batch_size=2)] == [[300, 200], [0]]


@pytest.mark.parametrize("batch", [[1, 2.5], [True, 2.5], [1.5, 2], [1, 2], [True, False], [0.1]])
def test_batches_of_mixed_numbers(batch):
    mine, theirs = (plain(d.default_collate(batch)) for _, d in both())
    assert mine == theirs


def test_worker_init_may_seed_and_draw():
    orders = []
    for init in (None, lambda i: ours.manual_seed(100 + i), lambda i: ours.randn(3)):
        ours.manual_seed(0)
        loader = data.DataLoader(list(range(8)), 8, shuffle=True, num_workers=1, worker_init_fn=init)
        orders.append([b.tolist() for _ in range(3) for b in loader] + ours.rand(2).tolist())
    assert orders[0] == orders[1] == orders[2] and orders[0][0] != orders[0][1]


def test_workers_record_as_the_loop_does():
    net = ours.nn.Linear(2, 2)
    class Answers(data.Dataset):
        def __len__(self): return 4
        def __getitem__(self, i): return net(ours.ones(2))
    for workers in (0, 1):
        with ours.no_grad(): assert not next(iter(data.DataLoader(Answers(), 2, num_workers=workers))).requires_grad
        assert next(iter(data.DataLoader(Answers(), 2, num_workers=workers))).requires_grad


def test_a_loader_is_made_once():
    for D, T in ((data, ours), (reference("torch").utils.data, reference("torch"))):
        loader = D.DataLoader(D.TensorDataset(T.arange(6)), 2)
        for name in ("batch_size", "dataset", "drop_last", "sampler"):
            with pytest.raises(ValueError): setattr(loader, name, None)
        loader.timeout = 0
        part = D.Subset(D.TensorDataset(T.arange(6)), [3, 4, 5, 0])
        assert part[[0, 1]][0].tolist() == [3, 4]
        with pytest.raises((IndexError, ValueError)): list(D.DataLoader(D.TensorDataset(T.arange(6)), batch_sampler=[[]]))


def test_mixed_samples_in_one_batch():
    for D, T in ((data, ours), (reference("torch").utils.data, reference("torch"))):
        for batch in ([np.array([1]), np.array([1.0], np.float32)], [np.float32(1), np.int64(2)]):
            assert str(D.default_collate(batch).dtype).removeprefix("torch.") == "float32"
        for other in (2.0, np.array(2.0)):
            with pytest.raises(TypeError): D.default_collate([T.tensor(1.0), other])


@pytest.mark.parametrize("workers", [0, 2])
def test_a_sample_that_fails_does_not_end_the_round(workers):
    results = []
    for loaders in (data, reference("torch").utils.data):
        class Bad(loaders.Dataset):
            def __len__(self): return 5
            def __getitem__(self, i):
                if i == 2: raise ValueError("bad")
                return i
        # in PyTorch workers are processes, to which a local class can't be sent
        batches, got = iter(loaders.DataLoader(Bad(), num_workers=workers if loaders is data else 0)), []
        assert len(batches) == 5 and iter(batches) is batches
        for _ in range(7):
            try: got.append(int(next(batches)))
            except (ValueError, StopIteration) as e: got.append(type(e))
        results.append(got)
    assert results[0] == results[1] == [0, 1, ValueError, 3, 4, StopIteration, StopIteration]


@pytest.mark.parametrize("workers", [0, 1])
def test_a_stream_that_is_over_stays_over(workers):
    class Three(data.IterableDataset):
        def __iter__(self): return iter(range(3))
    batches = iter(DataLoader(Three(), 2, num_workers=workers))
    assert [b.tolist() for b in batches] == [[0, 1], [2]] and next(batches, None) is next(batches, None) is None
    with pytest.raises(TypeError): len(batches)


def test_chains_of_streams():
    for loaders in (data, reference("torch").utils.data):
        class Counted(loaders.IterableDataset):
            def __init__(self, n): self.n = n
            def __iter__(self): return iter(range(self.n))
            def __len__(self): return self.n
        for chain in (Counted(3) + Counted(2), loaders.ChainDataset([Counted(3), Counted(2)])):
            loader = loaders.DataLoader(chain, 2)
            assert list(chain) == [0, 1, 2, 0, 1] and len(chain) == 5 and len(loader) == 3
            assert [b.tolist() for b in loader] == [[0, 1], [2, 0], [1]]
        assert loaders.DataLoader[int] is not None
        with pytest.raises((TypeError, AssertionError)): list(loaders.ChainDataset([[1, 2]]))
        with pytest.raises((TypeError, AssertionError)): loaders.ConcatDataset([Counted(3)])
