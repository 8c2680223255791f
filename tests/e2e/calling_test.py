"""The samples of gateway/CALLING.md and proto/CALLING.md, as they stand."""

import json
import os
import subprocess

import pytest

from pages import Page
from processes import PATIENCE

REST = Page("gateway/CALLING.md")
CREATE, FAILURE, FAILED, LIST, CHANGE = map(
    REST.block, ["create", "failure", "failed", "list", "change"])
GRPC = Page("proto/CALLING.md")
PYTHON = GRPC.block("python")
GRPC.block("cpp")  # consumer_test.py builds it


@pytest.fixture
def shell(service, tmp_path):
    def run(block, **env):
        result = subprocess.run(
            ["bash", "-euc", block.code], cwd=tmp_path, text=True,
            capture_output=True, timeout=PATIENCE,
            env={**os.environ, "KEY": service.key, **env,
                 "GATEWAY": f"http://{service.gateway.address}"})
        assert result.returncode == 0, result
        return result.stdout
    return run


def test_a_webhook_is_made_once(service, shell):
    first, second = json.loads(shell(CREATE)), json.loads(shell(CREATE))
    assert first == second
    assert first["scope"] == ["connection.created"]


def test_a_failure_is_answered_as_shown(shell):
    assert json.loads(shell(FAILURE)) == json.loads(FAILED.code)


def test_all_pages_are_read(service, shell):
    made = {service.post({"url": None, "scope": None}).json()[
        "id_webhook_endpoint"] for _ in range(5)}
    listed = [webhook["id_webhook_endpoint"]
              for line in shell(LIST).splitlines()
              for webhook in json.loads(line)]
    assert made <= set(listed)
    assert len(listed) == len(set(listed))


def test_what_was_seen_is_changed(service, shell):
    webhook = service.post({"url": None, "scope": None,
                            "description": "x"}).json()
    changed = json.loads(shell(CHANGE, ID=webhook["id_webhook_endpoint"]))
    assert changed["endpoint_description"] is None
    assert changed["active"] is False


def test_python_publishes_once_and_tells_the_reason(service, tmp_path):
    (tmp_path / "publish.py").write_text(PYTHON.code)
    result = subprocess.run(
        ["/usr/bin/python3", "-B", "publish.py", service.server.address,
         service.key], cwd=tmp_path, text=True, capture_output=True,
        timeout=PATIENCE,
        env={**os.environ, "PYTHONPATH": os.environ["E2E_STUBS"]})
    assert result.returncode == 0, result
    assert result.stdout == "INVALID_EVENT_TYPE\n"
    assert len(service.get("/events").json()) == 1


def test_no_sample_is_left():
    assert REST.left() == GRPC.left() == []
