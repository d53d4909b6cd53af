"The exercise machinery itself."
import math

import numpy as np
import pytest

from build_your_own_torch.book import check_close, check_exercise, check_raises, flat, same

CASES = [([1.0, 2.0, 6.0],), ([4.0],)]
MISTAKES = [("That is the sum.", sum), ("That crashes.", lambda xs: xs.nothing), ("That is the largest.", max)]


def check(f): return check_exercise(f, CASES, [3.0, 4.0], MISTAKES, "Well done.")


@pytest.mark.parametrize("answer, message", [
    (lambda xs: sum(xs), r"^That is the sum\. .* gave 9, expected 3\.$"),
    (lambda xs: max(xs), r"^That is the largest\. .* gave 6, expected 3\.$"),
    (lambda xs: xs.wrong, r"^That crashes\. .* raised AttributeError: .*, expected 3\.$"),
    (lambda xs: xs[9], r"raised IndexError: .*, expected 3\.$"),
    (lambda xs: None, r"^Is there a `return`\? .* gave None, expected 3\.$"),
    (lambda xs: None + 1, r"raised TypeError: .*NoneType.*, expected 3\.$"),
    (lambda xs: 3.0, r"\(\(4\)\) gave 3, expected 4\.$"),
    (lambda xs: "3.0", r"gave '3.0', expected 3\.$"),
    (lambda xs: math.nan, r"gave nan, expected 3\.$"),
    (lambda xs: [3.0, 4.0], r"gave \(3, 4\), expected 3\.$"),
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
