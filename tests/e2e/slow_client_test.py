"""A slow client occupies only a socket, for a limited time."""

import pytest

import rest
from service import Service

HEAD = (b"POST /webhooks HTTP/1.1\r\nhost: a\r\n"
        b"content-type: application/json\r\nx-api-key: k\r\n")


@pytest.fixture(scope="module")
def impatient(tmp_path_factory):
    service = Service(tmp_path_factory.mktemp("impatient"))
    try:
        service.start_server()
        service.start_gateway("--header_timeout=1s", "--body_timeout=1s",
                              "--idle_timeout=1s")
        service.await_ready()
        yield service
    finally:
        service.stop()


@pytest.mark.parametrize("data", [
    b"P", b"POST /webhooks HTTP/1.1\r\nhost:", HEAD,
    HEAD + b"content-length: 10\r\n\r\n", HEAD + b"content-length: 10\r\n\r\n{",
    HEAD + b"transfer-encoding: chunked\r\n\r\n5\r\n{",
], ids=["one byte", "half a header", "no end of headers", "no body",
        "half a body", "half a chunk"])
def test_what_does_not_arrive_in_time_is_408(impatient, data):
    response, closed = rest.exchange(impatient.gateway.address, data)
    assert response.status == 408
    assert response.reason() == "REQUEST_TIMEOUT"
    assert closed


def test_an_idle_connection_is_closed_without_a_word(impatient):
    with rest.Connection(impatient.gateway.address) as connection:
        assert connection.is_closed()


def test_a_connection_that_is_idle_after_a_request_is_closed(impatient):
    with rest.Connection(impatient.gateway.address) as connection:
        connection.send(rest.encode("GET", "/healthz", {}))
        assert connection.read().status == 200
        assert connection.is_closed()
