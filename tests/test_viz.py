"Drawings: nothing overlaps, every arrow points down, and the same graph gives the same bytes."
import base64
import io
import os
import random
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from conftest import reference
from conftest import steps as lines_of

from build_your_own_torch.autograd_scalar import MLP, Value
from build_your_own_torch.tensor import Tensor
from build_your_own_torch.viz import (
    draw,
    film,
    layout,
    nodes_of,
    plot_groups,
    plot_loss,
    plot_paths,
    plot_regions,
    plot_series,
    progress,
    push_apart,
    show_arrays,
    show_images,
    steps,
    to_dot,
)


def random_graph(n, seed):
    rng = random.Random(seed)
    return [tuple(rng.choices(range(max(0, i - 12), i), k=rng.randint(1, 2))) if i > 3 else () for i in range(n)]


GRAPHS = {
    "one node": [()],
    "chain of 200": [(), *((i,) for i in range(199))],
    "chain with skips": [(), *((i, max(0, i - 5)) for i in range(99))],
    "same parent twice": [(), (0, 0), (1, 1)],
    "random": random_graph(80, seed=0),
    "wide": [*((),) * 30, tuple(range(30))],
}


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_layout(graph):
    widths = [40 + 7 * (i % 5) for i in range(len(graph))]
    centres, routes, (w, h) = layout(graph, widths)
    boxes = [(x - b / 2, x + b / 2, y - 20, y + 20) for (x, y), b in zip(centres, widths)]
    for i, (l1, r1, t1, b1) in enumerate(boxes):
        assert 0 <= l1 and r1 <= w and 0 <= t1 and b1 <= h
        for l2, r2, t2, b2 in boxes[:i]: assert r1 <= l2 or r2 <= l1 or b1 <= t2 or b2 <= t1, "boxes overlap"
    assert len(routes) == sum(map(len, graph))
    for route in routes: assert all(a[1] < b[1] for a, b in zip(route, route[1:])), "an arrow points up"


def test_push_apart_is_the_least_movement():
    assert push_apart([0.0, 0.0, 100.0], [20, 20, 20], 10) == [-15.0, 15.0, 100.0]
    assert push_apart([5.0], [10], 3) == [5.0]
    assert push_apart([1.0, 50.0], [10, 10], 5) == [1.0, 50.0]


def example():
    x, y = Value(2.0), Value(3.0)
    f = x * y + x
    f.backward()
    return f, dict(x=x, y=y, f=f)


def test_a_drawing_says_what_it_shows():
    f, names = example()
    picture = draw(f, **names)
    words = "".join(ET.fromstring(picture.svg).itertext())
    for part in ("x = 2", "y = 3", "f = 8", "grad 4", "grad 2", "*", "+"): assert part in words
    assert repr(picture).splitlines()[0] == "x = 2, grad 4"
    assert "grad" not in draw(f, grads=False).svg


def test_names_are_escaped():
    x = Value(1.0)
    ET.fromstring(draw(x, **{"<&>": x}).svg)


def test_a_leaf_and_a_deep_graph_can_be_drawn():
    assert draw(Value(1.0)).svg
    total = one = Value(1.0)
    for _ in range(20_000): total = total + one
    assert len(nodes_of(total)) == 20_001


def test_a_drawing_is_the_same_in_every_process():
    code = ("from build_your_own_torch.autograd_scalar import MLP\nfrom build_your_own_torch.viz import draw, steps\n"
            "f = MLP(2, [2, 1])([1.0, 2.0])\nprint(draw(f).svg, steps(f)._repr_html_())")
    run = lambda seed: subprocess.check_output([sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed})
    assert run("1") == run("2")


def test_steps_tell_the_walk_and_leave_gradients_alone():
    f, names = example()
    before = [n.grad for n in nodes_of(f)]
    shown = steps(f, **names)
    assert repr(shown).count("\n") == 2 and "hands 1 to * = 6, 1 to x = 2" in repr(shown)
    assert [n.grad for n in nodes_of(f)] == before
    html = shown._repr_html_()
    assert html.count("<input") == html.count("<figure>") == 3 and html.count("checked>") == 1 and "<script" not in html


