"""Runs the commands of server/OPERATING.md in their order."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess

import pytest

from pages import ROOT, Page
from processes import BIN, PATIENCE, clean_environment
from receiver import Receiver, delivering

PAGE = Page("server/OPERATING.md")
START, LOOK, STOP, FIND = map(PAGE.block, ["start", "look", "stop", "find"])
BACKUP, RESTORE = map(PAGE.block, ["backup", "restore"])
STORY, STORY_LINES = map(PAGE.block, ["story", "story-lines"])
GROUP, PORT, SCRAPE = map(PAGE.block, ["group", "port", "scrape"])
PROMTOOL = os.environ["E2E_PROMTOOL"]
UNITS = {"webhook-server": "server", "webhook-gateway": "gateway"}


def free_port():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


def run_script(script, folder, env):
    """Runs a script in a new session, which is killed at the end."""
    shell = subprocess.Popen(
        ["bash", "-euc", script], cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        env=clean_environment(env))
    try:
        stdout, stderr = shell.communicate(timeout=2 * PATIENCE)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
    return subprocess.CompletedProcess(shell.args, shell.returncode, stdout,
                                       stderr)


def test_the_service_is_started_looked_at_searched_and_stopped(tmp_path):
    ports = {"50051": str(free_port()), "8080": str(free_port())}

    def here(code):
        for old, new in ports.items():
            code = code.replace(f":{old}", f":{new}")
        return code.replace("/var/lib/webhooks", "data")

    gateway = f"http://127.0.0.1:{ports['8080']}"
    script = "\n".join([
        re.sub(r"(server|gateway)\.log 2>&1 &",
               lambda found: f"{found[0]}\n{found[1].upper()}_PID=$!",
               here(START.code)),
        'trap \'kill -KILL "$SERVER_PID" "$GATEWAY_PID" 2>/dev/null\' EXIT',
        f"until curl -fsm 2 -o /dev/null {gateway}/readyz; do",
        '  kill -0 "$SERVER_PID"; kill -0 "$GATEWAY_PID"; sleep 0.05', "done",
        here(LOOK.code),
        f"curl -s -o /dev/null {gateway}/webhooks -H 'x-request-id: "
        "my-request-1' -H \"x-api-key: $(cat data/api-key)\"",
        # Lines are written after the answer.
        "until grep -q my-request-1 gateway.log && "
        "grep -q my-request-1 server.log; do sleep 0.05; done",
        "echo; echo FOUND", FIND.code, "echo END", here(BACKUP.code),
        here(RESTORE.code),
        STOP.code, "trap - EXIT"])
    result = run_script(script, tmp_path, {
        "PATH": f"{BIN}:{os.environ['PATH']}",
        "WEBHOOKS_SERVER": f"127.0.0.1:{ports['50051']}"})
    logs = "".join(log.read_text() for log in tmp_path.glob("*.log"))
    assert result.returncode == 0, f"{result}\n{logs}"
    assert "copied sqlite:data/webhooks.db" in result.stdout
    assert "ok: database sqlite:restored/webhooks.db: whole" in result.stdout
    found = result.stdout.split("FOUND\n")[1].split("END\n")[0].splitlines()
    assert len(found) == 2
    for line in found:
        assert json.loads(line)["request_id"] == "my-request-1"
    for name in ("webhooks.db", "secret-key", "admin-key", "api-key"):
        assert (tmp_path / "data" / name).exists()


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_takes_the_settings(tmp_path, name):
    unit = tmp_path / f"{name}.service"
    text = (ROOT / UNITS[name] / "packaging" / unit.name).read_text()
    unit.write_text(text.replace("/usr/bin", str(BIN)))
    changes = tmp_path / f"{unit.name}.d"
    changes.mkdir()
    for block in (GROUP, PORT):
        (changes / f"{len(block.code)}.conf").write_text(block.code)
    result = subprocess.run(["systemd-analyze", "verify", "--man=no", unit],
                            capture_output=True, text=True, timeout=PATIENCE)
    assert (result.returncode, result.stderr) == (0, "")
    shown = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--json=short",
         "--no-pager", unit], capture_output=True, text=True, timeout=PATIENCE)
    rows = {row["json_field"]: row["set"] for row in json.loads(shown.stdout)}
    assert rows["PrivateUsers"] is False
    assert rows["AmbientCapabilities"] is False


@pytest.mark.skipif(not os.path.exists(PROMTOOL),
                    reason="promtool is not there: ./dev deps extracts it")
def test_prometheus_takes_its_lines(tmp_path):
    installed = re.search(r"/usr/share/webhooks/observability/(\S+)",
                          SCRAPE.code)
    ours = ROOT / "server" / "observability" / installed[1]
    (tmp_path / "prometheus.yml").write_text(
        SCRAPE.code.replace(installed[0], str(ours)))
    result = subprocess.run(
        [PROMTOOL, "check", "config", tmp_path / "prometheus.yml"],
        capture_output=True, text=True, timeout=PATIENCE)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "rules found" in result.stdout


def test_a_search_for_an_event_tells_its_story(tmp_path):
    """The example has the lines and the fields of a real log."""
    with Receiver() as receiver, delivering(
            tmp_path, "--retry_schedule=0s,10ms") as api:
        receiver.answer("/", 500, 200)
        api.webhook(receiver.url(), ["connection.created"])
        event = api.publish("connection.created")["id_event"]
        api.service.server.await_lines(event, 3)
        (tmp_path / "server.log").write_text(api.service.server.log())
    [example] = re.findall(r"\b[0-9a-f-]{36}\b", STORY.code)
    found = run_script(STORY.code.replace(example, event), tmp_path, {})

    def shape(text):
        return [[re.sub(r"=.*", "", word) for word in line.split(" ")[1:]]
                for line in text.splitlines()]

    assert shape(found.stdout) == shape(STORY_LINES.code)


def test_no_command_is_left():
    assert PAGE.left() == []
