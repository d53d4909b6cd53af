"The live pages in Chromium: the same reader before both back ends."
import re
import time
from html import escape
from pathlib import Path

import live
import nbformat
import pytest
from book import NBS
from conftest import ROOT
from reader import Reader
from test_exercises import CHAPTERS

STEMS = sorted(p.stem for p in NBS.glob("*.ipynb"))
SCALAR = "01_scalar.html"


@pytest.fixture
def local(byot): return f"{byot.host}/book/nbs?token={byot.token}"


@pytest.fixture
def static(address): return f"{address}/nbs"


@pytest.fixture(params=["local", "static"])
def chapters(request):
    "The address of the chapters, with a Jupyter kernel or on a static host."
    return request.getfixturevalue(request.param)


@pytest.fixture
def reader(browser, chapters):
    with Reader(browser, chapters) as r: yield r.open(SCALAR)


def is_local(reader): return "token" in reader.address


def test_a_cell_runs_and_says_who_runs_it(reader):
    assert reader.state == "off" and reader.run(0) == ""
    assert reader.tab.inner_text(".bar-state").strip() == ("Jupyter ready" if is_local(reader) else "Pyodide ready")
    assert reader.run("h = 0.001") == "3.9999999999995595"
    assert not reader.complaints


FOCUS = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"


def test_cells_above_are_offered(reader):
    reader.press("h = 0.001")
    offer, focus = reader.cell("h = 0.001").locator(".cell-offer"), lambda: reader.tab.evaluate(FOCUS)
    assert re.match(r"3 cells above have not run yet\.", offer.inner_text())
    assert focus() == "Run them first"
    reader.tab.keyboard.press("Escape")
    assert offer.count() == 0 and reader.state == "off" and focus() == "Run cell 4"
    assert "NameError: name 'formula' is not defined" in reader.run("h = 0.001", first=False)
    assert focus() == "Run cell 4"
    assert reader.run("h = 0.001") == "3.9999999999995595"
    assert focus() == "Run cell 4"
    assert "Done" in reader.heard() and "3.9999999999995595" in reader.heard()


def test_run_only_this_is_asked_once(reader):
    reader.write(5, "'alone'")
    assert reader.run(5, first=False) == "'alone'"
    for which in (5, 6):
        reader.write(which, "'again'")
        reader.press(which)
        assert reader.cell(which).locator(".cell-offer").count() == 0
        reader.wait(which)
        assert reader.output(which) == "'again'"
    reader.write(7, "nobody")
    reader.press(7)
    assert reader.wait(7) == "failed"
    reader.press(7)
    assert reader.cell(7).locator(".cell-offer").count() == 1, "what failed may have failed for want of the cells above"


def test_editing_by_keyboard(reader):
    reader.run("def formula")
    code = reader.cell("def formula").locator("pre.cell-code")
    code.focus()
    reader.tab.keyboard.press("Enter")
    for key in ("ControlOrMeta+End", "Enter", "Enter"): reader.tab.keyboard.press(key)
    reader.tab.keyboard.type("for i in range(2):\nprint(i, formula(i, 1))")
    reader.tab.keyboard.press("Shift+Enter")
    reader.wait("def formula")
    assert reader.output("def formula") == "0 0\n1 2"
    assert "    print(i" in reader.text("def formula")
    reader.tab.keyboard.press("ControlOrMeta+a")
    reader.tab.keyboard.press("Tab")
    assert reader.text("def formula").startswith("    def formula")
    reader.tab.keyboard.press("Shift+Tab")
    assert reader.text("def formula").startswith("def formula")
    time.sleep(0.6)  # quick changes are undone together
    reader.tab.keyboard.type("# !")
    reader.tab.keyboard.press("ControlOrMeta+z")
    assert "!" not in reader.text("def formula") and "print" in reader.text("def formula")
    reader.tab.keyboard.press("Escape")
    assert reader.tab.evaluate("document.activeElement.className") == "code-copy-button", "behind the editor: Tab goes on"


