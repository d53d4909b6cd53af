"`load`: what `save` wrote comes back, and whatever else a file holds is refused, with one kind of error."
import base64
import io
import json
import pickle
import struct
import subprocess
import sys
import tracemalloc
import zlib
from collections import Counter, OrderedDict
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from conftest import reference

import build_your_own_torch as ours
from build_your_own_torch import nn

# what version 0.1 wrote of `sample()`, with protocol 4 (Python 3.11 to 3.13) and 5 (since 3.14)
WRITTEN = """
c-n<iTZ_{`6wa;f)~&dRh~g^xAh<8Z+k+2c3l$0ms)(-=a+%!;<WeRxb|VV)VQVV`Dn0%Pe}#g7X#atpNz&TIxH}{{GnsSy&Uen#`X(%`SaRD>qloxCOp^@c
_Hz~xMuMlI&tVCBFX4_f6T;y=ZkiJk9#9VQh9|-(aPm|zC!Hh?Pnl1<Nz#qeKtu#&`-RKgm~g_BlMjWp6}a35c{vgBIPW@s%1AdB5f5F)+#F=bVZ_HII1@!|
*(fwYwvwP!S%R${!9e%mBVb~-ZX32S1G*y{0nf)o85#QzVKFc7O{qVI(P;GSH?HDiYaG1AU`NxYJp|v!2j6KQ@V9I_2_ZoSbKyzL3tcS7wOXK@Bw5NpHeZ#S
6-3&h7wAQmBfYfF5D&YH!4^hS5r3#i^wvUnLRvf|0nl@@@g^jb3|^y$f9y>>Tt!rm{-UDS>o8r>PORfzwJEUC2Sm1zXb~gHHA&j$tOygH5oSKPy9!`dQm<sy
PnuE5MkR~VnqGJS{{<JGpzKL4Wu1+1M&YyJrD=p{Zl7L!^zYr<^#88bzoBbuYGe~T&%@q5#rK|K)l&VlVV3!B<f7U6^>&HuE47<_n4#gSQR%MK--6sy?Zrbi
c*ssXj>sWe4132V)?vQ_U6`88od6xnwwH6V8i;}6dT^w!t&ETas3u#3R3zo(sj<^tunmbbW9y<+WF+GX!l(9%%b&x3Mc+sozrN#$9m40bf?u#^Utx|z-yrdr
=QS*9tM1vqe^!$gH5T1J3Q3u>""", """
c-n<iU279T6y49XwFQMj6h+au^d)HV!3Qx55rZy75nm<D?oK)jyE|ca#x$Z3A6ioxQ0cY*!C#@^AL>8QyB~>(1Uu}`orgK+-gEDnsr&7zW0Xs8hdfDWC}W=G
ptqlkhzc4#jzbBju=f&L+Rmti_jqWGX?(yW=v#q`lV~vEN(}fo8%Qof*3Pna$|IFf&|5EvASsnp6eJ%?v=b3YK<{QM9ZlMUkPF(zGZk@&c?Uzm(?AV}C8TwB
#h9;Y2R9Et{HGphw<N$A$;pV~Wo-@b!^!L;V6ncf&4<wM_n-a7Rc^i^A@D8VItFcaLE<&t7-W=2Im}d`oggNt{Ki^Ml4dy<2zXT;=4#juyWBe4Toh>(Mg9QR
^sOUc*NY_V=7|cFc4SN=V3)M}CZ^*YULzQx*Nk=Ryi*@MV7sX6!CzhM>Kaw{BH2FG8#qao;uH)1yZ<oTbu{Z(kKeHB=+?2!8();y^6jFVPpWR(L3~gq-C509
<gzNll>t41|4Gqqz<Giy?ku<3T5y(x!M$a|cWWoUG6>y3+XQH?Ra$3JtcNXc?yVs5kR$|$-(0qAsuCF!AqZM<e&ZCOU8K70!EvdevL<V4^DXGj!dWsdo)?ZN
9VPS-5xvfNmAL2C6_ik0kTEROk^r=mQ<?!Y^hTGfta?(#dol_5mNo<MO?6a29YJ%64KY7$%|-p}d9}j6wtjtwu6YQbiz~kM1v~c@X84+2nvUe89H6o6g5mxJ
E-(rgR2@_8Kf&;ISO"""
NAMES = ["build_your_own_torch.tensor Tensor", "build_your_own_torch.nn.module Parameter", "numpy ndarray", "numpy dtype",
         "numpy._core.multiarray _reconstruct", "numpy._core.multiarray scalar", "numpy._core.numeric _frombuffer",
         "builtins complex", "builtins bytearray", "collections OrderedDict", "collections Counter", "collections defaultdict",
         "builtins eval", "os system", "numpy load", "builtins getattr"]


