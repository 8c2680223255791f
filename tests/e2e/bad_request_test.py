"""Requests that are refused for a reason other than the content of the body."""

import json

import pytest

import rest
from service import REFERENCE

BODY = json.dumps(REFERENCE).encode()


@pytest.mark.parametrize("headers, reason", [
    ({}, "API_KEY_MISSING"),
    ({"x-api-key": ""}, "API_KEY_MISSING"),
    ({"x-api-key": "nobody's"}, "API_KEY_INVALID"),
    ({"authorization": "Bearer x"}, "API_KEY_MISSING"),
], ids=["no key", "empty key", "unknown key", "a key of another kind"])
def test_a_request_without_a_known_key_is_401(service, headers, reason):
    response = rest.request(
        service.gateway.address, "POST", "/webhooks",
        {"content-type": "application/json", **headers}, BODY)
    assert response.status == 401
    assert response.error()["status"] == "UNAUTHENTICATED"
    assert response.reason() == reason


@pytest.mark.parametrize("path", [
    "/", "/webhook", "/webhooks/", "/webhooks/a/b", "/Webhooks",
    "/webhooks.v1.WebhookService/Create", "//webhooks"])
def test_an_unknown_path_is_404(service, path):
    response = service.request("POST", path, REFERENCE)
    assert response.status == 404
    assert response.error()["status"] == "NOT_FOUND"


@pytest.mark.parametrize("method, path, allowed", [
    ("DELETE", "/webhooks", {"POST"}),
    ("POST", "/webhooks/01920000-0000-7000-8000-000000000000", {"GET", "HEAD"}),
    ("POST", "/healthz", {"GET", "HEAD"}),
])
def test_a_method_that_a_path_does_not_know_is_405_with_allow(
        service, method, path, allowed):
    response = service.request(method, path)
    assert response.status == 405
    assert allowed <= set(response.header("allow").split(", "))
    assert method not in response.header("allow").split(", ")


@pytest.mark.parametrize("method", ["NONSENSE", "post", "TRACE", "CONNECT"])
def test_an_unknown_method_is_501(service, method):
    target = "a:80" if method == "CONNECT" else "/webhooks"
    response, _ = rest.exchange(
        service.gateway.address,
        f"{method} {target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"
        .encode())
    assert response.status == 501
    assert response.reason() == "METHOD_UNKNOWN"


@pytest.mark.parametrize("content_type", [
    "text/plain", "application/x-www-form-urlencoded", "application/json5", ""])
def test_another_content_type_is_415(service, content_type):
    response = service.post(REFERENCE, headers={"content-type": content_type})
    assert response.status == 415


def test_a_415_to_a_patch_says_what_a_patch_takes(service):
    name = service.post(REFERENCE).json()["id_webhook_endpoint"]
    response = service.request("PATCH", f"/webhooks/{name}", {"url": None},
                               headers={"content-type": "text/plain"})
    assert response.status == 415
    assert "application/merge-patch+json" in response.header("accept-patch")


@pytest.mark.parametrize("headers", [
    {}, {"content-type": "application/json"}, {"content-type": "text/plain"}],
    ids=["no type", "JSON", "text"])
def test_a_body_where_none_belongs_is_400_whatever_its_type(service, headers):
    name = service.post(REFERENCE).json()["id_webhook_endpoint"]
    response = rest.request(service.gateway.address, "GET", f"/webhooks/{name}",
                            {"x-api-key": service.key, **headers}, b"{}")
    assert response.status == 400
    assert response.reason() == "INVALID_REQUEST"


def test_a_body_that_is_compressed_is_415(service):
    response = service.post(REFERENCE, headers={"content-encoding": "gzip"})
    assert response.status == 415


@pytest.mark.parametrize("content_type", [
    "application/json; charset=utf-8", "Application/JSON;charset=UTF-8",
    "application/json; charset=utf8", "application/json; charset=latin-1"])
