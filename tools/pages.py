"""The site: notebooks through nbdev into a stage folder, a renderer, and a pass over the pages it wrote.

The stage folder (`_quarto.yml`, `nbs/*.ipynb`, `api/*.qmd`) is a plain Quarto project; `typeset` is the only function
that knows which renderer is used."""
import ast
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from html import unescape
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parent.parent
FOLDED = {"solution": "Solution", "check": "The check", "detail": "The code"}
DOCLINK = re.compile(r"\[(`[^`]*`)\]\(/?(\w+)\.html#([\w.]+)\)")


def modules():
    "Module name -> path of the notebook that writes it, in reading order."
    found = {}
    for path in sorted((ROOT / "nbs").glob("*.ipynb")):
        if name := re.search(r"#\| default_exp ([\w.]+)", path.read_text(encoding="utf-8")): found[name[1]] = path
    return found


def settings():
    "The links to source code come from here."
    import configparser
    ini = configparser.ConfigParser()
    ini.read(ROOT / "settings.ini", encoding="utf-8")
    return ini["DEFAULT"]


# --- notebooks -------------------------------------------------------------------------------------------------------

def linked(match, own):
    """A name in backticks with its link into the reference, seen from the notebook that writes the module `own`.

    Private names have no entry. A name that `own` defines too is meant as its own; scalars are meant in chapter 1 only."""
    module_of = {re.sub(r"^\d+_", "", path.stem): module for module, path in modules().items()}
    label, module, name = match[1], module_of[match[2]], match[3]
    public = import_module(f"build_your_own_torch.{own}").__all__ if own else ()
    if name in public: module = own
    elif name.startswith("_") or module == "autograd_scalar" and own not in (None, module): return label
    return f"[{label}](../api/{module}.qmd#{name.split('.')[0].lower()})"


