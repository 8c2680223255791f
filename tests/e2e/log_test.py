"""What the logs of both processes say of a request, and what they never do."""

import json
import re
import subprocess

import grpc
import pytest
from grpc.health.v1 import health_pb2, health_pb2_grpc

from processes import BIN, PATIENCE
from service import REFERENCE

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def request_lines(service, request_id):
    """The line of the gateway and of the server."""
    pattern = rf"request_id={re.escape(request_id)}(\s|$)"
    lines = []
    for process in (service.gateway, service.server):
        process.await_line(pattern)
        found = process.lines(pattern)
        assert len(found) == 1, found
        lines += found
    return lines


def test_a_given_request_id_is_returned_and_in_both_logs(service):
    response = service.post(REFERENCE, headers={"x-request-id": "my-id:1/2"})
    assert response.header("x-request-id") == "my-id:1/2"
    request_lines(service, "my-id:1/2")


@pytest.mark.parametrize("headers", [
    {}, {"x-request-id": "two words"}, {"x-request-id": "x" * 129},
    {"x-request-id": "gr\xfc\xdfe"}],
    ids=["none", "a space", "too long", "not ASCII"])
def test_a_request_id_is_made_where_none_fit_to_be_one_is_given(
        service, headers):
    request_id = service.post(REFERENCE, headers=headers).header("x-request-id")
    assert re.fullmatch(r"[0-9a-f]{32}", request_id)
    request_lines(service, request_id)


def test_a_failed_request_has_an_id_and_a_line_too(service):
    response = service.get("/no/such/path", headers={"x-request-id": "lost"})
    assert response.header("x-request-id") == "lost"
    service.gateway.await_line("status=404 .*request_id=lost")


def test_a_line_tells_what_when_and_whose(service):
    response = service.post(REFERENCE, headers={"x-request-id": "whose"})
    gateway, server = request_lines(service, "whose")
    project = response.json()["id_project"]
    for line in (gateway, server):
        assert re.search(r"latency_ms=\d", line)
        assert project in line
    assert "method=POST" in gateway and "/webhooks" in gateway
    assert "status=201" in gateway
    assert "webhooks.v1.WebhookService/Create" in server
    assert "status=OK" in server


@pytest.mark.parametrize("body, headers, reason", [
    (b"{", {}, "MALFORMED_JSON"),
    ({**REFERENCE, "url": "nope"}, {}, "INVALID_URL"),
    (REFERENCE, {"x-api-key": "nobody's"}, "API_KEY_INVALID"),
    (REFERENCE, {"content-type": "text/plain"}, "UNSUPPORTED_MEDIA_TYPE"),
], ids=["by the gateway", "by the server", "by the key", "by the head"])
def test_a_refused_requests_line_has_the_reason(service, body, headers, reason):
    request_id = f"refused-{reason}"
    service.post(body, headers={"x-request-id": request_id, **headers})
    line = service.gateway.await_line(f"request_id={request_id}").string
    assert f"reason={reason}" in line


def test_a_request_that_succeeds_has_no_reason(service):
    service.post(REFERENCE, headers={"x-request-id": "fine"})
    for line in request_lines(service, "fine"):
        assert "reason=" not in line


def test_the_trace_id_is_in_both_logs(service):
    service.post(REFERENCE, headers={
        "x-request-id": "traced",
        "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"})
    for line in request_lines(service, "traced"):
        assert f"trace_id={TRACE}" in line


def test_no_log_holds_a_key_a_secret_or_a_body(stopped):
    stopped.start_server("--log_level=debug")
    stopped.start_gateway("--log_level=debug")
    stopped.await_ready()
    private = {"url": "https://acme.com/private-path?token=private-token",
               "description": "private words", "scope": ["private.scope"]}
    secret = stopped.post(private).json()["secret"]
    key = stopped.key
    stopped.post({**private, "url": "http://private-host/"})
    stopped.post(b'{"private-json')
    stopped.get("/private-place?private-query=1")
    stopped.post(private, headers={"x-api-key": "private-key"})
    stopped.stop()
    logs = stopped.gateway.log() + stopped.server.log()
    assert len(stopped.gateway.lines("request_id=")) >= 5
    assert key not in logs
    assert secret not in logs and secret[6:] not in logs
    assert "private" not in logs


def test_no_value_forges_a_line(service):
    service.request("GET", "/x%0Aforged=1", headers={"x-request-id": "forger"})
    line = service.gateway.await_line("request_id=forger").string
    assert "forged=1" not in line
    assert not service.gateway.lines("^forged")


def test_lines_of_the_json_format_are_json(stopped):
    stopped.start_server("--log_format=json")
    stopped.start_gateway("--log_format=json")
    stopped.await_ready()
    stopped.post(REFERENCE, headers={"x-request-id": 'quo"te'})
    stopped.stop()
    for process in (stopped.gateway, stopped.server):
        lines = [json.loads(line) for line in process.log().splitlines()]
        assert 'quo"te' in [line.get("request_id") for line in lines]
        assert all({"time", "level", "message"} <= set(line) for line in lines)


def test_nobody_waits_for_a_log_that_is_not_read(tmp_path):
    """More lines than a pipe holds, and nobody at its other end."""
    address = f"unix:{tmp_path}/socket"
    process = subprocess.Popen(
        [BIN / "webhook-server", f"--listen={address}",
         f"--database=sqlite:{tmp_path}/webhooks.db"], stdout=subprocess.PIPE)
    try:
        with grpc.insecure_channel(address) as channel:
            health = health_pb2_grpc.HealthStub(channel)
            for _ in range(1000):
                health.Check(health_pb2.HealthCheckRequest(),
                             metadata=[("x-request-id", "x" * 128)],
                             wait_for_ready=True, timeout=PATIENCE)
    finally:
        process.terminate()
        assert process.wait(PATIENCE) == 0
        process.stdout.close()
