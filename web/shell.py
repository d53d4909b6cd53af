"The little that IPython does for a cell, for a page without it."
import base64
import builtins
import importlib.util
import io
import itertools
import json
import linecache
import sys
import warnings
from types import ModuleType, SimpleNamespace

import book_page  # the page, as worker.js registers it
from errors import no_input, readable, warned
from pretty import pretty  # IPython's, as pages.py takes it from there
from pyodide.code import eval_code_async

REPRS = {"text/html": "_repr_html_", "image/svg+xml": "_repr_svg_", "image/png": "_repr_png_"}


def tell(kind, **what): book_page.tell(json.dumps({"kind": kind, **what}))


def has(package): return importlib.util.find_spec(package) is not None


def bundle(value):
    "What a value can be shown as: kind of text -> text."
    data = {"text/plain": pretty(value)}
    for kind, name in REPRS.items():
        made = getattr(value, name, None) if not isinstance(value, type) else None
        made = made() if callable(made) else None
        if isinstance(made, bytes): made = base64.b64encode(made).decode()
        if made is not None: data[kind] = made
    return data


class Stream(io.TextIOBase):
    "A standard stream that ends on the page."
    def __init__(self, name): self.name = name
    def writable(self): return True
    def write(self, text):
        if text: tell("stream", name=self.name, text=str(text))
        return len(text)


counter = itertools.count(1)


def display(*values, raw=False, display_id=None, **_):
    "IPython.display.display."
    id = f"shown {next(counter)}" if display_id is True else display_id
    for value in values: tell("display", data=value if raw else bundle(value), id=id)
    if id: return SimpleNamespace(display_id=id, display=lambda v, **k: display(v, display_id=id, **k),
                                  update=lambda v, raw=False, **k: tell("update", data=v if raw else bundle(v), id=id))


def shown_as(kind):
    "A class like IPython.display.HTML."
    def init(self, data): self.data = data
    return type(kind, (), {"__init__": init, REPRS[kind]: lambda self: self.data})


def stand_in_for_ipython():
    "Register the parts of IPython that chapters and readers use."
    shell, parts = ModuleType("IPython"), ModuleType("IPython.display")
    shell.get_ipython = builtins.get_ipython = lambda: SimpleNamespace(kernel=True)
    parts.HTML, parts.SVG = map(shown_as, ("text/html", "image/svg+xml"))
    parts.display = shell.display = builtins.display = display
    parts.clear_output = lambda wait=False: tell("clear", wait=wait)
    shell.__path__, shell.display_module = [], parts
    sys.modules.update({"IPython": shell, "IPython.display": parts})


LIBRARY = "build_your_own_torch"


def library():
    """Its `__init__` needs NumPy; where that is not loaded (yet), let modules that need only Python be imported without it."""
    there = sys.modules.get(LIBRARY)
    if not has("numpy") and not there:
        bare = sys.modules[LIBRARY] = importlib.util.module_from_spec(importlib.util.find_spec(LIBRARY))
        bare.bare = True
    elif has("numpy") and getattr(there, "bare", False): del sys.modules[LIBRARY]


def figures():
    "Show what has been drawn with pyplot."
    if plots := sys.modules.get("matplotlib.pyplot"):
        for number in plots.get_fignums():
            file = io.BytesIO()
            plots.figure(number).savefig(file, format="png", dpi=100, bbox_inches="tight")
            tell("display", data={"image/png": base64.b64encode(file.getvalue()).decode(), "text/plain": "a figure"}, id=None)
        plots.close("all")


page = ModuleType("__main__")
sys.modules["__main__"] = page
sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")
builtins.input = no_input
warnings.formatwarning = warned
stand_in_for_ipython()


async def run_cell(code):
    "Run a cell and show its last expression; whether it came to its end."
    name = f"/tmp/ipykernel_1/{next(counter)}.py"  # as a notebook's cells are called
    linecache.cache[name] = (len(code), None, code.splitlines(True), name)
    try:
        library()
        value = await eval_code_async(code, vars(page), filename=name, return_mode="last_expr")
        if value is not None:
            page._ = value
            tell("display", data=bundle(value), id=None)
        figures()
        return True
    except BaseException as error:  # also KeyboardInterrupt and SystemExit: the page goes on
        tell("error", name=type(error).__name__, text=str(error), trace=readable(error))
        return False