def test_changes_survive_a_reload_and_can_be_undone(reader):
    reader.write("h = 0.001", "h = 12\nh")
    reader.open(SCALAR)
    assert reader.text("h = 0.001") == "h = 12\nh"
    assert reader.run("h = 0.001") == "12"
    reader.hand(reader.cell("h = 0.001").locator("text=Back to the book's text"))
    assert reader.text("h = 0.001").startswith("h = 0.001\n(formula")
    assert reader.output("h = 0.001") == "3.9999999999995595"
    reader.write("h = 0.001", "h = 13")
    reader.bar("Discard changes")
    reader.open(SCALAR)
    assert reader.text("h = 0.001").startswith("h = 0.001\n(formula")
    assert not reader.tab.locator("text=Discard changes").is_visible()


def test_an_error_shows_the_way_to_it(reader):
    reader.write(0, "def share(a, b):\n    return a / b\n\n"
                 "try: share(1, 0)\nexcept ZeroDivisionError as e: raise ValueError('no share') from e")
    said = reader.run(0)
    assert 'File "this page", line 2, in share\n    return a / b' in said
    assert said.endswith("ValueError: no share") and "direct cause" in said
    assert "ipykernel" not in said and "_pyodide" not in said and str(ROOT) not in said
    assert "Failed" in reader.heard()
    reader.write(0, "def f(:\n  pass")
    said = reader.run(0)
    assert "SyntaxError" in said and "this page" in said and "^" in said
    reader.write(0, "def deep(): return deep()\ndeep()")
    assert "RecursionError" in reader.run(0)
    reader.write(0, "raise SystemExit(3)")
    assert "SystemExit: 3" in reader.run(0)
    reader.write(0, "input('name? ')")
    assert "input" in reader.run(0)
    reader.write(0, "1 + 1")
    assert reader.run(0) == "2"


def test_an_error_stops_what_waits(reader):
    reader.write("h = 0.001", "1 / 0")
    reader.bar("Run all")
    assert reader.wait("h = 0.001") == "failed"
    reader.until("ready")
    assert reader.cell("def nudge").get_attribute("data-status") == ""


def test_an_endless_loop_can_be_stopped(reader):
    reader.run("def formula")
    reader.write("h = 0.001", "while True: pass")
    reader.press("h = 0.001")
    reader.until("busy")
    time.sleep(0.3)
    reader.press("h = 0.001")  # its button stops it
    assert reader.wait("h = 0.001") == "failed"
    if is_local(reader):
        assert "KeyboardInterrupt" in reader.output("h = 0.001")
        reader.write("h = 0.001", "formula(2, 3)")
        assert reader.run("h = 0.001") == "8"
    else:
        assert "What the cells had computed is gone" in reader.output("h = 0.001") and reader.state == "stopped"
        reader.write("h = 0.001", "formula(2, 3)")
        assert reader.run("h = 0.001") == "8", "the offer to run what is above"


def test_a_flood_of_text_does_not_drown_the_page(reader):
    reader.write(0, "i = 0\nwhile True:\n    i += 1\n    print('line', i, 'of very many that nobody will ever read')")
    reader.press(0)
    reader.until("busy")
    time.sleep(4)
    reader.bar("Stop")
    reader.wait(0, timeout=20)
    assert len(reader.output(0)) < 500_000
    reader.write(0, "print('calm')")
    assert reader.run(0) == "calm"


def test_restart_forgets(reader):
    reader.write(0, "a = 1\na")
    assert reader.run(0) == "1"
    reader.bar("Restart")
    reader.until("ready")
    assert reader.cell(0).get_attribute("data-status") == ""
    assert "Python starts again" in reader.heard()
    reader.write(0, "a")
    assert "NameError: name 'a' is not defined" in reader.run(0)


def test_a_restart_ends_an_endless_loop(reader):
    reader.write(0, "while True: pass")
    reader.press(0)
    reader.until("busy")
    reader.bar("Restart")
    reader.until("ready")
    reader.write(0, "2 + 2")
    assert reader.run(0) == "4"


def test_python_may_die(reader):
    reader.write(0, "import os\nos.kill(os.getpid(), 9)" if is_local(reader) else
                 "import pyodide_js\npyodide_js._api.fatal_error(pyodide_js.version)")
    reader.press(0)
    reader.wait(0)
    assert re.search(r"(died|crashed).* What the cells had computed is gone", reader.output(0), re.S)
    assert reader.state == "stopped"
    reader.write(0, "3 + 3")
    assert reader.run(0) == "6"


