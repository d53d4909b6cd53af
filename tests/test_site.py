"The site: every page is there, its links hold, it asks no other host for anything, and it fits a phone."
import html
import re
from urllib.parse import unquote, urljoin, urlsplit

import nbformat
import pytest
from conftest import ROOT

STEMS = sorted(p.stem for p in (ROOT / "nbs").glob("*.ipynb"))
MODULES = ("autograd_scalar", "tensor", "views", "ops.creation", "ops.elementwise", "ops.places", "ops.reductions", "ops.rare",
           "autograd", "nn.module", "nn.functional", "nn.init", "nn.layers", "optim.optimizers", "optim.lr_scheduler",
           "utils.data", "training", "viz", "datasets", "book", "printing")
PAGES = [f"nbs/{s}.html" for s in STEMS] + [f"api/{m}.html" for m in MODULES]


def text_of(page):
    "What a reader sees, tags dropped and white space joined."
    page = re.sub(r"<script.*?</script>", "", page, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())


def read(site, name): return (site / name).read_text(encoding="utf-8")


def test_every_page_is_there(site):
    found = {p.relative_to(site).as_posix() for p in site.rglob("*.html")}
    assert found == {*PAGES, "index.html", "404.html"}
    assert "nbs/index.html" in read(site, "index.html")


def test_links_hold(site):
    names = {p.relative_to(site).as_posix(): p for p in site.rglob("*") if p.is_file()}
    ids = {n: set(re.findall(r'\bid="([^"]+)"', read(site, n))) for n in names if n.endswith(".html")}
    broken = []
    for page in PAGES + ["index.html"]:
        for link in re.findall(r'\b(?:href|src)="([^"]*)"', read(site, page)):
            parts = urlsplit(html.unescape(link))
            if parts.scheme or parts.netloc or not link: continue
            target = urlsplit(urljoin(f"http://host/{page}", html.unescape(link)))
            name = unquote(target.path).lstrip("/")
            if name.endswith("/") or not name: name += "index.html"
            if name not in names or (parts.fragment and unquote(parts.fragment) not in ids.get(name, ())):
                broken.append((page, link))
    assert not broken


def test_no_page_names_another_host_but_in_links(site):
    for path in [*site.rglob("*.html"), *site.rglob("*.css")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<(script|img|iframe)[^>]+src=.https?:|<link[^>]+href=.https?:", text), path
        assert not re.search(r"url.['\"]?https?:", text), path


@pytest.mark.parametrize("stem", STEMS)
def test_library_cells_stay_on_the_page_in_order(site, stem):
    page, at = text_of(read(site, f"nbs/{stem}.html")), 0
    for cell in nbformat.read(ROOT / "nbs" / f"{stem}.ipynb", 4).cells:
        if cell.cell_type != "code" or cell.source.startswith(("#| default_exp", "#| hide")): continue
        source = " ".join("\n".join(x for x in cell.source.splitlines() if not x.startswith("#|")).split())
        assert source in page[at:], source
        at = page.index(source, at)


@pytest.mark.parametrize("stem", STEMS)
def test_no_paragraph_is_lost(site, stem):
    page, plain = text_of(read(site, f"nbs/{stem}.html")), lambda s: re.sub(r"[^a-z]+", "", s.lower())
    seen = plain(page)
    for cell in nbformat.read(ROOT / "nbs" / f"{stem}.ipynb", 4).cells:
        if cell.cell_type != "markdown": continue
        for paragraph in re.sub(r"<[^>]+>|\]\([^)]*\)", "", cell.source).split("\n\n"):
            words = plain(re.split(r"[$|*<`]", paragraph)[0])
            assert words in seen, paragraph


def test_mathematics_is_mathml(site):
    page = read(site, "nbs/01_scalar.html")
    assert page.count("<math") > 20 and "\\(" not in text_of(page) and "\\frac" not in text_of(page)


def test_the_mathematical_font_has_every_letter_of_the_formulas(site):
    from fontTools.ttLib import TTFont
    font = TTFont(site / "assets" / "math.woff")
    text = "".join(read(site, p) for p in PAGES)
    used = set(html.unescape(re.sub(r"<[^>]+>", "", "".join(re.findall(r"<math.*?</math>", text, flags=re.S)))))
    assert "<msqrt" in text
    used.add("√")
    assert "MATH" in font and {c for c in used if c.strip()} <= set(map(chr, font.getBestCmap()))


def test_solutions_are_folded_and_drawings_have_names(site):
    page = read(site, "nbs/01_scalar.html")
    assert page.count("<summary>Solution</summary>") == page.count("<summary>The check</summary>") == 6
    assert 'aria-label="Two cards at the top' in page


def test_names_in_backticks_lead_to_the_reference(site):
    assert '<a href="../api/autograd_scalar.html#value"><code>Value</code></a>' in read(site, "nbs/01_scalar.html")


def test_the_reference_has_every_public_name(site):
    import importlib
    for module in MODULES:
        page = read(site, f"api/{module}.html")
        m = importlib.import_module(f"build_your_own_torch.{module}")
        for name in m.__all__:
            if callable(getattr(m, name)): assert f'id="{name.lower()}' in page, name
        assert f"build_your_own_torch/{module.replace('.', '/')}.py#L" in page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("page", [*PAGES, "404.html"])
def test_page_in_a_browser(address, browser, axe, tmp_path, page, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    tab, complaints = context.new_page(), []
    tab.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    tab.on("pageerror", lambda e: complaints.append(str(e)))
    tab.on("request", lambda r: None if r.url.startswith((address, "data:")) else complaints.append(r.url))
    tab.on("response", lambda r: complaints.append(f"{r.status} {r.url}") if r.status >= 400 else None)
    tab.goto(f"{address}/{page}", wait_until="load")
    assert tab.evaluate("document.documentElement.scrollWidth") <= width, "the page scrolls sideways"
    paper = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    if page != "404.html": assert (sum(map(int, re.findall(r"\d+", paper)[:3])) < 300) == (scheme == "dark")
    assert len(tab.screenshot(path=tmp_path / "page.png")) > 2000
    barriers = axe(tab) if width == 1280 else []
    context.close()
    assert not complaints and not barriers


def test_steps_can_be_walked_by_keyboard(address, browser):
    tab = browser.new_page()
    tab.goto(f"{address}/nbs/01_scalar.html")
    shown = "[...document.querySelectorAll('.steps figure')].map(f => getComputedStyle(f).display != 'none')"
    assert tab.evaluate(shown) == [True, False, False]
    tab.focus(".steps input")
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate(shown) == [False, True, False]
    tab.keyboard.press("ArrowRight")
    assert tab.evaluate(shown) == [False, False, True]
    tab.close()


def test_search_finds_a_section(address, browser):
    tab = browser.new_page()
    tab.goto(f"{address}/nbs/index.html")
    tab.fill("input[type=search]", "topological")
    tab.wait_for_selector(".smalldocs-search-results a")
    links = tab.eval_on_selector_all(".smalldocs-search-results a", "all => all.map(a => a.href)")
    assert any("01_scalar.html" in link for link in links)
    tab.close()


def test_the_404_page_knows_the_way_home(address, browser):
    tab = browser.new_page()
    tab.goto(f"{address}/404.html")
    assert tab.eval_on_selector("#home", "a => a.href") == f"{address}/"
    tab.close()
