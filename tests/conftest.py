import functools
import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))


def missing(what):
    "Skip the test that needs `what`, but fail it in CI."
    if os.environ.get("CI"): pytest.fail(f"{what} is missing, and CI skips nothing")
    pytest.skip(f"{what} is not installed")


def reference(name):
    "Import a reference the tests compare with."
    try: return importlib.import_module(name)
    except ImportError: missing(name)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    "The rendered site with its own copy of Pyodide, in a folder below the server's root, as on a project page."
    out = tmp_path_factory.mktemp("www") / "some" / "folder"
    render = [sys.executable, ROOT / "tools" / "book.py", "render", out, ROOT / "web" / "node_modules" / "pyodide"]
    subprocess.run(render, check=True, capture_output=True)
    return out


@pytest.fixture(scope="session")
def serve():
    "Serve a folder of pages from two folders above it; its address."
    class Quiet(SimpleHTTPRequestHandler):
        extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript", ".wasm": "application/wasm"}
        def log_message(self, *args): pass
    servers = []
    def start(folder):
        server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder.parent.parent))
        Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/some/folder"
    yield start
    for server in servers: server.shutdown()


@pytest.fixture(scope="session")
def address(site, serve):
    "The site served on this machine."
    return serve(site)


@pytest.fixture(scope="session")
def axe():
    "What axe-core finds on a page that is serious or critical: pairs of a rule and an element."
    def find(tab):
        tab.evaluate((ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
        return tab.evaluate("""async () => (await axe.run({resultTypes: ["violations"]})).violations
            .filter(v => ["serious", "critical"].includes(v.impact))
            .flatMap(v => v.nodes.map(n => [v.id, n.html.slice(0, 150)]))""")
    return find


@pytest.fixture(scope="session")
def byot():
    "The command `byot`, running: the process, the address up to the folder of the pages, the token, and what it printed."
    process = start_byot()
    yield process
    process.send_signal(signal.SIGINT)
    process.wait(30)


def start_byot(*arguments):
    "Start the command and wait for the address that it prints."
    command = [Path(sys.executable).parent / "byot", "--no-browser", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    process.printed = ""
    for line in process.stdout:
        process.printed += line
        if found := re.search(r"(http://127\.0\.0\.1:(\d+))/\S*\?token=(\w+)", line):
            process.host, process.port, process.token = found[1], int(found[2]), found[3]
            return process
    pytest.fail(f"byot stopped at once: {process.printed}")


@pytest.fixture(scope="session")
def browser():
    "A headless Chromium: the system's, or the one Playwright has fetched."
    sync = reference("playwright.sync_api")
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with sync.sync_playwright() as p:
        if not found and not Path(p.chromium.executable_path).exists(): missing("Chromium")
        args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        chromium = p.chromium.launch(executable_path=found, args=args)
        yield chromium
        chromium.close()
