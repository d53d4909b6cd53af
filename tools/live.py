"""Look at the live pages in a browser, with both back ends:

    uv run tools/live.py table [PYODIDE]           measure, and write the table in CONTRIBUTING.md again
    uv run tools/live.py screenshots OUT [PYODIDE]

PYODIDE is a folder with a whole Pyodide distribution; without it chapters that need NumPy can't run in the browser here."""
import gzip
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

from pages import ROOT, node_modules, render
from reader import Reader

STEMS = sorted(p.stem for p in (ROOT / "nbs").glob("*.ipynb"))


def start_byot(*arguments):
    "Start the command and wait for the address that it prints; the process, with host, port, token and what it printed."
    command = [Path(sys.executable).parent / "byot", "--no-browser", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    process.printed = ""
    for line in process.stdout:
        process.printed += line
        if found := re.search(r"(http://127\.0\.0\.1:(\d+))/\S*\?token=(\w+)", line):
            process.host, process.port, process.token = found[1], int(found[2]), found[3]
            process.printed += process.stdout.readline() + process.stdout.readline()
            return process
    raise RuntimeError(f"byot stopped at once: {process.printed}")


def stop_byot(process):
    "Stop it as Ctrl+C does; its exit status."
    process.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGINT)
    return process.wait(30)


class Quiet(SimpleHTTPRequestHandler):
    "A static host, which lets pages of others read its files, as the hosts of libraries do."
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript", ".wasm": "application/wasm"}

    def end_headers(self):
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, *args): pass


class Host(ThreadingHTTPServer):
    def handle_error(self, *args): pass  # a reader may leave before an answer is complete


@contextmanager
def static_host(folder):
    "Serve a folder on this machine; its address."
    server = Host(("127.0.0.1", 0), partial(Quiet, directory=folder))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@contextmanager
def chromium():
    "A headless Chromium: the system's, or the one Playwright has fetched; FileNotFoundError if there is none."
    from playwright.sync_api import sync_playwright
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync_playwright() as p:
        if not found and not Path(p.chromium.executable_path).exists(): raise FileNotFoundError("Chromium")
        args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = p.chromium.launch(executable_path=found, args=args)
        yield browser
        browser.close()


@contextmanager
def both(pyodide):
    "The addresses of the chapters before a Jupyter kernel and on a static host with `pyodide`."
    with TemporaryDirectory() as folder:
        site = render(Path(folder) / "site", pyodide or node_modules() / "pyodide")
        byot = start_byot()
        with static_host(site) as address:
            yield {"Jupyter": f"{byot.host}/book/nbs?token={byot.token}", "Pyodide": f"{address}/nbs"}
        stop_byot(byot)


def measure(browser, address, stem):
    "Megabytes of a page and of all until its first result, both gzipped, and the seconds from the press until then."
    with Reader(browser, address) as r:
        got = []
        r.tab.on("response", lambda response: got.append(response))
        r.open(f"{stem}.html")
        size = lambda: sum(len(gzip.compress(x.body())) for x in got if x.status == 200) / 1e6
        page, first = size(), next(i for i in range(99) if r.cell(i).locator(".cell-output").count())
        begin = time.perf_counter()
        r.press(first)
        if r.cell(first).locator(".cell-offer").count(): r.cell(first).locator(".cell-offer button").first.click()
        r.until("ready", "failed", "stopped")
        took = time.perf_counter() - begin
        return page, size(), took if r.cell(first).get_attribute("data-status") == "done" else None


def table(pyodide=None):
    "Measure every page with both back ends and write the table."
    rows = ["| page | MB of the page | Jupyter: s | Pyodide: MB | Pyodide: s |", "| --- | --- | --- | --- | --- |"]
    show = lambda x: "–" if x is None else f"{x:.1f}"
    with chromium() as browser, both(pyodide) as addresses:
        for stem in STEMS:
            page, _, local = measure(browser, addresses["Jupyter"], stem)
            _, all_, static = measure(browser, addresses["Pyodide"], stem)
            rows.append(f"| {stem} | {page:.2f} | {show(local)} | {show(static and all_)} | {show(static)} |")
            print(rows[-1], flush=True)
    path = ROOT / "CONTRIBUTING.md"
    text = re.sub(r"\| page \|.*?\n\n", "\n".join(rows) + "\n\n", path.read_text(encoding="utf-8"), flags=re.S)
    path.write_text(text, encoding="utf-8", newline="\n")


def screenshots(out, pyodide=None):
    "Every page, wide and narrow, light and dark, with its first cells run; a wrong and a changed cell on chapter 1."
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    with chromium() as browser, both(pyodide) as addresses:
        for engine, address in addresses.items():
            for width in (1280, 390):
                for scheme in ("light", "dark"):
                    with Reader(browser, address, viewport={"width": width, "height": 900}, color_scheme=scheme) as r:
                        for stem in STEMS if engine == "Jupyter" else ("01_scalar",):
                            r.open(f"{stem}.html")
                            r.press(0)
                            r.wait(0)
                            if stem == "01_scalar":
                                r.write(1, "1 / 0")
                                r.run(1)
                                r.press(4)
                            r.tab.screenshot(path=out / f"{stem}-{engine}-{width}-{scheme}.png")


if __name__ == "__main__":
    commands = {f.__name__: f for f in (table, screenshots)}
    if len(sys.argv) < 2 or sys.argv[1] not in commands: sys.exit(__doc__)
    commands[sys.argv[1]](*sys.argv[2:])
