"""Package, notebooks and stored outputs agree, and the tree is clean."""
import configparser
import json
import os
import platform
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile

import book
import nbformat
import numpy as np
import pytest
from conftest import ROOT

import build_your_own_torch

NBS, NOTEBOOKS, CI = book.NBS, book.notebooks(), os.environ.get("CI")
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def texts(nb):
    "Everything a notebook printed or showed as text, and the drawings that are our own, cell by cell."
    def words(out):
        data = out.get("data", {})
        drawing = data.get("text/html") or data.get("image/svg+xml") or ""
        return out.get("text"), data.get("text/plain"), "" if "matplotlib" in drawing else drawing
    return [[words(o) for o in c.outputs] for c in nb.cells if c.cell_type == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_fresh_outputs_equal_stored_ones(path, monkeypatch):
    """In CI, where the pages' tests run every notebook as well, on what looks like an older processor: NumPy without its
    newer instructions, and with an old processor's matrix products, rounds otherwise."""
    if CI:
        found = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
        monkeypatch.setenv("NPY_DISABLE_CPU_FEATURES", " ".join(found))
        if platform.machine() in ("x86_64", "AMD64"): monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    stored = nbformat.read(path, 4)
    assert texts(book.run(nbformat.read(path, 4))) == texts(stored)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_no_output_is_a_warning_or_names_this_machine(path):
    outputs = [o for c in nbformat.read(path, 4).cells if c.cell_type == "code" for o in c.outputs]
    assert not [o for o in outputs if o.get("name") == "stderr"]
    assert str(ROOT) not in json.dumps(outputs) and "site-packages" not in json.dumps(outputs)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_is_clean(path, tmp_path):
    book.save(book.tidy(nbformat.read(path, 4)), tmp_path / path.name)
    assert (tmp_path / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


def test_package_is_the_export_of_the_notebooks(tmp_path):
    leave = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in ("nbs", "build_your_own_torch", "tools", "examples", "assets"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=leave)
    for name in ("settings.ini", "pyproject.toml"): shutil.copy(ROOT / name, tmp_path)
    generated = [p for p in tmp_path.rglob("*.py") if p.name != "__init__.py" and "tools" not in p.parts]
    for p in generated: p.unlink()
    subprocess.run([sys.executable, "tools/book.py", "export"], cwd=tmp_path, check=True)
    assert generated
    for p in generated:
        committed = ROOT / p.relative_to(tmp_path)
        assert p.read_text(encoding="utf-8") == committed.read_text(encoding="utf-8"), p.name


@pytest.mark.parametrize("script", EXAMPLES if CI else EXAMPLES[:1], ids=lambda p: p.stem)
def test_example_prints_what_the_chapter_prints(script):
    "They are exported from the chapters, whose cells other tests run; CI runs all of them alone, too."
    run = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    chapter = nbformat.read(next(NBS.glob(f"{script.stem[:2]}_*.ipynb")), 4)
    printed = [o.get("text") or o["data"]["text/plain"] + "\n" for c in chapter.cells
               if "demo" in c.metadata.get("tags", []) for o in c.outputs]
    assert run.stdout == "".join(printed)


def test_constraints_agree():
    pins = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["uv"]["constraint-dependencies"]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert pins == [x for x in lines if x and not x.startswith("#")]


def test_one_version():
    ini = configparser.ConfigParser()
    ini.read(ROOT / "settings.ini", encoding="utf-8")
    assert ini["DEFAULT"]["version"] == build_your_own_torch.__version__


def test_index_and_readme_tell_the_same_story():
    nb = nbformat.read(NBS / "index.ipynb", 4)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    text = "\n\n".join(c.source for c in nb.cells if c.cell_type == "markdown")
    for cell in [c for c in nb.cells if c.cell_type == "code"][:2]: assert cell.source in readme
    assert text.split("\n\n")[1].removeprefix("> ") in readme, "the sentence under the title"
    assert text.split("\n\n")[2] in readme, "the first paragraph"
    rows = [x.replace("](", "](nbs/") for x in text.splitlines() if x.startswith("|")]
    assert "\n".join(rows) in readme, "the table of chapters"
    assert all(f"(nbs/{p.name})" in readme for p in NOTEBOOKS if p.stem != "index")
    printed = next(o.text for c in nb.cells for o in c.get("outputs", []) if o.output_type == "stream")
    assert printed.strip() in readme
    shown = [o.get("data", {}) for c in nb.cells for o in c.get("outputs", [])]
    drawn = next(data["image/svg+xml"] for data in shown if "image/svg+xml" in data)
    assert (ROOT / "assets" / "first_gradient.svg").read_text(encoding="utf-8").strip() == "".join(drawn).strip()


def test_the_readmes_lines_for_the_library_do_what_they_say():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    code = readme.split("## Only the library")[1].split("```python\n")[1].split("```")[0]
    *lines, last = code.strip().splitlines()
    expression, said = last.split("  # ")
    names = {}
    exec("\n".join(lines), names)
    assert repr(eval(expression, names)) == said


@pytest.mark.parametrize("command", [["ruff", "check", "."], ["mypy"]], ids=lambda c: c[0])
def test_lint(command):
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_import_is_light():
    code = ("import sys, numpy; import build_your_own_torch, build_your_own_torch.autograd_scalar;"
            "print([m for m in ('matplotlib', 'IPython', 'torch', 'nbdev', 'fastcore') if m in sys.modules])")
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


@pytest.fixture(scope="session")
def distributions(tmp_path_factory):
    "A wheel and an sdist, built from a copy of what git would commit."
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--outdir", folder, ROOT], check=True, capture_output=True)
    return folder


def test_wheel_holds_the_package_and_nothing_else(distributions):
    names = zipfile.ZipFile(next(distributions.glob("*.whl"))).namelist()
    modules = [p.name for p in (ROOT / "build_your_own_torch").glob("*.py")]
    for part in ("py.typed", "data/penguins.csv", "data/README", *modules):
        assert f"build_your_own_torch/{part}" in names
    assert all(n.startswith("build_your_own_torch") for n in names)
    assert list(distributions.glob("*.tar.gz"))


IN_AN_EMPTY_ENVIRONMENT = """
import sys
import numpy
before = set(sys.modules)
import build_your_own_torch
import build_your_own_torch.autograd_scalar, build_your_own_torch.book
import build_your_own_torch.datasets, build_your_own_torch.viz
known = {*sys.stdlib_module_names, "build_your_own_torch", "numpy", "cython_runtime"}  # the last is part of numpy.random
foreign = {m.split(".")[0] for m in set(sys.modules) - before if not m.startswith("_cython_")} - known
assert not foreign, foreign
assert len(build_your_own_torch.datasets.penguins()) == 344
x = build_your_own_torch.autograd_scalar.Value(3.0)
(x * x).backward()
assert x.grad == 6.0
"""


def test_wheel_in_an_empty_environment(distributions, tmp_path):
    venv.create(tmp_path / "env", with_pip=True)
    python = next(p for p in (tmp_path / "env/bin/python", tmp_path / "env/Scripts/python.exe") if p.exists())
    wheel = next(distributions.glob("*.whl"))
    done = subprocess.run([python, "-m", "pip", "install", "-q", wheel], capture_output=True, text=True)
    if done.returncode and not os.environ.get("CI"): pytest.skip("NumPy cannot be fetched here")
    assert done.returncode == 0, done.stderr
    listed = json.loads(subprocess.check_output([python, "-m", "pip", "list", "--format", "json"], text=True))
    found = {d["name"].lower().replace("-", "_") for d in listed}
    assert found <= {"build_your_own_torch", "numpy", "pip", "setuptools"}
    subprocess.run([python, "-c", IN_AN_EMPTY_ENVIRONMENT], cwd=tmp_path, check=True)
