"""The console in Chromium, and a proxy that puts a path before it."""

import contextlib
import http.client
import http.server
import json
import os
import pathlib
import subprocess
import threading

import pytest

from processes import BIN, PATIENCE

NPM = pathlib.Path(os.environ["E2E_NPM"])
CONSOLE_NPM = NPM.parent / "npm-console"
CHROMIUM = pathlib.Path("/usr/bin/chromium")
PAGES = BIN.parent / "share" / "webhooks" / "console"
# Where screenshots are left.
PICTURES = BIN.parent / "console"
HERE = pathlib.Path(__file__).parent


def require_console():
    if not PAGES.exists():
        pytest.skip("the console is not built: ./dev build does it")


def require_browser():
    require_console()
    if not CHROMIUM.exists() or not (NPM / "node_modules" /
                                     "axe-core").exists():
        pytest.skip("Chromium, playwright-core or axe-core is not installed: "
                    "./dev test does it")


def browse(script, name, gateway, key, asks=None, **arguments):
    """Runs a scenario of a script. `asks` are the functions that the scenario
    asks for, by name. Returns its result. No error may occur in the page, and
    it may call no other host."""
    require_browser()
    given = {"gateway": gateway, "key": key, **arguments}
    process = subprocess.Popen(
        ["node", HERE / "console.mjs", NPM, HERE / script, name,
         json.dumps(given)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True)
    limit = threading.Timer(6 * PATIENCE, process.kill)
    limit.start()
    errors = []
    reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))
    reader.start()
    last = None
    try:
        for line in process.stdout:
            last = json.loads(line)
            if "ask" in last:
                answer = (asks or {})[last["ask"]]()
                process.stdin.write(json.dumps(answer) + "\n")
                process.stdin.flush()
        code = process.wait()
    finally:
        limit.cancel()
        process.kill()
        process.wait()
        reader.join()
    assert code == 0 and last and "result" in last, "".join(errors)
    assert last["errors"] == []
    assert last["hosts"] == [gateway.split("/")[2]]
    return last["result"]


@contextlib.contextmanager
def prefixed(address, prefix):
    """Runs a proxy that serves a gateway below `prefix`. Yields its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self):
            if not self.path.startswith(prefix + "/"):
                self.send_error(404)
                return
            size = int(self.headers.get("content-length", 0))
            body = self.rfile.read(size)
            upstream = http.client.HTTPConnection(address, timeout=PATIENCE)
            headers = {name: value for name, value in self.headers.items()
                       if name.lower() not in ("host", "connection")}
            upstream.request(self.command, self.path[len(prefix):], body,
                             headers)
            answer = upstream.getresponse()
            content = answer.read()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("connection", "content-length", "date"):
                    self.send_header(name, value)
            if answer.status not in (204, 304):
                self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            upstream.close()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):
            pass  # clients may leave at any time

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
