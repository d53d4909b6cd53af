"The exercise machinery itself."
import math

import numpy as np
import pytest

from build_your_own_torch.book import check_close, check_exercise, check_raises, difference, flat, same
from build_your_own_torch.tensor import Tensor

CASES = [([1.0, 2.0, 6.0],), ([4.0],)]
MISTAKES = [("That is the sum.", sum), ("That crashes.", lambda xs: xs.nothing), ("That is the largest.", max)]


def check(f): return check_exercise(f, CASES, [3.0, 4.0], MISTAKES, "Well done.")


@pytest.mark.parametrize("answer, message", [
    (lambda xs: sum(xs), r"^That is the sum\. .* gave 9, expected 3\.$"),
    (lambda xs: max(xs), r"^That is the largest\. .* gave 6, expected 3\.$"),
    (lambda xs: xs.wrong, r"^That crashes\. .* raised AttributeError: .*, expected 3\.$"),
    (lambda xs: xs[9], r"raised IndexError: .*, expected 3\.$"),
    (lambda xs: None, r"^Is there a `return`\? .* gave None, expected 3, a number\.$"),
    (lambda xs: None + 1, r"raised TypeError: .*NoneType.*, expected 3\.$"),
    (lambda xs: 3.0, r"\(\(4\)\) gave 3, expected 4\.$"),
    (lambda xs: "3.0", r"gave 3.0, of class str, expected 3, a number\.$"),
    (lambda xs: math.nan, r"gave nan, expected 3\.$"),
    (lambda xs: [3.0, 4.0], r"gave \(3, 4\), a list, expected 3, a number\.$"),
    (lambda xs: np.ones(1) * 3, r"gave \(3\), an array, expected 3, a number\.$"),
    (lambda xs: 3.00004, r"gave 3\.00004, expected 3\.$"),
    (lambda: 3.0, r"raised TypeError: .*<lambda>\(\) takes 0 positional arguments but 1 was given, expected 3\.$"),
])
def test_wrong_answers(answer, message):
    with pytest.raises(AssertionError, match=message): check(answer)


def test_stub_and_solution(capsys):
    def mean(xs): raise NotImplementedError
    with pytest.raises(AssertionError, match="`mean` is still the stub"): check(mean)
    check(lambda xs: sum(xs) / len(xs))
    assert capsys.readouterr().out == "Right. Well done.\n"


def test_flat_and_same():
    np = pytest.importorskip("numpy")
    assert flat([1, (2.0, [3])]) == [1, 2.0, 3] and flat(np.eye(2)) == [1.0, 0.0, 0.0, 1.0] and flat(()) == []
    assert same(np.ones(2), [1.0, 1.0]) and not same([1.0], [1.0, 1.0]) and not same(None, 0.0) and same(1, True)


def test_check_raises(capsys):
    check_raises(KeyError, {}.__getitem__, "a")
    assert capsys.readouterr().out == "KeyError: 'a'\n"
    with pytest.raises(AssertionError, match="expected a KeyError, got 3"): check_raises(KeyError, lambda: 3)
    with pytest.raises(ZeroDivisionError): check_raises(KeyError, lambda: 1 / 0)


def test_check_close_refuses_what_is_not_close():
    for got, want in [(1.0, 1.1), (float("nan"), 1.0), (0.0, 1e-3)]:
        with pytest.raises(AssertionError, match="is not close to"): check_close(got, want)


def test_the_shape_of_an_answer_counts():
    with pytest.raises(AssertionError):
        check_exercise(lambda a: a.sum(1, keepdims=True), [(np.ones((3, 2)),)], lambda a: a.sum(1))


def test_an_answer_can_not_spoil_the_next_case():
    with pytest.raises(AssertionError, match="That is the sum"):
        check_exercise(lambda xs: float(xs.pop() + sum(xs)), [([1.0, 2.0, 6.0],)], lambda xs: max(xs),
                       [("That is the sum.", lambda xs: float(sum(xs)))])