def written(i): return zlib.decompress(base64.b85decode(WRITTEN[i].replace("\n", "")))


def sample():
    w, twice = nn.Parameter(ours.tensor([[1.0, 2.0], [3.0, 4.0]])), np.arange(3.0)
    return OrderedDict(
        net={"weight": w, "bias": ours.tensor([0.5, -0.5])}, tied=w, views=[twice, twice],
        columns=np.asfortranarray(np.arange(6).reshape(2, 3)), big=np.arange(3, dtype=">i4"),
        bools=ours.tensor([True, False]), number=ours.tensor(3.0), scalar=np.float32(2.5), dtype=ours.float32, z=1 + 2j,
        raw=bytearray(b"ab"), seen=Counter("aab"),
        rest=(1, -(1 << 70), 2.5, None, "é", b"x", {1, 2}, frozenset([3]), True), empty=np.zeros((0, 3), np.float16))


def load(program): return ours.load(io.BytesIO(program))


def refused(program, match=None):
    with pytest.raises(pickle.UnpicklingError, match=match) as e: load(program)
    assert len(str(e.value)) < 400


def numbered():
    "Names for parameters that are programs."
    each = count()
    return lambda program: str(next(each))


# a few words, to write programs with

def text(s): return b"X" + struct.pack("<I", len(s.encode())) + s.encode()
def raw(b): return b"B" + struct.pack("<I", len(b)) + b
def name(where): return b"".join(map(text, where.split())) + b"\x93"
def call(where, *args): return name(where) + b"(" + b"".join(args) + b"tR"
def number(i): return b"J" + struct.pack("<i", i)
def array(shape, dtype, data): return begun + b"(K\x01(" + b"".join(map(number, shape)) + b"t" + dtype + b"\x89" + data + b"tb"
def typed(code, order="<"): return call("numpy dtype", text(code), b"\x89", b"\x88") + state(order)
def state(order, flags=0): return b"(K\x03" + text(order) + b"NNN" + number(-1) + number(-1) + number(flags) + b"tb"
def tensor(data, more=b""): return name(NAMES[0]) + b")\x81}(" + text("data") + data + text("_needs") + b"\x89" + more + b"ub"
def whole(*parts): return b"\x80\x04" + b"".join(parts) + b"."


begun = call(NAMES[4], name("numpy ndarray"), b"K\x00\x85", b"C\x01b")
floats = array([2], typed("f4"), raw(bytes(8)))


def equal(a, b):
    assert type(a) is type(b)
    if isinstance(a, dict):
        assert list(a) == list(b)
        for k in a: equal(a[k], b[k])
    elif isinstance(a, (list, tuple)):
        assert len(a) == len(b)
        for x, y in zip(a, b): equal(x, y)
    elif isinstance(a, ours.Tensor):
        equal(a.data, b.data)
        assert a.requires_grad == b.requires_grad
    elif isinstance(a, np.ndarray):
        assert a.dtype == b.dtype.newbyteorder("=" if a.dtype.isnative else ">") and a.shape == b.shape
        assert (a == b).all() and a.flags.writeable and a.flags.f_contiguous == b.flags.f_contiguous
    else: assert a == b


@pytest.mark.parametrize("i", [0, 1])
def test_what_version_0_1_wrote(i):
    found = load(written(i))
    equal(found, sample())
    assert found["tied"] is found["net"]["weight"] and found["views"][0] is found["views"][1]


