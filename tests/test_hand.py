"The pages under a hand: what moves when it presses, what it can reach, and how things look in both schemes."
import re

import nbformat
import pytest
from book import NBS
from reader import Reader

STEMS = sorted(p.stem for p in NBS.glob("*.ipynb"))
CHAPTERS = [s for s in STEMS if s[0].isdigit()]
WIDE, PHONE = {}, {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def static(address): return f"{address}/nbs"


def places(reader):
    "Where every visible cell's button is in the window."
    return reader.tab.evaluate("""() => [...document.querySelectorAll(".cell-run")].filter(b => b.offsetParent)
        .map(b => b.getBoundingClientRect()).map(({x, y}) => [Math.round(x), Math.round(y)])""")


@pytest.mark.parametrize("stem, window", [("01_scalar", WIDE), ("01_scalar", PHONE), ("02_tensor", WIDE),
                                          ("13_optimizers", PHONE)])
def test_every_first_press_arrives_and_nothing_moves(browser, static, stem, window):
    with Reader(browser, static, **window) as r:
        r.open(f"{stem}.html")
        r.tab.evaluate("""() => { window.pressed = []
            book.press = cell => pressed.push(cell.number)
            book.check = cell => pressed.push(-cell.number) }""")
        buttons = [b for b in r.tab.locator(".cell-run, .check-button").all() if b.is_visible()]
        for i, button in enumerate(buttons):
            r.hand(button)
            if r.tab.evaluate("pressed.length") == i: r.tab.wait_for_timeout(300)
            assert r.tab.evaluate("pressed.length") == i + 1, f"press {i} is lost"
        assert len(buttons) > 30
        last = buttons[-1]
        before = last.bounding_box()
        last.evaluate("e => e.blur()")
        r.tab.wait_for_timeout(100)
        assert last.bounding_box() == before


@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["mouse", "finger"])
def test_running_and_editing_move_nothing_that_is_held(browser, static, window):
    with Reader(browser, static, **window) as r:
        r.open("01_scalar.html").run(0)
        for which in ("def formula", "h = 0.001", "def nudge"):
            button = r.cell(which).locator(".cell-run")
            button.evaluate("e => e.scrollIntoView({block: 'center', behavior: 'instant'})")
            r.tab.wait_for_timeout(100)
            before = button.bounding_box()
            r.run(which)
            r.tab.wait_for_timeout(100)
            assert button.bounding_box() == before
            next_cell = r.tab.locator(f"main .cell[data-number='{r.number(which) + 2}'] .cell-run")
            code, below = r.cell(which).locator("pre.cell-code"), next_cell.bounding_box()
            code.click(position={"x": 60, "y": 12})
            r.tab.wait_for_selector(f".cell[data-number='{r.number(which) + 1}'] .cm-editor")
            r.tab.wait_for_timeout(100)
            assert button.bounding_box() == before
            tools, line = (r.cell(which).locator(part).last.bounding_box() for part in (".cell-tools", ".cm-line"))
            assert tools["y"] + 1 >= line["y"] + line["height"], "the tools stand below the last line"
            assert abs(next_cell.bounding_box()["y"] - below["y"]) <= 1, "the editor is as high as the code"


def test_output_that_arrives_above_does_not_move_what_a_reader_holds(browser, static):
    with Reader(browser, static) as r:
        r.open("01_scalar.html").run(0)
        r.write(1, "import time\ntime.sleep(1.5)\nprint('line\\n' * 30)")
        r.press(1)
        held = r.cell("def nudge").locator("pre.cell-code")
        held.click(position={"x": 60, "y": 12})
        before = r.cell("def nudge").bounding_box()["y"]
        assert r.wait(1) == "done"
        r.tab.wait_for_timeout(200)
        assert len(r.output(1).splitlines()) >= 30
        assert abs(r.cell("def nudge").bounding_box()["y"] - before) <= 1


