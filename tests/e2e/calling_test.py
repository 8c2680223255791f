"""The samples of gateway/CALLING.md and proto/CALLING.md, as they stand."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

import rest
from pages import Page
from processes import PATIENCE

REST = Page("gateway/CALLING.md")
CREATE, FAILURE, FAILED, LIST, CHANGE = map(
    REST.block, ["create", "failure", "failed", "list", "change"])
GRPC = Page("proto/CALLING.md")
PYTHON = GRPC.block("python")
DESCRIPTORS, BUF_CREATE, BUF_PUBLISH = map(
    GRPC.block, ["descriptors", "buf create", "buf publish"])
# What makes stubs, the program that it needs, and a file that it then makes.
STUBS = {
    "python": (GRPC.block("python stubs"), "grpc_python_plugin",
               "google/rpc/error_details_pb2.py"),
    "cpp": (GRPC.block("cpp stubs"), "grpc_cpp_plugin",
            "google/rpc/error_details.pb.h"),
    "go": (GRPC.block("go stubs"), "protoc-gen-go-grpc",
           "webhooksv1/event_service_grpc.pb.go"),
    "buf": (GRPC.block("buf stubs"), "buf",
            "gen/google/rpc/error_details_pb2.py"),
}
BUF = pathlib.Path(os.environ["E2E_NPM"]) / "node_modules" / ".bin"
PATH = f"{BUF}:{os.environ['PATH']}"
GRPC.block("cpp")  # consumer_test.py builds it


@pytest.fixture
def shell(service, tmp_path):
    def run(block, **env):
        result = subprocess.run(
            ["bash", "-euc", block.code], cwd=tmp_path, text=True,
            capture_output=True, timeout=PATIENCE,
            env={**os.environ, "PATH": PATH, "KEY": service.key, **env,
                 "SERVER": service.server.address,
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


@pytest.mark.parametrize("language", STUBS)
def test_stubs_are_made_from_the_descriptors_alone(shell, tmp_path, language):
    block, program, made = STUBS[language]
    if shutil.which(program, path=PATH) is None:
        pytest.skip(f"{program} is not installed")
    shell(DESCRIPTORS)
    shell(block)
    assert (tmp_path / made).stat().st_size > 1000


def test_descriptors_are_fetched_again_only_if_they_changed(service):
    address = service.gateway.address
    first = rest.request(address, "GET", "/descriptors.binpb", {})
    assert first.status == 200
    assert first.header("content-type") == "application/protobuf"
    assert first.header("cache-control") == "no-cache"
    again = rest.request(address, "GET", "/descriptors.binpb",
                         {"if-none-match": first.header("etag")})
    assert (again.status, again.body) == (304, b"")
    assert service.get("/webhooks").header("cache-control") == "no-store"


def test_python_publishes_once_and_tells_the_reason(service, shell, tmp_path):
    shell(DESCRIPTORS)
    shell(STUBS["python"][0])
    (tmp_path / "publish.py").write_text(PYTHON.code)
    before = len(service.get("/events").json())
    result = subprocess.run(
        ["/usr/bin/python3", "-B", "publish.py", service.server.address,
         service.key], cwd=tmp_path, text=True, capture_output=True,
        timeout=PATIENCE, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert result.returncode == 0, result
    assert result.stdout == "INVALID_EVENT_TYPE\n"
    assert len(service.get("/events").json()) == before + 1


def test_buf_creates_and_publishes(service, shell):
    if not (BUF / "buf").exists():
        pytest.skip("buf is not installed: ./dev deps does it")
    assert json.loads(shell(BUF_CREATE))["scope"] == ["connection.created"]
    published = json.loads(shell(BUF_PUBLISH))
    assert published["matched_webhooks"] >= 1
    event = service.get(f"/events/{published['id_event']}").json()
    assert event["data"] == {"id": 1}


def test_no_sample_is_left():
    assert REST.left() == GRPC.left() == []