def test_json_is_accepted_whatever_its_charset(service, content_type):
    response = service.post(REFERENCE, headers={"content-type": content_type})
    assert response.status == 201


def test_a_body_over_the_limit_is_413_before_it_is_sent(service):
    head = rest.encode("POST", "/webhooks", {
        "x-api-key": service.key, "content-type": "application/json"})
    head = head.replace(b"content-length: 0", b"content-length: 1048577")
    response, closed = rest.exchange(service.gateway.address, head)
    assert response.status == 413
    assert closed


def test_a_chunked_body_over_the_limit_is_413(service):
    head = (b"POST /webhooks HTTP/1.1\r\nhost: a\r\n"
            b"content-type: application/json\r\nx-api-key: k\r\n"
            b"transfer-encoding: chunked\r\n\r\n")
    data = head + b"100001\r\n" + b" " * 0x100001
    response, closed = rest.exchange(service.gateway.address, data)
    assert response.status == 413
    assert closed


def test_a_body_at_the_limit_is_read(service):
    assert service.post(BODY + b" " * (1048576 - len(BODY))).status == 201


@pytest.mark.parametrize("data", [
    b"GET /webhooks HTTP/1.1\r\nhost: a\r\nx: " + b"a" * 17000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nhost: a\r\n" + b"a: b\r\n" * 4000 + b"\r\n",
], ids=["one header", "many headers"])
def test_headers_over_the_limit_are_431(service, data):
    response, closed = rest.exchange(service.gateway.address, data)
    assert response.status == 431
    assert closed


def test_a_target_over_the_limit_is_414(service):
    response, closed = rest.exchange(
        service.gateway.address,
        b"GET /" + b"a" * 17000 + b" HTTP/1.1\r\nhost: a\r\n\r\n")
    assert response.status == 414
    assert response.reason() == "TARGET_TOO_LONG"
    assert closed


@pytest.mark.parametrize("codings", [b"gzip, chunked", b"xchunked"])
def test_an_unknown_transfer_coding_is_501_and_closes(service, codings):
    response, closed = rest.exchange(
        service.gateway.address,
        POST + b"host: a\r\ntransfer-encoding: " + codings
        + b"\r\n\r\n0\r\n\r\n")
    assert response.status == 501
    assert response.reason() == "TRANSFER_CODING_UNKNOWN"
    assert closed


def last(service, head, body=b""):
    """Sends a request with the key, on a new connection. Returns the answer."""
    return rest.exchange(
        service.gateway.address,
        head + b"host: a\r\nconnection: close\r\nx-api-key: "
        + service.key.encode() + b"\r\n\r\n" + body)[0]


def test_an_absolute_target_is_taken_for_its_path(service):
    name = service.post(REFERENCE).json()["id_webhook_endpoint"].encode()
    assert last(service, b"GET http://gateway.example:8080/webhooks/" + name
                + b" HTTP/1.1\r\n").status == 200
    assert last(service, b"OPTIONS * HTTP/1.1\r\n").status == 204


def test_chunk_extensions_and_trailers_are_discarded(service):
    body = b'%x;a;b="c;"\r\n' % len(BODY) + BODY
    body += b"\r\n0\r\nx-checksum: 1\r\ncontent-length: 5\r\n\r\n"
    response = last(service, POST + b"content-type: application/json\r\n"
                    b"transfer-encoding: chunked\r\n", body)
    assert response.status == 201, response.body


def test_a_401_says_how_to_authenticate(service):
    response = rest.request(service.gateway.address, "GET", "/webhooks", {})
    assert response.status == 401
    assert response.header("www-authenticate") == 'ApiKey realm="webhooks"'


POST = b"POST /webhooks HTTP/1.1\r\n"
JSON = b"content-type: application/json\r\nx-api-key: k\r\n"


