"The command `byot` and the server behind it: what it opens, to whom, and what is left when it ends."
import http.client
import json
import re
import socket
import subprocess
import sys
import time
import webbrowser
from pathlib import Path

import psutil
import pytest
from conftest import ROOT
from live import start_byot, stop_byot

from build_your_own_torch import book


def ask(byot, path, method="GET", token=True, body=None, **headers):
    "Ask the server; the response with its text as `.text`."
    connection = http.client.HTTPConnection("127.0.0.1", byot.port, timeout=20)
    headers = {k.replace("_", "-"): v for k, v in headers.items()}
    if token: headers["Authorization"] = f"token {byot.token}"
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    response.text = response.read().decode(errors="replace")
    connection.close()
    return response


def cookies(byot):
    "What a browser holds after it has opened the address with the token: the cookies, and the one that headers must repeat."
    first = ask(byot, f"/book/nbs/index.html?token={byot.token}", token=False)
    pairs = dict(c.split(";")[0].split("=", 1) for c in first.headers.get_all("Set-Cookie"))
    second = ask(byot, "/book/nbs/index.html", token=False, Cookie="; ".join(f"{k}={v}" for k, v in pairs.items()))
    pairs |= dict(c.split(";")[0].split("=", 1) for c in second.headers.get_all("Set-Cookie") or [])
    return "; ".join(f"{k}={v}" for k, v in pairs.items()), pairs["_xsrf"]