def staged(nb, tags, own):
    "A processed notebook made ready for the renderer; `tags` maps a cell's id to its tags in the source notebook."
    cells = []
    for cell in nb["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "raw": text = re.sub(r"output-file:.*\n", "", text)
        if cell["cell_type"] == "markdown":
            text = DOCLINK.sub(lambda m: linked(m, own), text)
        if cell["cell_type"] == "code":
            if re.fullmatch(r"#\| default_exp \S+", text.strip()): continue
            text = re.sub(r"^#\| example .*\n", "", text)
            fold = next((FOLDED[t] for t in tags.get(cell.get("id"), []) if t in FOLDED), None)
            if fold: text = f'#| code-fold: true\n#| code-summary: "{fold}"\n{text}'
        cells.append({**cell, "source": text.splitlines(True)})
    return {**nb, "cells": cells}


def stage(folder):
    "Fill `folder` with everything the renderer needs."
    from nbdev.serve import proc_nbs
    os.chdir(ROOT)
    processed = proc_nbs(force=True)
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("nbs", "api"): (folder / part).mkdir(parents=True)
    shutil.copy(ROOT / "_quarto.yml", folder)
    shutil.copytree(ROOT / "assets", folder / "assets")
    writes = {path: module for module, path in modules().items()}
    for path in sorted((ROOT / "nbs").glob("*.ipynb")):
        tags = {c.get("id"): c.metadata.get("tags", []) for c in nbformat.read(path, 4).cells}
        nb = json.loads((processed / path.name).read_text(encoding="utf-8"))
        (folder / "nbs" / path.name).write_text(json.dumps(staged(nb, tags, writes.get(path))), encoding="utf-8")
    for module, path in modules().items():
        (folder / "api" / f"{module}.qmd").write_text(reference(module, path), encoding="utf-8")
    shutil.rmtree(processed)


# --- the reference ---------------------------------------------------------------------------------------------------

def sections(path):
    "Name -> (heading, its id on the page) of the part of a chapter where the name gets its last definition."
    found, heading = {}, ""
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "markdown":
            for line in re.findall(r"^##+ (.+)$", cell.source, re.M): heading = line
        elif "#| export" in cell.source:
            for name in re.findall(r"^(?:def|class) (\w+)", cell.source, re.M): found[name] = heading
    return {n: (h, re.sub(r"[^\w\s-]", "", h.lower()).strip().replace(" ", "-")) for n, h in found.items()}


def parameter_notes(function):
    "Parameter -> the comment beside it in the source."
    from fastcore.docments import docments
    return {k: v for k, v in docments(function).items() if v and k != "return"}


def line_of(name, thing, module):
    "The line of a definition; of a class that a function made, the line of its assignment."
    try: return inspect.getsourcelines(thing)[1]
    except OSError:
        lines = inspect.getsource(import_module(f"build_your_own_torch.{module}")).splitlines()
        return next(i for i, x in enumerate(lines, 1) if re.match(rf"[\w, ]*\b{name}\b.* = ", x))


def entry(name, thing, module, section, chapter):
    "One entry: signature, description, parameters, and links to source and chapter."
    line = line_of(name, thing, module)
    ini = settings()
    source = f"{ini['git_url']}/blob/{ini['branch']}/build_your_own_torch/{module.replace('.', '/')}.py#L{line}"
    heading, anchor = section
    where = f"[chapter: {heading}](../nbs/{chapter}#{anchor})" if heading else f"[chapter](../nbs/{chapter})"
    out = [f"## {name} {{#{name.lower()}}}", f"```python\n{signature(name, thing)}\n```", inspect.getdoc(thing) or ""]
    made = thing.__init__ if inspect.isclass(thing) else thing
    notes = [f"- `{k}`: {' '.join(v.split())}" for k, v in parameter_notes(made).items()]
    if notes: out.append("\n".join(notes))
    if inspect.isclass(thing):
        own = [(k, v) for k, v in vars(thing).items() if inspect.isfunction(v) and not k.startswith("_")]
        out += [f"`.{k}{inspect.signature(v)}` {inspect.getdoc(v) or ''}" for k, v in own]
    return "\n\n".join([*out, f"[source]({source}) · {where}"])


def signature(name, thing):
    "The definition's head, as written, without comments."
    if inspect.isclass(thing):
        return f"class {name}{inspect.signature(thing) if '__init__' in vars(thing) else '()'}"
    return f"def {name}{inspect.signature(thing)}"


def reference(module, path):
    "The Quarto source of a module's page in the reference."
    m = import_module(f"build_your_own_torch.{module}")
    public, where = [n for n in m.__all__ if callable(getattr(m, n))], sections(path)
    order = {node.name: node.lineno for node in ast.parse(inspect.getsource(m)).body if hasattr(node, "name")}
    public.sort(key=lambda n: order.get(n, len(order) and max(order.values())))
    entries = [entry(n, getattr(m, n), module, where.get(n, ("", "")), path.name) for n in public]
    title = path.stem.split("_")[0].lstrip("0").upper()
    lead = (f"Everything that [chapter {title}](../nbs/{path.name}) exports, in the order in which it is built. "
            f"`from build_your_own_torch.{module} import …`")
    head = f'---\ntitle: "{module}"\ndescription: "Reference of build_your_own_torch.{module}"\n---'
    return "\n\n".join([head, lead, *entries])


# --- rendering -------------------------------------------------------------------------------------------------------

def typeset(folder):
    "Render the Quarto project in `folder` and return the folder of its pages."
    subprocess.run([sys.executable, "-m", "smalldocs.cli", "render", "."], cwd=folder, check=True, capture_output=True)
    return folder / "_docs"


def mathml(match):
    "A formula as MathML, which browsers show without a script."
    from latex2mathml.converter import convert
    kind, tex = match[1], unescape(match[2])[2:-2]
    return f'<span class="math {kind}">{convert(tex, display="block" if kind == "display" else "inline")}</span>'


def mend(page):
    "A page without requests to other hosts, with MathML, and drawings that screen readers can name."
    page = re.sub(r'<(link|script)\b[^>]*https://cdn[^>]*>(</script>)?', "", page)
    page = re.sub(r'<span class="math (inline|display)">(.*?)</span>', mathml, page, flags=re.S)
    page = re.sub(r'<svg alt="', '<svg aria-label="', page)
    page = page.replace('<a href="../">', '<a href="../nbs/index.html">')
    return page


def bare(css):
    "A theme without its fonts from another host."
    return re.sub(r"@import url\(https?:[^)]*\);", "", css)


def math_font(pages, out):
    "Write the part of STIX Two Math that the formulas on `pages` need: without such a font Chromium misplaces indices."
    from fontTools import subset
    from fontTools.ttLib import TTFont
    formulas = "".join(re.findall(r"<math.*?</math>", "".join(pages), flags=re.S))
    used = set(unescape(re.sub(r"<[^>]+>", "", formulas)))
    italic = [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6FC, 0x1D71C)]  # browsers set single letters in these
    options = subset.Options(layout_features=["*"], hinting=False)
    font = TTFont(str(files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf"))
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[*map(ord, used), *italic, ord("√")])  # roots are drawn without being written
    subsetter.subset(font)
    font.flavor = "woff"
    font.save(out)


def render(out=None):
    "Build the site into `out` (default `_docs`) and return it."
    out = Path(out or ROOT / "_docs")
    folder = ROOT / "_proc_stage"
    stage(folder)
    shutil.rmtree(out, ignore_errors=True)
    shutil.move(typeset(folder), out)
    shutil.rmtree(folder)
    pages = {path: mend(path.read_text(encoding="utf-8")) for path in out.rglob("*.html")}
    for path, text in pages.items(): path.write_text(text, encoding="utf-8")
    for path in out.rglob("*.css"): path.write_text(bare(path.read_text(encoding="utf-8")), encoding="utf-8")
    for path in (ROOT / "assets" / "pages").iterdir(): shutil.copy(path, out)
    shutil.copytree(ROOT / "assets", out / "assets", dirs_exist_ok=True, ignore=shutil.ignore_patterns("pages"))
    math_font(pages.values(), out / "assets" / "math.woff")
    (out / ".nojekyll").touch()
    return out


def preview(port=8000):
    "Build the site and serve it on this machine only."
    import webbrowser
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
    server = ThreadingHTTPServer(("127.0.0.1", int(port)), partial(SimpleHTTPRequestHandler, directory=render()))
    address = f"http://127.0.0.1:{server.server_port}/"
    print(f"{address} (Ctrl+C to stop)")
    webbrowser.open(address)
    try: server.serve_forever()
    except KeyboardInterrupt: server.server_close()