@pytest.mark.parametrize("data", [
    POST + b"content-length: 2\r\n\r\n{}",
    POST + b"host: a\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}",
    POST + b"host: a b\r\ncontent-length: 2\r\n\r\n{}",
    POST + b"host: a\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n"
    b"0\r\n\r\n",
    POST + b"host: a\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\n{}",
    POST + b"host: a\r\ncontent-length: 2, 2\r\n\r\n{}",
    POST + b"host: a\r\ncontent-length: +2\r\n\r\n{}",
    POST + b"host: a\r\ncontent-length: 0x2\r\n\r\n{}",
    POST + b"host: a\r\ncontent-length: -1\r\n\r\n{}",
    POST + b"host: a\r\ncontent-length: 99999999999999999999\r\n\r\n{}",
    POST + b"host: a\r\ntransfer-encoding: chunked\r\n"
    b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /webhooks HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
    b"0\r\n\r\n",
    POST + b"host: a\r\n" + JSON + b"transfer-encoding: chunked\r\n\r\n"
    b"zz\r\n{}\r\n0\r\n\r\n",
    POST + b"host: a\r\nx: a\r\n b\r\ncontent-length: 2\r\n\r\n{}",
    POST + b"host: a\r\ncontent-length : 2\r\n\r\n{}",
    POST + b"host: a\r\n: b\r\n\r\n",
    POST + b"host: a\r\nx: a\0b\r\n\r\n",
    POST + b"host: a\nx: b\n\n",
    b"GET ftp://a/webhooks HTTP/1.1\r\nhost: a\r\n\r\n",
    b"GET * HTTP/1.1\r\nhost: a\r\n\r\n",
    b"GET a:80 HTTP/1.1\r\nhost: a\r\n\r\n",
    b"GET webhooks HTTP/1.1\r\nhost: a\r\n\r\n",
    b"GET  /webhooks HTTP/1.1\r\nhost: a\r\n\r\n",
    b"GET /a b HTTP/1.1\r\nhost: a\r\n\r\n",
    b"GET /webhooks#x HTTP/1.1\r\nhost: a\r\n\r\n",
    b"GET /webhooks\r\n\r\n",
    b"GET /webhooks HTTP/2.0\r\nhost: a\r\n\r\n",
    b"G@T /webhooks HTTP/1.1\r\nhost: a\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
], ids=[
    "no host", "two hosts", "host with a space", "both framings",
    "two lengths", "list of lengths", "signed length", "hexadecimal length",
    "negative length", "length too large", "two encodings", "encoding on 1.0", "chunk size", "folded header",
    "space before colon", "no header name", "NUL in a header", "bare line feeds",
    "absolute form", "asterisk form", "authority form", "no slash",
    "two spaces", "space in the target", "fragment", "no version",
    "version 2", "method no token", "a TLS client"])
def test_framing_that_could_be_read_in_two_ways_is_400_and_closes(
        service, data):
    response, closed = rest.exchange(service.gateway.address, data)
    assert response.status == 400
    assert response.reason() == "MALFORMED_REQUEST"
    assert closed


@pytest.mark.parametrize("path", [
    "/webhooks/%", "/webhooks/%zz", "/webhooks/%ff", "/webhooks/%00"])
def test_a_path_that_cannot_be_decoded_is_400(service, path):
    assert service.get(path).status == 400


def test_a_query_that_no_field_takes_is_400(service):
    name = service.post(REFERENCE).json()["id_webhook_endpoint"]
    response = service.get(f"/webhooks/{name}?nonsense=1")
    assert response.status == 400
    assert response.fields() == ["nonsense"]


@pytest.mark.parametrize("timeout", ["", "1", "S", "-1S", "123456789S", "1x"])
def test_a_malformed_deadline_is_400(service, timeout):
    response = service.post(REFERENCE, headers={"grpc-timeout": timeout})
    assert response.status == 400
    assert response.reason() == "INVALID_HEADER"


def test_a_clients_own_grpc_metadata_goes_nowhere(service):
    response = service.post(REFERENCE, headers={
        "grpc-status": "0", "x-anything-bin": "%%%", "te": "trailers"})
    assert response.status == 201
