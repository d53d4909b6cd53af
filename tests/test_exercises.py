"Every exercise: the stub fails, each typical wrong answer fails with the message meant for it, the solution passes."
import gc
import importlib.util
import re

import nbformat
import pytest
from conftest import ROOT

CHAPTERS = {"01_scalar": "scalar", "02_tensor": "tensor", "03_views": "views", "04_creation": "creation",
            "05_elementwise": "elementwise", "06_places": "places", "07_reductions": "reductions",
            "08_gradients": "gradients", "09_module": "module", "10_functional": "functional",
            "11_initialization": "initialization", "12_layers": "layers",
            "13_optimizers": "optimizers", "14_schedules": "schedules", "15_data": "data",
            "16_linear_regression": "linear_regression", "17_mlp": "mlp",
            "18_toy_classification": "toy_classification", "19_optimizer_comparison": "optimizer_comparison"}


def wrong_answers(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "tests" / "wrong" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.WRONG


def run(source, names): exec(compile(source, "<cell>", "exec"), names)


def chapter(stem):
    "The chapter's names just before each of its exercises, and the exercises as dicts of their cells."
    names, exercises = {"__name__": "__main__"}, []
    for cell in nbformat.read(ROOT / "nbs" / f"{stem}.ipynb", 4).cells:
        if cell.cell_type != "code": continue
        tags = cell.metadata.get("tags", [])
        kind = next((t for t in tags if t in ("exercise", "solution", "check")), None)
        if kind == "exercise": exercises.append({"name": re.search(r"(?:def|class) (\w+)", cell.source)[1]})
        if kind: exercises[-1][kind] = cell.source
        elif not exercises: run(cell.source, names)
    return names, exercises


@pytest.fixture(autouse=True)
def nothing_is_collected():
    "Chapter 1 goes to the limit of recursion, where the last words of some other test's object would be an error."
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.parametrize("stem", CHAPTERS)
def test_exercises(stem, capsys, library_as_it_was):
    names, exercises = chapter(stem)
    wrong = wrong_answers(CHAPTERS[stem])
    assert 4 <= len(exercises) <= 8
    assert [e["name"] for e in exercises] == list(wrong)
    for e in exercises:
        renamed = re.sub(rf"\b{e['name']}\b", "Other", e["solution"])
        for nothing in ("", renamed):
            run(e["exercise"], names)
            run(nothing, names)
            with pytest.raises(AssertionError, match="is still the stub"): run(e["check"], names)
        for answer, message in wrong[e["name"]]:
            run(e["exercise"], names)
            run(answer, names)
            with pytest.raises(AssertionError, match=re.escape(message)): run(e["check"], names)
        run(e["solution"], names)
        capsys.readouterr()
        run(e["check"], names)
        assert capsys.readouterr().out.startswith("Right. ")