@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["mouse", "finger"])
def test_praise_is_seen_whole(browser, static, window):
    with Reader(browser, static, **window) as r:
        r.open("01_scalar.html")
        kinds = [c["kind"] for c in r.records]
        answer, solution, check = map(kinds.index, ("exercise", "solution", "check"))
        r.write(answer, r.records[solution]["source"])
        r.check(check)
        assert r.wait(check) == "done"
        box = r.cell(check).locator(".cell-output-verdict.is-right p")
        assert box.inner_text().startswith("Right.")
        look = box.evaluate("""e => { const s = getComputedStyle(e), {left, right} = e.getBoundingClientRect()
            return [s.borderLeftWidth, s.backgroundColor != "rgba(0, 0, 0, 0)", e.scrollWidth <= e.clientWidth,
                    left >= 0, right <= innerWidth] }""")
        assert look == ["4px", True, True, True, True]


LUMINANCE = """(() => {
  const linear = v => v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(linear)
                       return .2126 * r + .7152 * g + .0722 * b }
  const paper = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor
                      if (!/, 0\\)$|transparent/.test(c)) return c } return "rgb(255, 255, 255)" }
  const found = []
  const texts = "main :is(p, h1, h2, li, td, th, figcaption, summary, a, pre code, pre span)," +
    ".sidebar-link .menu-text, .book-bar button:not(:disabled), #TOC a"
  for (const e of document.querySelectorAll(texts)) {
    if (!e.textContent.trim() || !e.getClientRects().length) continue
    const style = getComputedStyle(e), [a, b] = [light(style.color), light(paper(e))].sort((x, y) => y - x)
    const contrast = (a + .05) / (b + .05)
    if (contrast < 4.5) found.push([e.tagName, e.className, e.textContent.slice(0, 30), contrast.toFixed(1)])
  }
  return {found, dark: light(getComputedStyle(document.body).backgroundColor) < .2}
})()"""


@pytest.mark.parametrize("page, scheme", [*((f"nbs/{s}", "light") for s in STEMS), ("api/tensor", "dark"),
                                          ("nbs/01_scalar", "dark")])
def test_the_switch_changes_the_whole_page_and_back(browser, address, page, scheme):
    with Reader(browser, address, color_scheme=scheme) as r:
        r.tab.goto(f"{address}/{page}.html", wait_until="load")
        for dark in (scheme == "dark", scheme == "light", scheme == "dark"):
            r.tab.wait_for_timeout(120)  # the theme looks a moment later
            assert r.tab.evaluate(LUMINANCE) == {"found": [], "dark": dark}
            assert r.tab.evaluate("document.documentElement.classList.contains('quarto-dark')") == dark
            r.hand(r.tab.locator(".quarto-color-scheme-toggle").first)
        r.tab.reload(wait_until="load")
        r.tab.wait_for_timeout(120)
        assert r.tab.evaluate(LUMINANCE)["dark"] == (scheme == "light"), "the choice is remembered"


def test_search_puts_chapters_first_and_is_not_cut_off(browser, static):
    with Reader(browser, static) as r:
        r.open("index.html")
        for word in ("softmax", "Linear", "Adam", "backward"):
            r.hand(r.tab.locator("input[type=search]"))
            r.tab.keyboard.press("ControlOrMeta+a")
            r.tab.keyboard.type(word)
            r.tab.wait_for_selector(".search-result")
            r.tab.wait_for_timeout(250)
            links = r.tab.eval_on_selector_all(".search-result", "all => all.map(a => a.getAttribute('href'))")
            chapters = ["/nbs/" in f"/{link}" for link in links]
            assert any(chapters) and not all(chapters) and chapters == sorted(chapters, reverse=True), links
        box = r.tab.locator(".smalldocs-search-results")
        corners = box.evaluate("""e => { const {left, right, top, bottom} = e.getBoundingClientRect()
            return [[left + 5, top + 5], [right - 5, top + 5], [right - 5, bottom - 5]]
                .map(([x, y]) => e.contains(document.elementFromPoint(x, y))) }""")
        assert corners == [True] * 3 and box.bounding_box()["width"] > 400
        r.hand(r.tab.locator(".search-result").first)
        r.tab.wait_for_url(re.compile("nbs/"))