def test_it_listens_to_this_machine_only(byot):
    found = [c for c in psutil.Process(byot.pid).net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert found and {c.laddr.ip for c in found} == {"127.0.0.1"}
    for family, _, _, _, address in socket.getaddrinfo(socket.gethostname(), byot.port, type=socket.SOCK_STREAM):
        if address[0] == "127.0.0.1": continue
        with socket.socket(family, socket.SOCK_STREAM) as s, pytest.raises(OSError): s.connect(address)


def test_the_token_is_long_and_new_each_time_and_told_once(byot):
    other = start_byot()
    stop_byot(other)
    rest = other.stdout.read()
    assert other.token != byot.token and len(byot.token) == 48
    assert other.printed.count(other.token) == 1 and other.token not in rest and byot.printed.count(byot.token) == 1
    assert other.port != byot.port, "the first free port"
    assert "Ctrl+C stops it" in other.printed and rest.strip() == "Stopped."


@pytest.mark.parametrize("path", ["nbs/01_scalar.html", "nbs/a3_this_book.html", "api/tensor.html", "assets/live.js"])
def test_no_token_in_what_it_serves(byot, path):
    page = ask(byot, f"/book/{path}")
    assert page.status == 200 and byot.token not in page.text and byot.token not in str(page.headers)


def test_the_token_leaves_the_address_bar(byot):
    first = ask(byot, f"/book/nbs/01_scalar.html?token={byot.token}", token=False)
    assert first.status == 302 and first.headers["Location"] == "/book/nbs/01_scalar.html"
    assert all("HttpOnly" in c for c in first.headers.get_all("Set-Cookie") if "username" in c)
    assert ask(byot, "/book/nbs/01_scalar.html", token=False, Cookie=cookies(byot)[0]).status == 200
    assert ask(byot, "/book/").headers["Location"] == "/book/nbs/index.html"


@pytest.mark.parametrize("path", ["/book/nbs/index.html", "/book/assets/book.css", "/lab", "/files/README.md", "/login",
                                  "/nowhere", "/"])
def test_without_the_token_there_is_only_the_book_s_own_word(byot, path):
    for lacking in (ask(byot, path, token=False), ask(byot, path + "?token=wrong", token=False)):
        assert lacking.status == 403 and "Start here" not in lacking.text and "Jupyter" not in lacking.text
        assert "This page has a key" in lacking.text and "<script" not in lacking.text
        assert book.POLICY in lacking.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/book/nbs/none.html", "/nowhere", "/lab", "/tree", "/login", "/book/nbs/none/none.js"])
def test_a_wrong_path_gets_the_book_s_own_page(byot, path):
    answer = ask(byot, path)
    assert answer.status == 404 and "No such page" in answer.text and "Jupyter" not in answer.text
    assert 'href="/book/"' in answer.text and "<script" not in answer.text
    assert ask(byot, "/").headers["Location"] == "/book/nbs/index.html"


def test_an_old_cookie_opens_no_new_server(byot):
    cookie, _ = cookies(byot)
    assert ask(byot, "/book/nbs/index.html", token=False, Cookie=cookie).status == 200
    other = start_byot()
    try:
        old = cookie.replace(str(byot.port), str(other.port))
        assert ask(other, "/book/nbs/index.html", token=False, Cookie=old).status == 403
        assert ask(other, "/book/nbs/index.html", token=False, Cookie=cookies(other)[0]).status == 200
    finally: stop_byot(other)


def test_no_terminals_with_the_pages(byot):
    assert ask(byot, "/api/terminals").status == 404 and ask(byot, "/api/terminals", "POST", body="{}").status in (404, 405)


def test_a_kernel_computes_with_one_thread_unless_told_otherwise(byot, monkeypatch):
    def threads(server):
        kernel = json.loads(ask(server, "/api/kernels", "POST", body='{"name": "python3", "path": "nbs"}').text)["id"]
        found = {p.environ().get("OPENBLAS_NUM_THREADS") for p in psutil.Process(server.pid).children(recursive=True)}
        ask(server, f"/api/kernels/{kernel}", "DELETE")
        return found
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    server = start_byot()
    try: assert threads(server) == {"1"}
    finally: stop_byot(server)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    server = start_byot()
    try: assert threads(server) == {"3"}
    finally: stop_byot(server)


@pytest.mark.parametrize("path", ["/api/kernels", "/api/contents", "/api/sessions"])
def test_without_the_token_no_interface_answers(byot, path):
    assert ask(byot, path, token=False).status == 403
    assert ask(byot, path, "POST", token=False, body="{}").status == 403


def test_foreign_pages_are_refused_even_with_the_token(byot):
    for origin in ("http://elsewhere.example", "null", f"http://127.0.0.1:{byot.port + 1}", f"http://a.example:{byot.port}"):
        assert ask(byot, "/api/kernels", Origin=origin).status == 403, origin
        assert ask(byot, "/api/kernels", "POST", body='{"name": "python3"}', Origin=origin).status == 403, origin
        assert ask(byot, "/book/nbs/index.html", Origin=origin).status == 403, origin
    assert ask(byot, "/api/kernels", Origin=byot.host).status == 200
    assert ask(byot, "/api/kernels", Origin=f"http://localhost:{byot.port}", Host=f"localhost:{byot.port}").status == 200


@pytest.mark.parametrize("host", ["[", "elsewhere.example", "127.0.0.1.elsewhere.example", "192.168.0.1", ""])
def test_foreign_names_of_this_machine_are_refused(byot, host):
    for path in ("/book/nbs/index.html", "/api/kernels", "/static/favicon.ico"):
        assert ask(byot, path, Host=f"{host}:{byot.port}").status in (400, 403)


def test_a_kernel_wants_the_header_that_only_our_pages_know(byot):
    cookie, xsrf = cookies(byot)
    body, own = '{"name": "python3"}', {"Cookie": cookie, "Origin": byot.host}
    assert ask(byot, "/api/kernels", "POST", token=False, body=body, **own).status == 403
    assert ask(byot, "/api/kernels", "POST", token=False, body=body, X_XSRFToken="guessed", **own).status == 403
    made = ask(byot, "/api/kernels", "POST", token=False, body=body, X_XSRFToken=xsrf, **own)
    assert made.status == 201
    kernel = json.loads(made.text)["id"]
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13",
               "Sec_WebSocket_Key": "MDEyMzQ1Njc4OWFiY2RlZg=="}
    channels = f"/api/kernels/{kernel}/channels"
    assert ask(byot, channels, token=False, **upgrade).status == 403
    assert ask(byot, channels, token=False, Cookie=cookie, Origin="http://elsewhere.example", **upgrade).status == 403
    assert ask(byot, f"/api/kernels/{kernel}", "DELETE", token=False, **own).status == 403
    assert ask(byot, f"/api/kernels/{kernel}", "DELETE", token=False, X_XSRFToken=xsrf, **own).status == 204


@pytest.mark.parametrize("path", ["../pyproject.toml", "..%2fpyproject.toml", "nbs/..%2f..%2fpyproject.toml",
                                  "%2e%2e/%2e%2e/etc/passwd", "..%5cpyproject.toml", "/etc/passwd", "%2fetc%2fpasswd",
                                  "nbs/../../README.md", ".sources"])
def test_no_way_out_of_the_pages(byot, path):
    answer = ask(byot, f"/book/{path}")
    assert answer.status in (403, 404) and "build-system" not in answer.text and "root:" not in answer.text


def test_pages_carry_their_policy(byot):
    page = ask(byot, "/book/nbs/01_scalar.html")
    policy = page.headers["Content-Security-Policy"]
    assert policy == book.POLICY + "; frame-ancestors 'none'"
    assert "default-src 'none'" in policy and "'unsafe-eval'" not in policy and "script-src 'self';" in policy
    assert page.headers["X-Content-Type-Options"] == "nosniff" and page.headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="book:jupyter" content="/">' in page.text
    head = ask(byot, "/book/nbs/01_scalar.html", "HEAD")
    assert head.status == 200 and head.text == ""


