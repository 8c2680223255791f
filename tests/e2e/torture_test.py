"""torture.py itself: it tells what is wrong, and leaves no process behind."""

import contextlib
import os
import signal
import subprocess
import sys
import types

import pytest

import torture
import torture_world
from pages import ROOT
from processes import PATIENCE
from recorder import Recorder
from rest import request

PATHS = list(torture_world.SETTINGS)


@contextlib.contextmanager
def torturing(folder, *flags):
    process = subprocess.Popen(
        [sys.executable, "-B", ROOT / "tests/e2e/torture.py", "--beat=200ms",
         f"--logs={folder}", *flags], text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def session(process):
    """Returns the processes of its session. The sessions of PostgreSQL's other
    processes are their own; they end with the first one, which is in it."""
    return subprocess.run(["pgrep", "-s", str(process.pid), "-l"], text=True,
                          capture_output=True).stdout.splitlines()


def test_faults_lose_nothing(tmp_path):
    with torturing(tmp_path, "--faults=2", "--only", "kill",
                   "failover") as process:
        output = process.communicate(timeout=3 * PATIENCE)[0]
        assert process.returncode == 0, output
        assert "nothing lost" in output
        assert session(process) == []
    assert {"primary.log", "server-0.log", "gateway-3.log"} <= {
        file.name for file in tmp_path.iterdir()}


@pytest.mark.parametrize("fault", ["pause", "unreachable"])
def test_an_interrupt_leaves_no_process_behind(tmp_path, fault):
    with torturing(tmp_path, "--only", fault) as process:
        assert any(line.endswith(f" {fault}\n") for line in process.stdout)
        assert len(session(process)) > 5
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C does
        output = process.communicate(timeout=2 * PATIENCE)[0]
        assert process.returncode == 1
        assert "interrupted" in output
        assert session(process) == []


@pytest.fixture
def recorder():
    with Recorder(seconds=0) as recorder:
        yield recorder


def deliver(recorder, path, *events):
    for event in events:
        address = recorder.url().split("/")[2]
        answer = request(address, "POST", path, {"webhook-id": event}, b"{}",
                         validate=False)
        assert answer.status == 200


def examine(recorder, monkeypatch, *sequences):
    """Returns what torture.py says of events that clients have published."""
    monkeypatch.setattr(torture_world, "PATIENCE", 0)
    return torture.examine(types.SimpleNamespace(
        recorder=recorder, publisher=types.SimpleNamespace(
            accepted={event for events in sequences for event in events},
            sequences=sequences)))


def test_what_is_lost_is_told(recorder, monkeypatch):
    for path in PATHS:
        deliver(recorder, path, *("a" if path == "/plain/0" else "ab"))
    assert examine(recorder, monkeypatch, ["a", "b"]) == [
        "/plain/0: lost 1: ['b']"]


def test_what_is_out_of_order_is_told(recorder, monkeypatch):
    for path in PATHS:
        deliver(recorder, path, *"axcba")
    assert examine(recorder, monkeypatch, ["a", "b", "c"], ["x"]) == [
        f"{path}: out of order: ['b']" for path in PATHS
        if path.startswith("/ordered/")]


def test_what_is_at_the_same_time_is_told(recorder, monkeypatch):
    for path in PATHS:
        deliver(recorder, path, "a")
    recorder.most_in_flight["/one/0"] = 2
    assert examine(recorder, monkeypatch, ["a"]) == [
        "/one/0: 2 in flight, at most 1 are allowed"]
