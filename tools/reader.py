"A reader at a live page, for the tests: presses, types, and looks."
import json


class Reader:
    def __init__(self, browser, address, **context):
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context})
        self.tab, self.address, self.requests, self.complaints = self.context.new_page(), address, [], []
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

    def press(self, which): self.cell(which).locator(".cell-run").dispatch_event("click")

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
        cell = self.cell(which)
        offer = cell.locator(".cell-offer button")
        if offer.count(): offer.nth(0 if first else 1).click()
        self.wait(which, timeout=timeout)
        return self.output(which)

    def output(self, which): return "\n".join(self.cell(which).locator(".cell-output").all_inner_texts())

    def write(self, which, text):
        "Replace a cell's text by typing."
        code = self.cell(which).locator("pre.cell-code")
        if code.is_visible(): code.click(position={"x": 60, "y": 12})
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

    def bar(self, label): self.tab.locator(".book-bar button", has_text=label).click()

    def heard(self): return self.tab.inner_text("[role=status]")
