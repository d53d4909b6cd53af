"Tracebacks for readers: the machinery left out, files named shortly. Used by both back ends."
import sys
import traceback
import warnings
from pathlib import Path

MACHINERY = ("/IPython/", "/ipykernel/", "/_pyodide/", "<exec>", "asyncio")


def short(filename):
    "How a reader knows a file: this page, a module of the library, or its name."
    path = Path(filename).as_posix()
    if "ipykernel_" in path: return "this page"
    for folder in ("build_your_own_torch/", "site-packages/"):
        if folder in path: return path[path.rindex(folder):].removeprefix("site-packages/")
    return Path(filename).name


def tidy(told):
    "Shorten a TracebackException, and those it came from, in place."
    kept = [f for f in told.stack if not any(m in Path(f.filename).as_posix() for m in MACHINERY)]
    for frame in kept:
        frame.line  # noqa: B018  looked up by file name, so before that is changed
        frame.filename = short(frame.filename)
    told.stack[:] = kept
    for other in (told.__cause__, told.__context__, *(getattr(told, "exceptions", None) or ())):
        if other: tidy(other)
    return told


def readable(error):
    "The text of a traceback."
    told = traceback.TracebackException.from_exception(error)
    if isinstance(error, SyntaxError) and told.filename: told.filename = short(told.filename)
    return "".join(tidy(told).format()).rstrip()


def warned(message, category, filename, lineno, line=None):
    "The text of a warning; a page's own lines need not be repeated."
    return f"{short(filename)}, line {lineno}: {category.__name__}: {message}\n"


def no_input(prompt="", *_):
    raise RuntimeError("a page can't ask for input: write the answer into the cell")


def for_ipython(shell):
    "Let an IPython shell show its errors so."
    shell.kernel.raw_input = no_input
    warnings.formatwarning = warned
    def handler(shell, kind, error, trace, tb_offset=None):
        lines = readable(error).splitlines()
        shell._showtraceback(kind, error, lines)
        return lines
    shell.set_custom_exc((BaseException,), handler)
    shell.showsyntaxerror = lambda *args, **kwargs: handler(shell, *sys.exc_info())