def test_exercises_know_mistakes_and_remember_what_is_solved(reader):
    answer, solution, check = map(reader.number, ("def by_hand(a, b):\n    raise", "inner = a * b", "def by_nudging"))
    assert "0/6 solved" in reader.tab.inner_text(".book-bar")
    reader.run("def nudge")
    def judge():
        reader.check(check)
        reader.wait(check)
        return reader.output(check)
    assert "is still the stub" in judge()
    reader.write(answer, "def by_hand(a, b): return (a * b + a) * b, 0.0")
    wrong = judge()
    assert "Traceback" not in wrong and "expected" in wrong
    reader.write(answer, "def by_hand(a, b): return (a * b + a) * b")
    assert "That is f itself" in judge()
    reader.write(answer, reader.records[solution]["source"])
    assert judge().startswith("Right.")
    assert reader.tab.evaluate(FOCUS) == "Check my answer"
    box = reader.cell(check).locator(".cell-output-verdict.is-right p")
    assert box.evaluate("e => getComputedStyle(e).borderLeftWidth") == "4px" and box.is_visible()
    reader.write(answer, reader.records[solution]["source"].replace("by_hand", "renamed"))
    assert "is still the stub" in judge(), "the earlier answer is forgotten"
    reader.write(answer, "def by_hand(a, b: return")
    reader.check(check)
    assert reader.wait(answer, "failed")
    reader.until("ready")
    told = reader.output(check)
    assert "Your answer stopped with an error: SyntaxError" in told
    assert "Right" not in told, "an earlier verdict is not about this answer"
    assert "SyntaxError" in reader.heard()
    reader.hand(reader.cell(check).locator(".cell-output-note button"))
    assert reader.tab.evaluate(FOCUS) == "Run your answer"
    assert reader.cell(check).locator(".check-mark").is_visible()
    reader.open(SCALAR)
    assert "1/6 solved" in reader.tab.inner_text(".book-bar")
    assert reader.cell(check).locator(".check-mark").is_visible()


def test_the_button_of_a_check_asks_for_an_answer_first(reader):
    check, solution = map(reader.number, ("def by_nudging", "inner = a * b"))
    reader.press(check)
    reader.wait(check)
    assert "is still the stub" in reader.output(check)
    reader.run(solution)
    reader.press(check)
    assert reader.wait(check) == "done" and reader.output(check).startswith("Right."), "the book's answer ran last"


def test_a_check_tells_which_cell_failed(reader):
    check = reader.number("def by_nudging")
    reader.write("def nudge", "def nudge(f): return f +")
    reader.check(check)
    assert reader.wait("def nudge", "failed")
    reader.until("ready")
    number = reader.number("def nudge") + 1
    assert f"Cell {number}, which this exercise needs, stopped with an error: SyntaxError" in reader.output(check)
    reader.hand(reader.cell(check).locator("text=Show cell"))
    assert reader.tab.evaluate(FOCUS) == f"Run cell {number}"
    box = reader.cell("def nudge").bounding_box()
    assert 0 < box["y"] < 900


def check_all(reader):
    "Solve every exercise of a page, the last one with a Python that has run nothing; test_needs.py does that for each."
    cells = {kind: [i for i, c in enumerate(reader.records) if c["kind"] == kind] for kind in ("exercise", "solution", "check")}
    for answer, solution, check in [*zip(*cells.values(), strict=True)][::-1]:
        reader.check(check)
        reader.wait(check, timeout=120)
        assert "is still the stub" in reader.output(check)
        reader.write(answer, reader.records[solution]["source"])
        reader.check(check)
        reader.wait(check, timeout=120)
        assert reader.output(check).startswith("Right."), reader.records[solution]["source"]
    assert not reader.complaints


@pytest.mark.parametrize("stem", CHAPTERS)
def test_every_exercise_can_be_checked_on_a_fresh_page(browser, local, stem):
    with Reader(browser, local) as r:
        r.open(f"{stem}.html")
        check_all(r)


def test_every_exercise_of_chapter_1_can_be_checked_in_the_browsers_python(browser, static):
    "The others need NumPy, which the Pyodide of the tests has not."
    with Reader(browser, static) as r:
        check_all(r.open(SCALAR))


