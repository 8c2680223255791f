"""Programs build against the installation."""

import os
import pathlib
import subprocess

import pytest
from google.protobuf import descriptor_pb2

import rest
from pages import Page
from processes import Process

SAMPLE = Page("proto/CALLING.md").block("cpp")
CONSUMER = pathlib.Path(__file__).parent.parent / "consumer"
BUILD = pathlib.Path(os.environ["E2E_BIN"]).parent
PATIENCE = 240  # seconds, for compilations


def cmake(*args):
    result = subprocess.run(["cmake", *args], capture_output=True, text=True,
                            timeout=PATIENCE)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """The folder of the installation."""
    folder = tmp_path_factory.mktemp("prefix")
    cmake("--install", BUILD, "--prefix", folder)
    return folder


@pytest.fixture(scope="module")
def programs(prefix, tmp_path_factory):
    """The folder of the programs that are built against the installation."""
    folder = tmp_path_factory.mktemp("consumer")
    (folder / "sample.cc").write_text(SAMPLE.code)
    cmake("-S", CONSUMER, "-B", folder, f"-DCMAKE_PREFIX_PATH={prefix}",
          f"-DSAMPLE={folder}/sample.cc", "-G", "Ninja")
    cmake("--build", folder)
    return folder


def run(program, service):
    result = subprocess.run(
        [program, service.server.address, service.key],
        capture_output=True, text=True, timeout=PATIENCE)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_a_program_builds_against_the_installation_and_calls(
        service, programs):
    assert run(programs / "consumer", service) == (
        "https://acme.com/webhook_receiver\n")


def test_the_sample_publishes_once_and_tells_the_reason(service, programs):
    assert run(programs / "sample", service) == "INVALID_EVENT_TYPE\n"
    assert len(service.get("/events").json()) == 1


def test_the_installed_descriptor_set_is_whole_and_commented(prefix):
    files = descriptor_pb2.FileDescriptorSet.FromString(
        (prefix / "share/webhooks/webhooks.binpb").read_bytes()).file
    assert (prefix / "share/webhooks/descriptors.binpb").read_bytes() == (
        prefix / "share/webhooks/webhooks.binpb").read_bytes()
    known = set()
    for file in files:  # imports come first
        assert set(file.dependency) <= known, file.name
        known.add(file.name)
    own = [f for f in files if f.name.startswith("webhooks/v1/")]
    assert len(own) == len(list(
        (prefix / "share/webhooks/proto/webhooks/v1").glob("*.proto"))) > 8
    for file in own:
        comments = [l for l in file.source_code_info.location
                    if l.leading_comments]
        assert len(comments) > len(file.message_type), file.name


def test_the_installed_gateway_has_its_pages(prefix):
    assert {"webhook-server", "webhook-gateway", "webhookctl"} <= {
        program.name for program in (prefix / "bin").iterdir()}
    gateway = Process(prefix / "bin" / "webhook-gateway",
                      "--listen=127.0.0.1:0", "--server=127.0.0.1:1")
    try:
        answer = rest.request(gateway.address, "GET", "/docs", {})
    finally:
        gateway.stop()
    built = (BUILD / "share/webhooks/docs/index.html").exists()
    assert answer.status == (200 if built else 404)