def test_steps_end_with_the_gradients_of_backward():
    model = MLP(2, [2, 1], seed=1)
    out = model([0.3, -0.7])
    last = steps(out).pictures[-1].svg
    out.backward()
    for p in model.parameters(): assert f"grad {p.grad:.4g}" in last


def test_dot():
    f, names = example()
    text = to_dot(f, **names)
    assert text.count("->") == 4 and 'label="x = 2\\ngrad 4"' in text


def test_progress_of_a_stream(capsys):
    assert list(progress(iter("ab"))) == ["a", "b"] and capsys.readouterr().out == "2\n"


def test_progress_in_a_terminal_writes_over_its_line():
    pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals")
    program = "import time\nfrom build_your_own_torch.viz import progress\nfor i in progress(range(4)): time.sleep(0.11)"
    ours, theirs = pty.openpty()
    subprocess.run([sys.executable, "-c", program], stdout=theirs, check=True, timeout=60)
    shown = os.read(ours, 10000).decode()
    os.close(theirs)
    assert shown.split("\r\x1b[K")[1:] == ["0/4", "1/4", "2/4", "3/4", "4/4\r\n"]


def test_progress_prints_one_last_line_outside_notebooks(capsys):
    bar = progress(range(3))
    for i in bar: bar.note = f"i {i}"
    assert capsys.readouterr().out == "3/3 i 2\n"
    assert list(progress([])) == [] and capsys.readouterr().out == "0/0\n"


def test_plots_are_deterministic_svg():
    reference("matplotlib")
    groups = {"a": [(0.0, 0.0), (1.0, 1.0)], "b": [(0.0, 1.0)]}
    for plot in (lambda: plot_loss([1.0, 0.5, 0.1]), lambda: plot_loss(a=[1.0, 2.0], b=[3.0]),
                 lambda: plot_groups(groups, score=lambda x, y: x - y)):
        first, second = plot(), plot()
        assert first.svg == second.svg and first.svg.startswith("<svg") and repr(first)
        ET.fromstring(first.svg)


def test_what_cannot_be_drawn_is_refused_with_a_reason():
    with pytest.raises(TypeError, match="a graph starts at a Value or a Tensor, got 3.0 of type float"): draw(3.0)
    total = one = Value(1.0)
    for _ in range(1000): total = total + one
    for f in (draw, steps):
        with pytest.raises(ValueError, match="a drawing of 1001 nodes is unreadable"): f(total)
    assert to_dot(total).count("->") == 2000
    for nothing in ({}, {"losses": []}, {"a": []}):
        with pytest.raises(ValueError, match="at least one loss"): plot_loss(**nothing)


def test_values_that_are_not_finite_can_be_drawn():
    x = Value(float("nan"))
    assert "nan" in draw(x + float("inf"), x=x).svg


POINTS, CLASSES = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]]), [0, 1, 1]


def left_and_right(p): return np.stack([p[:, 0] < 0.5, p[:, 0] >= 0.5], 1) * 1.0


def test_regions_show_what_the_classifier_believes():
    from matplotlib.image import imread
    picture = plot_regions({"a <b> & c": left_and_right, 2: lambda p: (p[:, 1] > 0.5) * 1}, POINTS, CLASSES)
    ET.fromstring(picture.svg)
    first, second = (imread(io.BytesIO(base64.b64decode(data))) for data in re.findall(r"base64,([^\"]+)", picture.svg))
    assert first.shape == (60, 60)  # how much orange covers the blue
    np.testing.assert_allclose(first[:, [0, -1]], np.broadcast_to([0, 1], (60, 2)), atol=0.01)
    np.testing.assert_allclose(second[[0, -1], 30], [1, 0], atol=0.01)  # upwards is up
    assert picture.svg.count("var(--fig-blue") >= 2 and "var(--fig-orange" in picture.svg
    assert plot_regions({"x": left_and_right}, POINTS, CLASSES).svg == plot_regions({"x": left_and_right}, POINTS, CLASSES).svg