@pytest.mark.parametrize("protocol", [4, 5])
def test_what_save_writes(protocol):
    own = []
    own.append((own, 1, 2, 3, (own,)))
    found = load(pickle.dumps(own, protocol))
    assert found[0][0] is found and found[0][4][0] is found
    turned, fixed = np.arange(24).reshape(2, 3, 4).transpose(1, 0, 2), np.arange(3)
    fixed.flags.writeable = False
    data = [turned, turned[:, ::2], np.uint8(3), np.zeros((0, 2)), {(1, ("a", frozenset([2]))): 1}, 1 << 5000, "x" * 70000]
    equal(load(pickle.dumps(data, protocol)), data)
    assert load(pickle.dumps(fixed, protocol)).tolist() == [0, 1, 2]
    assert load(whole(tensor(floats))).tolist() == [0, 0]  # the programs below are like this one
    for dtype in "?bhilqBHILQefdgFDG": assert load(pickle.dumps(np.ones(2, dtype), protocol)).dtype == dtype


def test_where_a_file_may_be(tmp_path):
    several = io.BytesIO()
    for x in (1, "two", ours.ones(2)): ours.save(x, several)
    (tmp_path / "k.pt").write_bytes(several.getvalue())
    with open(tmp_path / "k.pt", "rb") as file:
        assert (ours.load(file), ours.load(file, map_location="cpu"), ours.load(file).tolist()) == (1, "two", [1.0, 1.0])
        with pytest.raises(pickle.UnpicklingError): ours.load(file)
    assert ours.load(tmp_path / "k.pt") == ours.load(str(tmp_path / "k.pt")) == 1
    class Pipe(io.RawIOBase):
        def __init__(self, data): self.inner = io.BytesIO(data)
        def readable(self): return True
        def readinto(self, b): return self.inner.readinto(memoryview(b)[:7])
    for file in Pipe(several.getvalue()), io.BufferedReader(Pipe(several.getvalue())): assert ours.load(file) == 1
    for nowhere in tmp_path, tmp_path / "none.pt":
        with pytest.raises(OSError): ours.load(nowhere)


def test_files_of_others(tmp_path):
    torch = reference("torch")
    for options, what in [({}, "zip archive"), ({"_use_new_zipfile_serialization": False}, "old format"),
                          ({"_use_new_zipfile_serialization": False, "pickle_protocol": 4}, "old format")]:
        for x in {"weight": torch.ones(2)}, torch.nn.Linear(1, 1), 3:
            torch.save(x, tmp_path / "k.pt", **options)
            refused((tmp_path / "k.pt").read_bytes(), what)
    np.savez(tmp_path / "k.npz", a=np.ones(2))
    np.save(tmp_path / "k.npy", np.ones(2))
    refused((tmp_path / "k.npz").read_bytes(), "np.savez")
    refused((tmp_path / "k.npy").read_bytes(), "did not write this file")


def test_damaged_files():
    for program in written(0), written(1):
        for n in range(len(program)): refused(program[:n], "damaged")
    for data in b"", b"hello", b"\0" * 99, "Größe\n".encode() * 20, pickle.dumps(1.5, 0)[:-1], b".",\
            b"\x80\x04.", b"\x80\x04NN.":
        refused(data, "damaged")


