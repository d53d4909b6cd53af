"""Make the measurements of chapter 19 again, about a minute on one core:

    uv run tools/sweep.py
"""
import os
import sys
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy comes
import nbformat

ROOT = Path(__file__).resolve().parent.parent


def chapter():
    "The names of chapter 19 up to where it reads the stored measurements."
    sys.path.insert(0, str(ROOT))
    names = {}
    for cell in nbformat.read(ROOT / "nbs" / "19_optimizer_comparison.ipynb", 4).cells:
        if "read_data(" in cell.source: return names
        if cell.cell_type == "code": exec(compile(cell.source, "<cell>", "exec"), names)
    raise ValueError("chapter 19 reads no stored measurements")


if __name__ == "__main__":
    names = chapter()
    rows = names["sweep"](names["RATES"], range(8), timed=True)
    path = ROOT / "build_your_own_torch" / "data" / "sweep.csv"
    path.write_text(names["written"](rows), encoding="utf-8", newline="\n")
    print(f"{len(rows)} runs in {path.relative_to(ROOT)};", "its checksum belongs into chapter 19 and the note beside the data")
