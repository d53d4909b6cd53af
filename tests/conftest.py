import functools
import importlib
import os
import shutil
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
    "The rendered site, in a folder below the server's root, as on a project page."
    out = tmp_path_factory.mktemp("www") / "some" / "folder"
    subprocess.run([sys.executable, ROOT / "tools" / "book.py", "render", out], check=True, capture_output=True)
    return out


@pytest.fixture(scope="session")
def address(site):
    "The site served on this machine."
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args): pass
    root = site.parent.parent
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=root))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/some/folder"
    server.shutdown()


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