@pytest.mark.parametrize("program", [
    whole(b"c__builtin__\neval\n(S'1'\ntR"), whole(b"(i__builtin__\nlist\n"), whole(b"(c__builtin__\nlist\no"),
    # persistent ids, registered extensions, buffers
    whole(b"Pname\n"), whole(b"NQ"), whole(b"\x82\x01"), whole(b"\x84\x01\0\0\0"), whole(b"\x97"),
    whole(name(NAMES[0]), b")}\x92"), whole(b"Nr\xff\xff\xff\x7f"), whole(b"Np999999999\n"), whole(b"j\xff\xff\xff\x7f"),
    whole(b"\x8b", struct.pack("<i", -1)), whole(b"\x8b\xff\xff\xff\x7f1"), whole(b"\x8e", struct.pack("<Q", 1 << 62), b"x"),
    whole(b"\x8d", struct.pack("<Q", 1 << 40), b"x"), whole(b"\x96", struct.pack("<Q", 1 << 40), b"x"),
    whole(b"X\xff\xff\xff\xff"), whole(b"\x95", struct.pack("<Q", 1 << 60), b"h\x07"),
    *(whole(name(n)) for n in NAMES if n != "numpy ndarray"), *(whole(name(n), b"\x85") for n in NAMES[3:]),
    *(whole(call(n)) for n in NAMES if "Ordered" not in n and "bytearray" not in n),
    *(whole(call(n, b"K\x07", b"K\x08")) for n in NAMES if "complex" not in n),
    whole(call("builtins bytearray", b"\x8a\x05\0\xe4\x0bT\x02")), whole(call("collections Counter", b"](K\x01e")),
    whole(call("collections OrderedDict"), b"}" + text("x") + b"K\x01sb"),
    whole(name(NAMES[0]), b"}" + text("relu") + b"K\x07sb"),
    whole(b"](K\x01K\x02u"), whole(b"}(K\x01e"), whole(b"}(K\x01u"), whole(b"](K\x01\x90"), whole(b"}]Ns"), whole(b"]}sK\x01"),
    whole(tensor(floats), b"}b"), whole(tensor(floats), b"K\x01a"), whole(floats, b"K\x00K\x01s"), whole(floats, b"(K\x01\x90"),
    whole(tensor(b"N")), whole(tensor(b"]K\x01a")), whole(tensor(begun)), whole(tensor(floats, text("relu") + b"K\x07")),
    whole(tensor(array([1], typed("i8"), raw(bytes(8))))[:-3], b"\x88ub"), whole(name(NAMES[0]), b")\x81"), whole(begun),
    whole(begun, b"Nb"), whole(call("numpy dtype", text("f4"))), whole(b"N)R"), whole(b"K\x01", floats, b"R"), whole(b"(1."),
], ids=numbered())
def test_programs_that_are_refused(program): refused(program)


@pytest.mark.parametrize("dtype", ["O8", "O", "V8", "V0", "U1", "U0", "S0", "M8", "m8", "f3", "f4,f4", "", "object", "float32"])
def test_arrays_that_hold_no_numbers(dtype):
    refused(whole(tensor(array([1], typed(dtype), raw(b"A" * 8)))), "not of numbers")
    refused(whole(call(NAMES[5], typed(dtype), raw(b"A" * 8))), "not of numbers")
    refused(whole(call(NAMES[6], raw(b"A" * 8), text(dtype), b"K\x01\x85", text("C"))), "dtype")


@pytest.mark.parametrize("order, flags", [("O", 0), ("", 0), ("<<", 0)])
def test_a_dtype_gets_an_order_and_nothing_else(order, flags):
    refused(whole(call("numpy dtype", text("f8"), b"\x89", b"\x88"), state(order, flags)))


def test_flags_of_a_dtype_are_not_believed():
    lying = call("numpy dtype", text("f8"), b"\x89", b"\x88") + state("<", 63)
    assert not load(whole(lying)).hasobject and load(whole(array([1], lying, raw(b"A" * 8)))).dtype == "f8"
    assert np.dtype("f8").isnative


@pytest.mark.parametrize("shape", [(3,), (1,), (-1, 3), (2**31 - 1,) * 3, (0,), (0,) + (2**31 - 1,) * 3, (1,) * 99, (2, 0)])
def test_shapes_beyond_their_bytes(shape):
    refused(whole(array(shape, typed("f4"), raw(bytes(8)))))
    refused(whole(call(NAMES[6], raw(bytes(8)), typed("f4"), b"(" + b"".join(map(number, shape)) + b"t", text("C"))))
    if 0 not in shape and -1 not in shape or max(shape) > 9: refused(whole(array(shape, typed("f4"), raw(b""))))


def get(i): return b"j" + struct.pack("<I", i)


def chain(first, link):
    "Each value in the next, all of them on the stack."
    return whole(b"(", first, b"\x940N\x94", b"".join(link % get(i + 1) + b"\x94" for i in range(30_000)), b"t")


@pytest.mark.parametrize("program", [
    whole(b")", b"\x85" * 100_000), whole(b"]" * 100_000, b"a" * 99_999), chain(b"N", b"](%be"), chain(b"N", b"}N%bs"),
    chain(name("collections OrderedDict"), b"h\0)RN%bs"), chain(name("collections Counter"), b"h\0}N%bs\x85R"),
    chain(name("collections Counter"), b"h\0}N](%b\x85es\x85R")], ids=numbered())
def test_deep_nesting(program): load(program)