def test_solutions_wait_until_they_are_opened(reader):
    answer, solution = reader.number("def by_hand(a, b):\n    raise"), reader.number("inner = a * b")
    reader.unfold("def by_nudging")
    code = reader.cell("def by_nudging").locator("pre.cell-code")
    code.focus()
    reader.hand(reader.cell("def by_nudging").locator("text=Run all above"))
    if is_local(reader): assert reader.wait(answer, timeout=120) == "done"  # plots need more than Pyodide's core
    else: reader.until("ready", timeout=120)
    assert not reader.cell(solution).get_attribute("data-status")
    reader.run(solution)
    assert reader.wait(solution) == "done"


def test_what_cells_can_show(reader):
    reader.write(0, "from IPython.display import HTML, display\n"
                 "display(HTML('<b id=bold>bold</b><script>document.title = \"hacked\"</script>'))\n"
                 "handle = display('first', display_id=True)\nhandle.update('second')\n"
                 "print('a' * 5 + '\\rbb')\nimport sys\nprint('to err', file=sys.stderr)\n[list(range(30))] * 3")
    said = reader.run(0)
    assert said.splitlines()[:4] == ["bold", "'second'", "bbaaa", "to err"] and "[[0," in said
    assert reader.tab.locator("#bold").count() == 1 and "hacked" not in reader.tab.title()
    reader.write(0, "class Picture:\n    def _repr_svg_(self):\n"
                 "        return '<svg width=\"40\" height=\"40\"><circle r=\"9\"/></svg>'\nPicture()")
    reader.run(0)
    assert reader.cell(0).locator(".cell-output svg circle").count() == 1
    reader.write(0, "None")
    assert reader.run(0) == ""


def test_a_cell_may_print_again_and_again(reader):
    reader.write(0, "print('hello')")
    for _ in range(3): assert reader.run(0) == "hello"
    reader.write(0, "from IPython.display import clear_output\nfor i in range(5):\n    clear_output(wait=True)\n    print(i)")
    for _ in range(2): assert reader.run(0) == "4"


def test_a_start_can_be_given_up(reader):
    reader.press(0)
    reader.bar("Restart")
    reader.until("ready")
    assert reader.cell(0).get_attribute("data-status") == ""
    reader.write(0, "7 * 6")
    assert reader.run(0) == "42" and not reader.complaints


def test_run_all_twice_is_run_all(reader):
    reader.write("h = 0.001", "import time\ntime.sleep(1)\n1 / 0")
    reader.bar("Run all")
    reader.bar("Run all")
    assert reader.wait("h = 0.001") == "failed"
    reader.until("ready")
    states = [reader.cell(i).get_attribute("data-status") for i in range(5)]
    assert states == ["done", "done", "done", "failed", ""]


def test_what_is_asked_for_after_a_stop_runs(reader):
    if not is_local(reader): return  # there Python starts again
    reader.run(0)
    reader.write(0, "import time\ntry: time.sleep(60)\nfinally: time.sleep(1)")
    reader.press(0)
    reader.until("busy")
    time.sleep(0.5)
    reader.bar("Stop")
    reader.write(1, "'still here'")
    assert reader.run(1, first=False) == "'still here'"


def test_progress_moves_in_place(reader):
    reader.write(0, "import time\nfrom build_your_own_torch.viz import progress\n"
                 "for i in progress(range(8)): time.sleep(0.3)")
    reader.press(0)
    line = reader.cell(0).locator(".progress-line")
    line.wait_for(timeout=20_000)
    seen = set()
    while reader.cell(0).get_attribute("data-status") != "done": seen.add(line.inner_text()); time.sleep(0.05)
    assert line.count() == 1 and len(seen) > 3 and "8/8" in line.inner_text()


def test_by_keyboard_alone(reader):
    reader.tab.evaluate("document.querySelector('main a, main button').focus()")
    for _ in range(40):
        if reader.tab.evaluate("document.activeElement.className") == "cell-run": break
        reader.tab.keyboard.press("Tab")
    assert reader.tab.evaluate("document.activeElement.getAttribute('aria-label')") == "Run cell 1"
    reader.tab.keyboard.press("Enter")
    assert reader.wait(0) == "done"
    reader.tab.keyboard.press("Tab")
    assert reader.tab.evaluate("document.activeElement.getAttribute('role')") == "textbox"
    reader.tab.keyboard.press("Shift+Enter")
    assert reader.wait(0) == "done"


