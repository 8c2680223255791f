"""The commands of server/OPERATING.md, in the order in which they are given."""

import json
import os
import socket
import subprocess

from pages import Page
from processes import BIN, PATIENCE, clean_environment

PAGE = Page("server/OPERATING.md")
START, LOOK, STOP, FIND = map(PAGE.block, ["start", "look", "stop", "find"])


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def test_the_service_is_started_looked_at_searched_and_stopped(tmp_path):
    ports = {"50051": str(free_port()), "8080": str(free_port())}

    def here(code):
        for old, new in ports.items():
            code = code.replace(f":{old}", f":{new}")
        return code

    gateway = f"http://127.0.0.1:{ports['8080']}"
    script = "\n".join([
        here(START.code).replace("server.log &", "server.log &\nSERVER_PID=$!")
        .replace("gateway.log &", "gateway.log &\nGATEWAY_PID=$!"),
        'trap \'kill -KILL "$SERVER_PID" "$GATEWAY_PID" 2>/dev/null\' EXIT',
        f"until curl -fsm 2 -o /dev/null {gateway}/readyz; do",
        '  kill -0 "$SERVER_PID" "$GATEWAY_PID"; sleep 0.05', "done",
        here(LOOK.code),
        f"curl -s -o /dev/null {gateway}/webhooks -H 'x-request-id: "
        "my-request-1' -H \"x-api-key: $(cat data/api-key)\"",
        # Lines are written after the answer.
        "until grep -q my-request-1 gateway.log && "
        "grep -q my-request-1 server.log; do sleep 0.05; done",
        "echo; echo FOUND", FIND.code, "echo END", STOP.code, "trap - EXIT"])
    result = subprocess.run(
        ["bash", "-euc", script], cwd=tmp_path, text=True, capture_output=True,
        timeout=2 * PATIENCE,
        env=clean_environment({
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "WEBHOOKS_SERVER": f"127.0.0.1:{ports['50051']}"}))
    logs = "".join(log.read_text() for log in tmp_path.glob("*.log"))
    assert result.returncode == 0, f"{result}\n{logs}"
    found = result.stdout.split("FOUND\n")[1].split("END\n")[0].splitlines()
    assert len(found) == 2
    for line in found:
        assert json.loads(line)["request_id"] == "my-request-1"
    for name in ("webhooks.db", "secret-key", "admin-key", "api-key"):
        assert (tmp_path / "data" / name).exists()


def test_no_command_is_left():
    assert PAGE.left() == []