def test_nothing_stays_behind():
    byot = start_byot()
    for _ in range(2): assert ask(byot, "/api/kernels", "POST", body='{"name": "python3", "path": "nbs"}').status == 201
    for _ in range(50):
        kernels = psutil.Process(byot.pid).children(recursive=True)
        if len(kernels) == 2: break
        time.sleep(0.1)
    assert len(kernels) == 2
    assert stop_byot(byot) == 0
    gone, alive = psutil.wait_procs(kernels, timeout=5)
    assert not alive


def test_a_kernel_has_the_notebooks_folder(byot):
    kernel = json.loads(ask(byot, "/api/kernels", "POST", body='{"name": "python3", "path": "nbs"}').text)["id"]
    folders = {p.cwd() for p in psutil.Process(byot.pid).children(recursive=True)}
    ask(byot, f"/api/kernels/{kernel}", "DELETE")
    assert str(ROOT / "nbs") in folders


def run(*arguments, cwd=ROOT):
    command = [Path(sys.executable).parent / "byot", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60)


def test_a_taken_port_is_named(byot):
    told = run("--no-browser", "--port", str(byot.port))
    assert told.returncode == 1 and f"Port {byot.port} can't be used" in told.stderr and "--port" in told.stderr
    assert run("--port", "99999").returncode == 1
    assert run("--port", "x").returncode == 2 and "usage: byot" in run("--help").stdout


def test_no_chapters(monkeypatch, tmp_path, capsys):
    with pytest.raises(book.Refusal, match=f"no chapters in {re.escape(str(tmp_path))}"): book.find_book(tmp_path)
    assert book.find_book(ROOT / "nbs") == ROOT and book.find_book(tmp_path, ROOT / "build_your_own_torch") == ROOT
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(book, "__file__", str(tmp_path / "book.py"))
    monkeypatch.setattr(book, "find_spec", lambda name: None)
    assert book.main([]) == 1
    told = capsys.readouterr().err
    assert "git clone" in told and "uv run byot" in told and "[book]" not in told, "what really has to be done"


def test_a_missing_extra_is_named(monkeypatch, capsys):
    monkeypatch.setattr(book, "find_spec", lambda name: None if name == "jupyter_server" else True)
    assert book.main([]) == 1
    told = "Missing: jupyter_server. Install what reading needs: pip install 'build_your_own_torch[book]'\n"
    assert capsys.readouterr().err == told


def test_pages_that_cant_be_made(tmp_path):
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "book.py").write_text("raise SystemExit('no ink')", encoding="utf-8")
    with pytest.raises(book.Refusal, match="no ink"): book.make_pages(tmp_path)


def test_the_pages_are_made_in_the_open(tmp_path, capfd):
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "book.py").write_text("print('  reading the notebooks …', flush=True)", encoding="utf-8")
    assert book.make_pages(tmp_path) == tmp_path / "_docs"
    said = capfd.readouterr().out.splitlines()
    assert said[0].startswith("Looking whether") and said[1] == "  reading the notebooks …"


def test_no_browser(monkeypatch, capsys):
    def none(*_): raise webbrowser.Error("none")
    monkeypatch.setattr(webbrowser, "get", none)
    book.open_browser(None)
    assert "open the address yourself" in capsys.readouterr().out


def test_jupyterlab_instead():
    lab = start_byot("--lab")
    try:
        assert "/lab/tree/nbs/index.ipynb?token=" in lab.printed
        page = ask(lab, "/lab/tree/nbs/index.ipynb")
        assert page.status == 200 and "jupyter-config-data" in page.text
    finally:
        stop_byot(lab)


def test_idle_kernels_are_shut_down():
    code = ("from pathlib import Path; from build_your_own_torch.book import make_server;"
            "s = make_server(Path('.'), Path('_docs'));"
            "m = s.kernel_manager; print(m.cull_idle_timeout, m.cull_connected, m.cull_busy, s.identity_provider.auth_enabled,"
            "s.allow_remote_access, repr(s.allow_origin)); s.io_loop.run_sync(s._cleanup)")
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["7200", "True", "False", "True", "False", "''"]


def test_kernels_without_a_page_are_shut_down():
    code = ("import asyncio\nfrom pathlib import Path\nfrom build_your_own_torch.book import make_server\n"
            "for lab in (False, True):\n"
            "    s = make_server(Path('.'), Path('_docs'), lab=lab); m = s.kernel_manager\n"
            "    async def look():\n"
            "        watched, left = await m.start_kernel(), await m.start_kernel()\n"
            "        m.notify_connect(watched)\n"
            "        for _ in range(2): await m.cull_kernels(); print([k in m for k in (watched, left)])\n"
            "        await s._cleanup()\n"
            "    s.io_loop.run_sync(look)")
    told = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    kept, gone = "[True, True]", "[True, False]"
    assert told.stdout.splitlines() == [kept, gone, kept, kept]