def test_on_a_phone(browser, chapters):
    with Reader(browser, chapters, viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True) as r:
        r.open(SCALAR)
        r.press(0)
        assert r.wait(0) == "done"
        r.write("h = 0.001", "print('a long line ' * 20)\nformula(2.0, 3.0)")
        assert "8.0" in r.run("h = 0.001")
        assert r.tab.evaluate("document.documentElement.scrollWidth") <= 390
        size = r.cell(0).locator(".cell-run").bounding_box()
        assert size["width"] >= 24 and size["height"] >= 24


def shown(cell):
    "The text outputs that the book stores for a cell, as the page shows them."
    texts = []
    for out in cell.get("outputs", []):
        data = out.get("data", {})
        if "text/html" in data or "image/svg+xml" in data: continue
        texts.append(out.get("text") or data.get("text/plain", ""))
    return "".join(t if t.endswith("\n") else t + "\n" for t in texts)


@pytest.mark.parametrize("stem", STEMS)
def test_run_all_gives_the_stored_text(browser, local, stem):
    cells = [c for c in nbformat.read(NBS / f"{stem}.ipynb", 4).cells if c.cell_type == "code"]
    cells = [c for c in cells if any(not line.startswith("#|") for line in c.source.splitlines())]
    with Reader(browser, local) as r:
        r.open(f"{stem}.html")
        captions = r.tab.locator("main figcaption").all_inner_texts()
        for fold in r.tab.locator("details.code-fold > summary", has_text="Solution").all(): r.hand(fold)
        r.bar("Run all")
        r.wait(len(cells) - 1, "done", timeout=120)
        r.until("ready")
        states = [c.get_attribute("data-status") for c in r.tab.locator("main .cell:has(.cell-run)").all()]
        assert set(states) == {"done"} and r.tab.locator("main figcaption").all_inner_texts() == captions
        parts = r.tab.evaluate("""() => [...document.querySelectorAll("main .cell[data-number]")].map(cell =>
            [...cell.querySelectorAll(".cell-output")].filter(o => !o.querySelector("svg, .progress-line, .film, .steps, img"))
            .map(o => o.textContent.replace(/\\n?$/, "\\n")).join(""))""")
        for cell, part in zip(cells, parts, strict=True): assert part.strip() == shown(cell).strip(), cell.source
        asked = [u for u in r.requests if not u.startswith((local.split("/book")[0], "data:"))]
        assert not r.complaints and not [u for u in asked if not u.startswith("ws://127.0.0.1")]


def test_chapter_1_without_anything_but_pyodides_core(browser, static, address):
    cells = [c for c in nbformat.read(NBS / "01_scalar.ipynb", 4).cells if c.cell_type == "code"]
    cells = [c for c in cells if any(not line.startswith("#|") for line in c.source.splitlines())]
    with Reader(browser, static) as r:
        r.open(SCALAR)
        for i, cell in enumerate(cells):
            if "plot_" in cell.source and "import" not in cell.source: continue  # matplotlib is not a part of the core
            r.press(i)
            if r.cell(i).locator(".cell-offer").count(): r.choose(i, "only this")
            assert r.wait(i, timeout=120) == "done", cell.source
            if not r.cell(i).locator(".cell-output :is(svg, .progress-line)").count():
                assert r.output(i).strip() == shown(cell).strip(), cell.source
        r.cell("plot_loss(neuron").scroll_into_view_if_needed()
        assert "matplotlib could not be loaded from" in r.run("plot_loss(neuron", first=False)
        assert not [u for u in r.requests if not u.startswith((address.rsplit("/", 2)[0], "data:", "blob:"))]


@pytest.mark.parametrize("file, answer, told", [
    ("pyodide.mjs", "none", "Python could not be loaded from .*stays readable"),
    ("pyodide.asm.wasm", "none", "Python could not be started"),
    ("python_stdlib.zip", "not found", "Python could not be started.*404")])