def test_keys_that_would_take_for_ever():
    doubled = b"K\x01\x85\x94" + b"".join(b"h" + bytes([i]) + b"\x86\x94" for i in range(60))
    for use in b"}" + doubled + b"Ns", b"\x8f(" + doubled + b"\x90", b"(" + doubled + b"\x91", call("numpy dtype", doubled):
        refused(whole(use))  # without the limit on a key's parts this would never end


def peak(program):
    "Bytes of memory that loading takes at most, and whether it loads."
    tracemalloc.start()
    try: found = load(program)
    except pickle.UnpicklingError: found = None
    finally:
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return most, found


@pytest.mark.parametrize("program", [
    pickle.dumps(np.zeros(10**6), 4), pickle.dumps(np.zeros(10**6), 5), pickle.dumps(bytearray(10**6), 4),
    whole(b"](", raw(bytes(10**5)), b"\x94", b"".join(call("builtins bytearray", b"h\0") for _ in range(1000)), b"e"),
    whole(b"](", raw(bytes(10**5)), b"\x94", b"".join(array([25000], typed("f4"), b"h\0") for _ in range(1000)), b"e"),
    whole(b"](", raw(bytes(900)), b"\x94", b"".join(array([225], typed("f4"), b"h\0") for _ in range(9000)), b"e"),
    whole(b"](", raw(bytes(10**5)), b"\x94", b"".join(call(NAMES[6], b"h\0", typed("f4"), number(25000), text("C"))
                                                     for _ in range(1000)), b"e"),
    whole(b"](}(", b"".join(number(i) + b"N" for i in range(20000)), b"u\x94",
          b"".join(call("collections Counter", b"h\0") for _ in range(2000)), b"e"),
    whole(text("a" * 10**6 + "😀"))], ids=numbered())
def test_a_file_takes_little_more_memory_than_room(program):
    assert peak(program)[0] < 8 * len(program) + 2**20


@pytest.mark.parametrize("program", [b"]", b"\x8f", b"}", b"]\x94", b"N\x94", call("collections OrderedDict"), tensor(floats)],
                         ids=numbered())
def test_objects_take_what_objects_take(program):
    "Python's own objects are larger than their words: an empty set has 216 bytes and one letter."
    most, found = peak(whole(b"(", program * 2000, b"t"))
    assert found is not None and most < 400 * len(program) * 2000 + 2**20


def test_saving_what_can_not_be_saved(tmp_path):
    ours.save([1], tmp_path / "k.pt")
    loop = []
    for _ in range(100_000): loop = [loop]
    class Liar:
        def __reduce__(self): return 3
    for hostile in (lambda: 0), Liar(), loop, (x for x in "ab"), sys.stdout:
        with pytest.raises((pickle.PicklingError, TypeError, AttributeError, RecursionError)):
            ours.save(hostile, tmp_path / "k.pt")
    assert ours.load(tmp_path / "k.pt") == [1]
    for odd in np.array([None]), np.array(["a"]), np.zeros(2, "f4,i4"), np.datetime64("2020"), nn.Linear(1, 1), nn.Linear, len:
        ours.save(odd, tmp_path / "k.pt")
        with pytest.raises(pickle.UnpicklingError): ours.load(tmp_path / "k.pt")


@pytest.mark.parametrize("bad", [np.array([[None]]), np.array([["a"]]), np.zeros((1, 1), "f4,i4"), np.zeros((1, 1), "M8[s]"),
                                 [[1.0]], {"a": 1}, "text", None, b"\0\0\0\0"])
def test_a_module_refuses_what_is_no_array_of_numbers(bad):
    net = nn.Linear(1, 1)
    before = net.weight.tolist()
    for assign in False, True:
        with pytest.raises(TypeError, match="^weight: "):
            net.load_state_dict({"weight": bad, "bias": np.ones(1)}, assign=assign)
    assert net.weight.tolist() == before


def test_two_thousand_mutants():
    script = Path(__file__).with_name("fuzz_load.py")
    command = [sys.executable, "-X", "faulthandler", script, "2000", "0"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300)
    lines = run.stdout.splitlines()
    assert run.returncode == 0, f"ended at file {lines[-1:]}: {run.stderr[-2000:]}"
    found = json.loads(lines[-1])
    assert found["loaded"] > 100 and found["refused"] > 1000
    assert found["strays"] == found["unfit"] == found["events"] == {} and found["beyond"] <= 0
