"""What a connection does beside carrying one request."""

import contextlib
import json

import pytest

import rest
from service import REFERENCE


def post(service, **headers):
    return rest.encode("POST", "/webhooks", {
        "x-api-key": service.key, "content-type": "application/json",
        **headers}, json.dumps(REFERENCE).encode())


def test_one_connection_carries_many_requests(service):
    with rest.Connection(service.gateway.address) as connection:
        for _ in range(20):
            connection.send(post(service))
            assert connection.read().status == 201


def test_pipelined_requests_are_answered_in_their_order(service):
    ids = [service.post(REFERENCE).json()["id_webhook_endpoint"]
           for _ in range(20)]
    headers = {"x-api-key": service.key}
    with rest.Connection(service.gateway.address) as connection:
        connection.send(b"".join(
            rest.encode("GET", f"/webhooks/{name}", headers) for name in ids))
        answers = [connection.read().json() for _ in ids]
    assert [answer["id_webhook_endpoint"] for answer in answers] == ids


def test_a_refused_body_leaves_the_connection_usable(service):
    with rest.Connection(service.gateway.address) as connection:
        connection.send(rest.encode("POST", "/webhooks", {
            "x-api-key": service.key, "content-type": "application/json"},
            b"{"))
        assert connection.read().status == 400
        connection.send(post(service))
        assert connection.read().status == 201


def test_connection_close_is_honoured(service):
    response, closed = rest.exchange(
        service.gateway.address,
        rest.encode("GET", "/healthz", {"connection": "close"}))
    assert response.header("connection") == "close"
    assert closed


def test_a_request_in_single_bytes_is_read(service):
    with rest.Connection(service.gateway.address) as connection:
        for byte in post(service):
            connection.send(bytes([byte]))
        assert connection.read().status == 201


def test_a_chunked_body_is_read(service):
    head = rest.encode("POST", "/webhooks", {
        "x-api-key": service.key, "content-type": "application/json"})
    head = head.replace(b"content-length: 0", b"transfer-encoding: chunked")
    with rest.Connection(service.gateway.address) as connection:
        connection.send(head + b'9\r\n{"url":nu\r\n')
        connection.send(b'10;x=y\r\nll,"scope":null}\r\n0\r\n\r\n')
        assert connection.read().status == 201


def test_expect_100_continue_is_answered_before_the_body(service):
    request = post(service).replace(b"\r\n\r\n",
                                    b"\r\nexpect: 100-continue\r\n\r\n", 1)
    head, body = request.split(b"\r\n\r\n", 1)
    with rest.Connection(service.gateway.address) as connection:
        connection.send(head + b"\r\n\r\n")
        assert connection.read().status == 100
        connection.send(body)
        assert connection.read().status == 201


@pytest.mark.parametrize("headers", [{}, {"connection": "close"}],
                         ids=["without a word", "having said so"])
def test_a_client_that_stops_sending_after_its_last_request_is_answered(
        service, headers):
    with rest.Connection(service.gateway.address) as connection:
        connection.send(post(service, **headers))
        connection.end_sending()
        assert connection.read().status == 201


def test_head_is_get_without_the_body(service):
    name = service.post(REFERENCE).json()["id_webhook_endpoint"]
    got = service.get(f"/webhooks/{name}")
    head = service.request("HEAD", f"/webhooks/{name}")
    assert head.status == 200
    assert head.header("content-length") == str(len(got.body))
    assert head.header("content-type") == got.header("content-type")


def test_options_tells_the_methods(service):
    response = service.request("OPTIONS", "/webhooks")
    assert response.status in (200, 204)
    assert {"POST", "OPTIONS"} <= set(response.header("allow").split(", "))


def test_health_needs_no_key(service):
    for path in ("/healthz", "/readyz"):
        response = rest.request(service.gateway.address, "GET", path, {})
        assert response.status == 200
        head = rest.request(service.gateway.address, "HEAD", path, {})
        assert head.status == 200


def test_hundreds_of_idle_connections_are_kept(service):
    with contextlib.ExitStack() as stack:
        connections = [
            stack.enter_context(rest.Connection(service.gateway.address))
            for _ in range(500)]
        for connection in connections:
            connection.send(rest.encode("GET", "/healthz", {}))
        assert {c.read().status for c in connections} == {200}
        assert service.post(REFERENCE).status == 201
        for connection in connections:
            connection.send(rest.encode("GET", "/healthz", {}))
        assert {c.read().status for c in connections} == {200}