def test_without_pyodide_a_page_says_so_stays_and_tries_again(browser, static, file, answer, told):
    with Reader(browser, static) as r:
        r.context.route(f"**/{file}", lambda route: route.abort() if answer == "none" else route.fulfill(status=404))
        r.open(SCALAR)
        r.press(0)
        r.until("failed")
        assert re.search(told, r.output(0))
        assert r.output("h = 0.001") == "3.9999999999995595"
        r.context.unroute(f"**/{file}")
        assert r.run(0) == "" and r.wait(0) == "done"


def test_pyodide_may_come_from_another_host(browser, site, static):
    with live.static_host(ROOT / "web" / "node_modules" / "pyodide") as elsewhere, Reader(browser, static) as r:
        page = (site / "nbs" / SCALAR).read_text(encoding="utf-8")
        assert page.count('content="../pyodide/"') == 1
        page = page.replace('content="../pyodide/"', f'content="{elsewhere}/"')
        r.context.route(f"**/{SCALAR}*", lambda route: route.fulfill(body=page, content_type="text/html"))
        r.open(SCALAR)
        assert r.run("h = 0.001") == "3.9999999999995595" and not r.complaints
        assert any(u == f"{elsewhere}/pyodide.asm.wasm" for u in r.requests)


def test_a_kernel_that_the_server_has_shut_down_is_noticed(browser, local):
    with Reader(browser, local) as r:
        r.open(SCALAR).run(0)
        r.tab.evaluate("""async () => {
            const xsrf = document.cookie.match(/\\b_xsrf=([^;]*)/)[1]
            for (const k of await (await fetch("/api/kernels")).json())
                await fetch("/api/kernels/" + k.id, {method: "DELETE", headers: {"X-XSRFToken": xsrf}})
        }""")
        r.until("stopped", timeout=10)
        r.write(0, "5 * 5")
        assert r.run(0) == "25"


def test_two_tabs_share_what_a_reader_leaves(browser, static):
    with Reader(browser, static) as r:
        r.open(SCALAR)
        other = Reader.__new__(Reader)
        other.__dict__.update(r.__dict__, tab=r.context.new_page())
        other.open(SCALAR)
        r.write(0, "'first tab'")
        other.write(1, "'second tab'")
        r.open(SCALAR)
        assert (r.text(0), r.text(1)) == ("'first tab'", "'second tab'")


def test_a_kernel_ends_with_its_page(browser, local, byot):
    import json
    from urllib.request import Request, urlopen
    def kernels():
        asked = Request(f"{byot.host}/api/kernels", headers={"Authorization": f"token {byot.token}"})
        return {k["id"] for k in json.load(urlopen(asked))}
    before = kernels()
    with Reader(browser, local) as r:
        r.open(SCALAR).run(0)
        assert len(kernels() - before) == 1
        r.tab.goto("about:blank")
        for _ in range(50):
            if not kernels() - before: break
            time.sleep(0.1)
        assert not kernels() - before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_at_work_has_no_barrier(browser, local, scheme, axe):
    with Reader(browser, local, color_scheme=scheme, reduced_motion="reduce") as r:
        r.open(SCALAR)
        r.write("h = 0.001", "# a comment\nprint('text', 1.5, None)\nimport sys\n"
                "print('x', file=sys.stderr)\nformula(1, 'a') / 0")
        r.run("h = 0.001")
        r.press(40)  # an offer
        assert axe(r.tab) == []


def test_what_a_page_carries_is_its_notebook(site):
    page = (site / "nbs" / SCALAR).read_text(encoding="utf-8")
    assert page.count('id="book-cells"') == 1 and escape("default-src 'none'", quote=False) in page
    wheels = list((site / "assets").glob("*.whl"))
    assert len(wheels) == 1 and f'content="../assets/{wheels[0].name}"' in page
    assert "onclick" not in page and not re.search(r"<script>", page)


def test_one_version_of_pyodide():
    import json

    from pages import settings
    version = json.loads(Path(ROOT / "web" / "package.json").read_text(encoding="utf-8"))["devDependencies"]["pyodide"]
    assert f"/v{version}/" in settings()["pyodide"]


def test_the_lock_file_names_no_host():
    lock = (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8")
    assert '"integrity"' in lock and '"resolved"' not in lock
