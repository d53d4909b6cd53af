"""The contributor's loop, from any folder:

    uv run tools/book.py export | execute [NAME ...] | clean | render [OUT [PYODIDE]] | refresh | preview [PORT]
"""
import ast
import builtins
import io
import os
import re
import sys
from contextlib import redirect_stdout
from functools import partial
from importlib import import_module
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
NBS, EXAMPLES = ROOT / "nbs", ROOT / "examples"


def notebooks(*names):
    "The notebooks in reading order, or those whose names start with one of `names`."
    return [p for p in sorted(NBS.glob("*.ipynb")) if not names or p.name.startswith(tuple(names))]


def run(nb):
    "Execute a notebook in place of its stored outputs, from a clean kernel, and return it."
    from nbclient import NotebookClient
    where = {"metadata": {"path": str(NBS)}}
    client = partial(NotebookClient, nb, timeout=300, kernel_name="python3", resources=where, coalesce_streams=True)
    try: return client().execute()
    except RuntimeError as e:  # another kernel, started at the same time, took the port: no cell has run yet
        if "died before replying" not in str(e): raise
        return client().execute()


def tidy(nb):
    "Drop what changes from run to run: execution counts and all metadata but tags; fold solutions and checks."
    nb.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nb.nbformat_minor = 5
    for cell in nb.cells:
        tags = cell.metadata.get("tags", [])
        cell.metadata = {"tags": tags} if tags else {}
        if {"solution", "check", "detail"} & set(tags): cell.metadata["jupyter"] = {"source_hidden": True}
        if cell.cell_type != "code": continue
        cell.execution_count = None
        for out in cell.outputs:
            out.pop("metadata", None)
            if out.output_type in ("display_data", "execute_result"): out.metadata = {}
            if out.output_type == "execute_result": out.execution_count = None
    return nb


def save(nb, path):
    path.write_text(nbformat.writes(nb) + "\n", encoding="utf-8", newline="\n")


def export():
    "Write the package and the example scripts from the notebooks."
    os.chdir(ROOT)
    from nbdev.doclinks import nbdev_export
    nbdev_export()
    for path in (ROOT / "build_your_own_torch").rglob("*.py"):  # a comment right above a definition would count as its help
        source = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"(?m)^(# %% .*)\n(?=\S)", r"\1\n\n", source), encoding="utf-8", newline="\n")
    sys.path.insert(0, str(ROOT))
    EXAMPLES.mkdir(exist_ok=True)
    for path in notebooks():
        if made := example(nbformat.read(path, 4), path.name):
            (EXAMPLES / made[0]).write_text(made[1], encoding="utf-8", newline="\n")
    (ROOT / "assets" / "first_gradient.svg").write_text(first_gradient(), encoding="utf-8", newline="\n")


def first_gradient():
    "The README's picture: the graph of its five lines, drawn with the package."
    names = {}
    cells = [c.source for c in nbformat.read(NBS / "index.ipynb", 4).cells if c.cell_type == "code"]
    with redirect_stdout(io.StringIO()): exec("\n".join(cells), names)
    draw = import_module("build_your_own_torch.viz").draw
    return draw(names["f"], x=names["x"], y=names["y"], f=names["f"]).svg + "\n"


def directive(source, name):
    "What follows `#| name` in a cell, or None."
    return next((line.split(maxsplit=2)[2] for line in source.splitlines() if line.startswith(f"#| {name} ")), None)


def chapters_until(notebook):
    "The modules that the numbered chapters write, in order, up to this notebook."
    read = [p for p in notebooks() if p.name[0].isdigit() and p.name <= notebook]
    sources = [c.source for p in read for c in nbformat.read(p, 4).cells]
    return [name for name in (directive(s, "default_exp") for s in sources) if name]


def by_type(name):
    "The order in which ruff wants imported names: CONSTANTS, Classes, others."
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2), name


def builtins_of(nb):
    "Python's own names, but for those that the notebook imports from elsewhere, such as `sum`."
    trees = [ast.parse(c.source) for c in nb.cells if c.cell_type == "code"]
    imported = {a.name for t in trees for n in ast.walk(t) if isinstance(n, ast.ImportFrom) for a in n.names}
    return set(dir(builtins)) - imported


def example(nb, notebook):
    """File name and text of the script made from the cells tagged `demo`, or None if there are none.

    Imports go to the top, and what earlier cells have defined is imported from the package."""
    cells = [c.source for c in nb.cells if "demo" in c.metadata.get("tags", [])]
    if not cells: return None
    apart = ("#|", "import ", "from ")
    body = ["\n".join(x for x in c.splitlines() if not x.startswith(apart)).strip() for c in cells]
    body = [source for source in body if source]
    imports = [x for c in cells for x in c.splitlines() if x.startswith(apart[1:])]
    nodes = [n for source in body for n in ast.walk(ast.parse(source))]
    bound = {n.arg for n in nodes if isinstance(n, ast.arg)} | {getattr(n, "name", "") for n in nodes} | {
        n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    used = {n.id for n in nodes if isinstance(n, ast.Name)} - bound - builtins_of(nb)
    for m in (*reversed(chapters_until(notebook)), "ops.rare", "viz"):
        names = used & set(import_module(f"build_your_own_torch.{m}").__all__)
        used -= names
        if names: imports.append(f"from build_your_own_torch.{m} import {', '.join(sorted(names, key=by_type))}")
    imports += [f"import {m}" for m in ("math", "random") if m in used]
    title = nb.cells[0].source.splitlines()[0].lstrip("# ")
    package = sorted(x for x in imports if "build_your_own_torch" in x)
    others = sorted(set(imports) - set(package), key=lambda x: (x.startswith("from"), x))
    known = [x.split()[1].split(".")[0] in sys.stdlib_module_names for x in others]
    standard, foreign = ([x for x, k in zip(others, known) if k == wanted] for wanted in (True, False))
    head = f'"""{title}: the real run of nbs/{notebook}, made from its cells."""'
    head = "\n".join([head, *standard])
    if body[0].startswith(("class ", "def ")): body[0] = "\n" + body[0]
    script = "\n\n".join(filter(None, [head, "\n".join(foreign), "\n".join(package), *body])) + "\n"
    return next(filter(None, (directive(c, "example") for c in cells))), script


def execute(*names):
    "Run the notebooks from clean kernels and store their outputs, tidied."
    for path in notebooks(*names):
        print(path.name)
        save(tidy(run(nbformat.read(path, 4))), path)


def clean():
    "Tidy the notebooks as they are, without running them."
    for path in notebooks(): save(tidy(nbformat.read(path, 4)), path)


if __name__ == "__main__":
    from pages import preview, refresh, render
    commands = {f.__name__: f for f in (export, execute, clean, render, refresh, preview)}
    if len(sys.argv) < 2 or sys.argv[1] not in commands: sys.exit(__doc__)
    commands[sys.argv[1]](*sys.argv[2:])