def test_the_first_tab_skips_to_the_text(browser, static):
    with Reader(browser, static) as r:
        r.open("01_scalar.html")
        r.tab.keyboard.press("Tab")
        assert r.tab.evaluate("document.activeElement.textContent") == "Skip to the text"
        assert r.tab.locator(".skip-link").bounding_box()["y"] >= 0
        r.tab.keyboard.press("Enter")
        focus = []
        while "cell-run" not in focus and len(focus) < 30:
            r.tab.keyboard.press("Tab")
            focus.append(r.tab.evaluate("document.activeElement.className"))
        assert len(focus) < 12


@pytest.mark.parametrize("width", [1600, 1280, 390])
def test_sizes_and_one_left_edge(browser, static, width):
    with Reader(browser, static, viewport={"width": width, "height": 800}) as r:
        for stem in ("02_tensor", "18_toy_classification"):
            r.open(f"{stem}.html")
            size = lambda selector: r.tab.eval_on_selector(selector, "e => parseFloat(getComputedStyle(e).fontSize)")
            assert size("main pre.cell-code code") >= 14 and size("main pre.cell-code code") >= size("main p > code")
            edges = r.tab.evaluate("""() => Object.fromEntries(["main > p", "main section > p", "main .cell div.sourceCode",
                "main figure", "main .math.display", "main .cell-output pre", "main figure p > svg"]
                .map(s => [s, [...document.querySelectorAll(s)]
                .filter(e => e.getClientRects().length && !e.closest(".steps, details"))
                .map(e => Math.round(e.getBoundingClientRect().left))])
                .map(([s, all]) => [s, [...new Set(all)]]).filter(([s, all]) => all.length))""")
            assert len({x for all_ in edges.values() for x in all_}) == 1, edges


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_bar_is_one_line_at_the_edge(browser, static, width):
    phone = {"has_touch": True, "is_mobile": True} if width < 600 else {}
    with Reader(browser, static, viewport={"width": width, "height": 700}, **phone) as r:
        r.open("01_scalar.html")
        r.write(0, "1 + 1")  # the bar gets its last button
        r.tab.wait_for_timeout(100)
        bar = r.tab.locator(".book-bar").bounding_box()
        assert bar["x"] == 0 and bar["width"] == width and bar["y"] + bar["height"] == 700 and bar["height"] < 45
        boxes = [b.bounding_box() for b in r.tab.locator(".book-bar > *").all() if b.is_visible()]
        assert max(b["x"] + b["width"] for b in boxes) <= width
        assert len({round(b["y"] + b["height"] / 2) for b in boxes}) == 1
        assert r.tab.evaluate("document.documentElement.scrollWidth") <= width
        r.tab.evaluate("scrollTo(0, 1e9)")
        r.tab.wait_for_timeout(300)
        assert r.tab.locator(".page-navigation").bounding_box()["y"] < bar["y"] - 20, "the last lines are above it"
        for _ in range(25):  # what has the focus is never under the bar
            r.tab.keyboard.press("Shift+Tab")
            at = r.tab.evaluate("(({top, bottom}) => [top, bottom])(document.activeElement.getBoundingClientRect())")
            inside = r.tab.evaluate("!!document.activeElement.closest('.book-bar')")
            assert inside or at[1] <= bar["y"] + 1 or at[1] - at[0] > 500


