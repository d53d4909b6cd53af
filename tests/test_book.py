"""Package, notebooks and stored outputs agree, and the tree is clean."""
import configparser
import shutil
import subprocess
import sys
import tomllib
import zipfile

import book
import nbformat
import pytest
from conftest import ROOT

import build_your_own_torch

NBS, NOTEBOOKS = book.NBS, book.notebooks()


def texts(nb):
    "Everything a notebook printed or showed as text, and the drawings that are our own, cell by cell."
    def words(out):
        data = out.get("data", {})
        drawing = data.get("text/html") or data.get("image/svg+xml") or ""
        return out.get("text"), data.get("text/plain"), "" if "matplotlib" in drawing else drawing
    return [[words(o) for o in c.outputs] for c in nb.cells if c.cell_type == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_fresh_outputs_equal_stored_ones(path):
    stored = nbformat.read(path, 4)
    assert texts(book.run(nbformat.read(path, 4))) == texts(stored)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_is_clean(path, tmp_path):
    book.save(book.tidy(nbformat.read(path, 4)), tmp_path / path.name)
    assert (tmp_path / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


def test_package_is_the_export_of_the_notebooks(tmp_path):
    leave = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in ("nbs", "build_your_own_torch", "tools", "examples"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=leave)
    for name in ("settings.ini", "pyproject.toml"): shutil.copy(ROOT / name, tmp_path)
    generated = [p for p in tmp_path.rglob("*.py") if p.name != "__init__.py" and "tools" not in p.parts]
    for p in generated: p.unlink()
    subprocess.run([sys.executable, "tools/book.py", "export"], cwd=tmp_path, check=True)
    assert generated
    for p in generated:
        committed = ROOT / p.relative_to(tmp_path)
        assert p.read_text(encoding="utf-8") == committed.read_text(encoding="utf-8"), p.name


@pytest.mark.parametrize("script", sorted((ROOT / "examples").glob("*.py")), ids=lambda p: p.stem)
def test_example_prints_what_the_chapter_prints(script):
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


def test_index_and_readme_show_the_same_first_gradient():
    cells = [c.source for c in nbformat.read(ROOT / "nbs" / "index.ipynb", 4).cells if c.cell_type == "code"]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for source in cells: assert source in readme


@pytest.mark.parametrize("command", [["ruff", "check", "."], ["mypy"]], ids=lambda c: c[0])
def test_lint(command):
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_import_is_light():
    code = ("import sys, numpy; import build_your_own_torch, build_your_own_torch.autograd_scalar;"
            "print([m for m in ('matplotlib', 'IPython', 'torch', 'nbdev', 'fastcore') if m in sys.modules])")
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_wheel(tmp_path):
    subprocess.run([sys.executable, "-m", "build", "--outdir", tmp_path, ROOT], check=True, capture_output=True)
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    for part in ("py.typed", "autograd_scalar.py", "book.py"): assert f"build_your_own_torch/{part}" in names
    assert not any(n.startswith(("nbs", "tests", "tools")) for n in names)
    assert list(tmp_path.glob("*.tar.gz"))
