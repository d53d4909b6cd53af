import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import live  # noqa: E402

if "PYTEST_XDIST_WORKER" in os.environ:  # tests run side by side, each with one thread
    for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"): os.environ[_name] = "1"


def group(test):
    "Tests run side by side, but those that share something costly run one after another in one process."
    if "test_wheel" in test: return "wheel"
    if "fresh_page" in test: return "fresh pages with a kernel"
    if "test_server.py" in test or "[local" in test or "run_all_gives" in test: return "pages with a kernel"
    if "test_live.py" in test or "test_site.py" in test or "test_hand.py" in test: return "pages on a static host"
    return test


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid): return group(nodeid)
    return Groups(config, log)


@pytest.fixture
def library_as_it_was():
    "Cells of a chapter that run in this process give methods to the library's own Tensor: they are taken back."
    tensor = importlib.import_module("build_your_own_torch.tensor")
    kept = [(d, dict(d)) for d in (tensor.known,)]
    methods = dict(vars(tensor.Tensor))
    yield
    for table, before in kept:
        table.clear()
        table.update(before)
    for name in set(vars(tensor.Tensor)) - set(methods): delattr(tensor.Tensor, name)
    for name, value in methods.items():
        if vars(tensor.Tensor).get(name) is not value: setattr(tensor.Tensor, name, value)


def steps(act):
    "How many lines of Python `act()` takes: what it costs, whatever else the machine is doing."
    count = 0
    def trace(frame, event, argument):
        nonlocal count
        count += event == "line"
        return trace
    before = sys.gettrace()
    sys.settrace(trace)
    try: act()
    finally: sys.settrace(before)
    return count


def bringing(what):
    "The command that installs what tests lack."
    made = Path(sys.prefix) / "pyvenv.cfg"
    uv = made.exists() and "uv = " in made.read_text(encoding="utf-8")
    install = "python3 -m uv pip install" if uv else f"{sys.executable} -m pip install"
    if what == "torch": return f"{install} torch==2.13.0" + " --torch-backend cpu" * uv
    return f"{install} playwright, and a Chromium from your system"


def pytest_terminal_summary(terminalreporter):
    lacking = [str(r.longrepr[2]) for r in terminalreporter.stats.get("skipped", []) if isinstance(r.longrepr, tuple)]
    kinds = {"torch": ("compare with PyTorch", ("torch",)), "pages": ("look at pages", ("playwright", "Chromium"))}
    for what, (kind, names) in kinds.items():
        if count := sum(reason.removeprefix("Skipped: ").startswith(names) for reason in lacking):
            terminalreporter.write_line(f"{count} tests that {kind} were left out. To run them, too: {bringing(what)}")


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
def address(site):
    "The site served on this machine, in a folder below the server's root."
    with live.static_host(site.parent.parent) as host: yield f"{host}/some/folder"


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
    "The command `byot`, running: the process, with host, port, token, and what it printed."
    process = live.start_byot()
    yield process
    live.stop_byot(process)


@pytest.fixture(scope="session")
def browser():
    "A headless Chromium: the system's, or the one Playwright has fetched."
    reference("playwright.sync_api")
    try:
        with live.chromium() as chromium: yield chromium
    except FileNotFoundError: missing("Chromium")