def test_a_phone_has_titles_chapters_and_contents(browser, static):
    with Reader(browser, static, **PHONE) as r:
        r.open("index.html")
        title = r.tab.locator("main h1")
        assert title.evaluate("e => 0 < e.offsetHeight && e.offsetHeight < 1.6 * parseFloat(getComputedStyle(e).fontSize)")
        for part in r.tab.locator("table.chapters :is(a, code)").all():
            box = part.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= 390
        r.open("01_scalar.html")
        r.hand(r.tab.locator(".page-contents summary"))
        r.hand(r.tab.locator(".page-contents a", has_text="Exercises"))
        r.tab.wait_for_url(re.compile("#exercises"))
        for _ in range(50):  # it scrolls smoothly
            if r.tab.evaluate("scrollY") > 3000: break
            r.tab.wait_for_timeout(100)
        assert r.tab.evaluate("scrollY") > 3000


def test_titles_numbers_and_links(site):
    index = (site / "nbs/index.html").read_text(encoding="utf-8")
    assert '<td><a href="../api/tensor.html"><code>tensor</code></a></td>' in index
    assert '<a href="../api/nn.layers.html"><code>nn.layers</code></a>' in index
    page = (site / "nbs/02_tensor.html").read_text(encoding="utf-8")
    following = re.search(r'nav-page-next.*?nav-page-text">(.*?)<', page, re.S)[1]
    assert following.startswith("3. ") and "--chapter: '2.'" in page
    for stem in STEMS:
        cells = nbformat.read(NBS / f"{stem}.ipynb", 4).cells
        prose = [re.sub(r"```.*?```", "", c.source, flags=re.S) for c in cells if c.cell_type == "markdown"]
        assert not [p for p in prose if re.search(r"(^|\n\n)    \S", p)], "indented code has no colours"
    opening = (site / "nbs/01_scalar.html").read_text(encoding="utf-8").split("<main")[1]
    assert '<span class="fl">2.0</span>' in opening.split('class="cell"')[0]


def test_figures_have_numbers(browser, static):
    with Reader(browser, static) as r:
        stem = next(s for s in STEMS if s.endswith("_optimizers"))
        r.open(f"{stem}.html")
        said = r.tab.eval_on_selector_all("main .quarto-figure > figure > figcaption",
                                          "all => all.map(e => getComputedStyle(e, '::before').content)")
        assert len(said) >= 5 and all(f"Figure {stem[:2]}." in s for s in said)


@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["mouse", "finger"])
def test_a_film_plays_pauses_and_can_be_moved_through(browser, static, window):
    with Reader(browser, static, **window) as r:
        r.open("18_toy_classification.html")
        film = r.tab.locator("main .film").first
        at = lambda: film.evaluate("f => [...f.querySelectorAll('.frame')].findIndex(e => getComputedStyle(e).opacity === '1')")
        frames, last = film.locator(".frame").count(), at()
        assert last == frames - 1 and film.locator("button").inner_text() == "Play"
        r.hand(film.locator("button"))
        r.tab.wait_for_timeout(1200)
        assert film.locator("button").inner_text() == "Pause" and at() != last
        r.hand(film.locator("button"))
        stopped = at()
        r.tab.wait_for_timeout(700)
        assert at() == stopped
        film.locator("input").focus()
        r.tab.keyboard.press("Home")
        assert at() == 0
        r.tab.keyboard.press("ArrowRight")
        assert at() == 1 and "step" in film.locator("input").get_attribute("aria-valuetext")


def test_a_warning_names_no_temporary_file(browser, static):
    with Reader(browser, static) as r:
        r.open("01_scalar.html")
        r.write(0, "import warnings\nwarnings.warn('mind the step')\n{3, 1, 2}, {'b', 'a'}, frozenset({2, 1}), set()")
        said = r.run(0)
        assert "this page, line 2: UserWarning: mind the step" in said and "ipykernel" not in said and "/tmp" not in said
        assert "({1, 2, 3}, {'a', 'b'}, frozenset({1, 2}), set())" in said
        r.write(0, r"print('12345\b\bX'); print('working\r\x1b[2Kdone'); print('\x1b[32mstep 10\x1b[0m\rok')")
        assert r.run(0).splitlines() == ["123X5", "done", "okep 10"]