def test_an_error_inside_what_the_answer_returned():
    def answer(x):
        def later(y): return None + y
        return later
    with pytest.raises(AssertionError) as e:
        check_exercise(answer, [(1,)], lambda x: lambda y: y, observe=lambda f, x: f(x)(2))
    assert "return" not in str(e.value)


def matrix(x, **kind): return Tensor(np.array(x, **kind))


@pytest.mark.parametrize("got, want, found", [
    (1.0, 1.0 + 1e-10, None),
    ((1.0, [2.0]), [1, (2,)], None),
    (np.float64(2.0), 2.0, None),
    (np.array(2.0), 2.0, None),
    (0.30004, 0.3, ([], "0.30004", "0.3")),
    (1.4142157, 1.41421569, ([], "1.4142157", "1.41421569")),
    (Tensor(2.0), 2.0, ([], "2, a tensor", "2, a number")),
    (np.ones(2), matrix([1.0, 1.0]), ([], "(1, 1), an array", "(1, 1), a tensor")),
    (np.ones((2, 3)), np.ones((3, 2)), ([], "shape [2, 3]", "shape [3, 2]")),
    (np.ones(2, np.float32), np.ones(2), ([], "dtype float32", "dtype float64")),
    ([1.0, 2.0], [1.0], ([], "(1, 2)", "(1)")),
    (list(range(9)), list(range(8)), ([], "9 parts", "8 parts")),
    (np.arange(9), np.arange(9) // 8 * 8, ([1], "1", "0")),
    ({"value": np.eye(3)}, {"value": np.ones((3, 3))}, (["value", 0], "(1, 0, 0)", "(1, 1, 1)")),
    ({"value": 1.0, "names": ["v"]}, {"value": 1.0, "names": ["w"]}, (["names"], "(v)", "(w)")),
    ({"a": 1.0}, {"b": 1.0}, (["names"], "(a)", "(b)")),
    (None, None, None),
    (math.nan, math.nan, None),
])
def test_difference(got, want, found): assert difference(got, want, tol=1e-9) == found


def doubled(x): return x + x


def judged(f, x):
    t = Tensor(x.copy(), requires_grad=True)
    out = f(t)
    assert isinstance(out, Tensor), f"the answer should be a tensor, not {out!r}"
    out.sum().backward()
    return {"value": out.data, "gradient": t.grad}


def refuse(x): raise AssertionError("mine")


@pytest.mark.parametrize("answer, message", [
    (lambda x: Tensor(2 * x.data, requires_grad=True), r"gave None for gradient, expected \(2, 2, .* numbers\), an array\.$"),
    (lambda x: 2.0, r"^<lambda>\(.*\): the answer should be a tensor, not 2\.0"),
    (refuse, r"raised AssertionError: mine, expected value"),
    (lambda x: x.nothing, r"raised AttributeError: "),
    (lambda x: (x * 2).int(), r"gave what led to RuntimeError: "),
    (lambda x: x * 2.001, r"gave 2\.001 for value at \[1\], expected 2\.$"),
    (lambda x: x * Tensor(np.ones((8, 1))) + x, r"gave shape \[8, 8\] for value, expected shape \[8\]\.$"),
    (lambda x: exec("raise ValueError('long' * 999)"), r"raised ValueError: .{200}, expected value .{1,90}\.$"),
])
def test_what_is_said_of_an_answer_that_is_like_no_mistake(answer, message):
    with pytest.raises(AssertionError, match=message): check_exercise(answer, [(np.arange(8.0),)], lambda x: judged(doubled, x),
                                                                      observe=judged)


def test_half_a_stub_and_a_method_nobody_wrote():
    class Half:
        @staticmethod
        def first(x): raise NotImplementedError
    with pytest.raises(AssertionError, match="`Half` is still the stub"):
        check_exercise(Half, [(1.0,)], [1.0], observe=lambda f, x: f.first(x))
    def foreign(x): raise NotImplementedError("no such norm")
    with pytest.raises(AssertionError, match="gave what led to NotImplementedError: no such norm"):
        check_exercise(lambda x: x, [(1.0,)], [1.0], observe=lambda f, x: foreign(f(x)))
