"""The contributor's loop: `uv run tools/book.py export | execute [NAME ...] | clean`. Run from anywhere."""
import os
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
NBS = ROOT / "nbs"


def notebooks(*names):
    "The notebooks in reading order, or those whose names start with one of `names`."
    return [p for p in sorted(NBS.glob("*.ipynb")) if not names or p.name.startswith(tuple(names))]


def run(nb):
    "Execute a notebook in place of its stored outputs, from a clean kernel, and return it."
    from nbclient import NotebookClient
    return NotebookClient(nb, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(NBS)}}).execute()


def tidy(nb):
    "Drop what changes from run to run: execution counts and all metadata but cell tags."
    nb.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nb.nbformat_minor = 5
    for cell in nb.cells:
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in ("tags", "jupyter")}
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
    "Write the package from the notebooks."
    os.chdir(ROOT)
    from nbdev.doclinks import nbdev_export
    nbdev_export()


def execute(*names):
    "Run the notebooks from clean kernels and store their outputs, tidied."
    for path in notebooks(*names):
        print(path.name)
        save(tidy(run(nbformat.read(path, 4))), path)


def clean():
    "Tidy the notebooks as they are, without running them."
    for path in notebooks(): save(tidy(nbformat.read(path, 4)), path)


if __name__ == "__main__":
    commands = {f.__name__: f for f in (export, execute, clean)}
    if len(sys.argv) < 2 or sys.argv[1] not in commands: sys.exit(__doc__)
    commands[sys.argv[1]](*sys.argv[2:])
