"A reader at a live page, for the tests: what hand, finger and keyboard do, with the first visit's empty memory."
import json

PAUSE = 60  # milliseconds between a button's way down and up, in which a page has time to move


class Reader:
    def __init__(self, browser, address, **context):
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context})
        self.tab, self.address, self.requests, self.complaints = self.context.new_page(), address, [], []
        self.touch = context.get("has_touch", False)
        self.tab.on("request", lambda r: self.requests.append(r.url))
        self.tab.on("dialog", lambda d: d.accept())
        self.tab.on("pageerror", lambda e: self.complaints.append(str(e)))

    def __enter__(self): return self

    def __exit__(self, *error): self.context.close()

    def open(self, name):
        path, _, query = self.address.partition("?")
        self.tab.goto(f"{path}/{name}?{query}")
        self.tab.wait_for_selector(".bar-state")
        self.records = [c for c in json.loads(self.tab.text_content("#book-cells"))["cells"] if not c["hidden"]]
        return self

    def number(self, text):
        "The place of the first cell whose text in the book contains this."
        return next(i for i, c in enumerate(self.records) if text in c["source"])

    def cell(self, which):
        return self.tab.locator("main .cell:has(.cell-run)").nth(which if isinstance(which, int) else self.number(which))

    def hand(self, target):
        "Press something as a hand or a finger does: where it is seen, down and up, whatever moves meanwhile."
        target.wait_for(state="visible")
        target.evaluate("""e => { const {top, bottom} = e.getBoundingClientRect()
            if (top < 60 || bottom > innerHeight - 60) e.scrollIntoView({block: "center", behavior: "instant"}) }""")
        self.tab.wait_for_timeout(PAUSE / 2)
        box = target.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        if self.touch: return self.tab.touchscreen.tap(x, y)
        self.tab.mouse.move(x, y)
        self.tab.mouse.down()
        self.tab.wait_for_timeout(PAUSE)
        self.tab.mouse.up()

    def unfold(self, which):
        "Open a folded cell."
        fold = self.cell(which).locator("details.code-fold")
        if fold.count() and not fold.evaluate("e => e.open"): self.hand(fold.locator("summary"))

    def press(self, which):
        self.unfold(which)
        self.hand(self.cell(which).locator(".cell-run"))

    def choose(self, which, label):
        "Answer the question under a cell."
        self.hand(self.cell(which).locator(".cell-offer button", has_text=label))

    def check(self, which): self.hand(self.cell(which).locator(".check-button"))

    def wait(self, which, *states, timeout=60):
        "Wait until a cell is in one of these states; which one."
        states = states or ("done", "failed")
        cell, number = self.cell(which), which if isinstance(which, int) else self.number(which)
        self.tab.wait_for_selector(f".cell[data-number='{number + 1}']:is({', '.join(f'[data-status={s}]' for s in states)})",
                                   state="attached", timeout=1000 * timeout)
        return cell.get_attribute("data-status")

    def run(self, which, timeout=60, first=True):
        "Run a cell, and what it needs unless not `first`; its output."
        self.press(which)
        if self.cell(which).locator(".cell-offer").count(): self.choose(which, "first" if first else "only this")
        self.wait(which, timeout=timeout)
        return self.output(which)

    def output(self, which): return "\n".join(self.cell(which).locator(".cell-output").all_inner_texts())

    def write(self, which, text):
        "Replace a cell's text by typing."
        self.unfold(which)
        code = self.cell(which).locator("pre.cell-code")
        if code.is_visible():
            code.scroll_into_view_if_needed()
            code.click(position={"x": 60, "y": 12})
        else: self.cell(which).locator(".cm-content").click()
        self.tab.keyboard.press("ControlOrMeta+a")
        self.tab.keyboard.insert_text(text)

    def text(self, which):
        cell = self.cell(which)
        lines = cell.locator(".cm-line")
        if not lines.count(): return cell.locator("pre.cell-code").inner_text()
        return "\n".join(lines.all_inner_texts()).replace("\u200b", "")

    @property
    def state(self): return self.tab.get_attribute(".bar-state", "data-state")

    def until(self, *states, timeout=60):
        self.tab.wait_for_selector(", ".join(f".bar-state[data-state={s}]" for s in states), timeout=1000 * timeout)

    def bar(self, label): self.hand(self.tab.locator(".book-bar button", has_text=label))

    def heard(self): return self.tab.inner_text("[role=status]")