def test_a_film_has_its_frames_and_can_be_stopped():
    shown = film({"first & last": left_and_right, "b": lambda p: left_and_right(-p)}, POINTS, CLASSES)
    html = shown._repr_html_()
    assert html.count('class="frame"') == 2 and "first &amp; last" in html and "prefers-reduced-motion" in html
    assert "animation-play-state:paused" in html and repr(shown) == "a film of 2 frames: first & last to b"


@pytest.mark.parametrize("models, x, y, words", [
    ({}, POINTS, CLASSES, "at least one model"),
    ({"a": left_and_right}, POINTS[:0], [], "points"),
    ({"a": left_and_right}, POINTS, [0, 1], "n classes"),
    ({"a": left_and_right}, POINTS * np.nan, CLASSES, "points"),
    ({"a": left_and_right}, POINTS, [0, 1, 4], "up to 4 classes"),
    ({"a": lambda p: left_and_right(p) * np.nan}, POINTS, CLASSES, "probabilities"),
    ({"a": lambda p: left_and_right(p) * 3}, POINTS, CLASSES, "probabilities"),
    ({"a": lambda p: p[:, 0] * 0 - 1}, POINTS, CLASSES, "or their numbers"),
    ({"a": lambda p: np.full((len(p), 5), 0.2)}, POINTS, CLASSES, "up to 4 classes"),
])
def test_regions_refuse(models, x, y, words):
    with pytest.raises(ValueError, match=words): plot_regions(models, x, y)


def test_more_lines_than_colours_are_dashed():
    lines = {str(i): ([0, 1], [i, i]) for i in range(7)}
    assert plot_series("x", "y", lines=lines).svg.count("stroke-dasharray: 4") >= 3
    assert plot_series("x", "y", lines={f"line {i}": ([0, 1], [i, i]) for i in range(15)}).svg.count(">line 14<") == 1
    assert all(f"c{i}" in plot_loss(**{f"c{j}": [1.0, 2.0] for j in range(7)}).text for i in range(7))


def test_what_is_drawn_twice_stands_on_its_own():
    "Two copies of a drawing with buttons don't share them; films that differ in anything have their own names."
    x, y = Value(2.0), Value(3.0)
    assert steps(x * y)._repr_html_().startswith('<form method="dialog" class="steps">')
    frames = {"a": left_and_right, "b": lambda p: left_and_right(-p)}
    names = {film(frames, POINTS, CLASSES).name, film(frames, POINTS, CLASSES, seconds=2).name,
             film({"c": left_and_right, "b": lambda p: left_and_right(-p)}, POINTS, CLASSES).name}
    assert len(names) == 3


def test_a_saved_drawing_needs_no_variables(tmp_path):
    x = Value(2.0)
    draw(x * x).save(tmp_path / "a.svg")
    text = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "var(" not in text and "fill:#fbfaf7" in text


def test_what_can_not_be_drawn_is_refused():
    five = {name: [(0.0, 1.0)] for name in "abcde"}
    with pytest.raises(ValueError, match="up to 4 groups"): plot_groups(five)
    with pytest.raises(ValueError, match="up to 4 paths"):
        plot_paths(lambda x, y: x * x + y * y, (-1, 1), (-1, 1), **five)
    with pytest.raises(ValueError, match="2 labels for 3 images"): show_images(np.ones((3, 2, 2)), ["a", "b"])
    with pytest.raises(TypeError, match="graph of Values"): steps(Tensor(np.ones(2), requires_grad=True))


def test_hard_numbers_are_drawn():
    image = np.array([[[1.0, np.nan], [np.inf, 0.0]]])
    assert "nan" not in show_images(image)._repr_svg_()
    assert "fill-opacity:nan" not in show_arrays(np.array([1.0, np.nan, np.inf]))._repr_svg_()
    assert "0 points b" in repr(plot_groups({"a": [(0.0, 1.0), (2.0, 3.0)], "b": []}))
    assert "from -1 to -2" in repr(plot_loss([-1.0, -2.0]))
    a = Value(1.0)
    assert r'label="say \"hi\" = 1' in to_dot(a * 2, **{'say "hi"': a})


def test_the_cost_of_a_large_drawing():
    w, h = Value(0.5), Value(0.0)
    for _ in range(32): h = (h * w + w * 0.5 + 0.1).tanh()
    assert lines_of(lambda: draw(h)) < 12_000_000
