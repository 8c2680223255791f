"""Bodies that are refused with 400, and unusual bodies that are accepted."""

import json

import pytest

from service import REFERENCE

VALID = json.dumps(REFERENCE).encode()


def with_url(url):
    return {**REFERENCE, "url": url}


def with_scope(scope):
    return {**REFERENCE, "scope": scope}


def violations(response):
    assert response.status == 400, response.body
    assert response.error()["status"] == "INVALID_ARGUMENT"
    assert response.error()["code"] == 400
    assert list(response.json()) == ["error"]
    return response.fields()


@pytest.mark.parametrize("body", [
    b"{", b'{"url":null,"scope":null', b'{"url":null,"scope":null}x',
    b'{"url":null,"scope":null}{}', b"{'url':null,'scope':null}",
    b'{url:null,scope:null}', b'{"url":null,"scope":null,}',
    b'{"url":null,"scope":["a",]}', b'{"url":null /* */,"scope":null}',
    b'{"url":nul,"scope":null}', b'{"url":NaN,"scope":null}',
    b'{"url":"\xff","scope":null}', b'{"url":"\xc0\xaf","scope":null}',
    b'{"url":"\xed\xa0\x80","scope":null}', b'{"url":"\\ud800","scope":null}',
    b'{"url":"\\udc00\\ud800","scope":null}', b'{"url":"\n","scope":null}',
    b'{"url":"\\x","scope":null}', b"\xef\xbb\xbf" + VALID, b" ",
    b'{"url":null,"scope":' + b"[" * 100 + b"]" * 100 + b"}",
    b"[" * 500_000, b'{"a":' * 100_000,
], ids=[
    "half an object", "no end", "trailing garbage", "a second value",
    "single quotes", "bare keys", "comma before brace", "comma before bracket",
    "comment", "unknown literal", "NaN", "invalid UTF-8", "overlong UTF-8",
    "surrogate in UTF-8", "lone surrogate", "surrogates in the wrong order",
    "control character", "unknown escape", "byte order mark", "white space",
    "too deep", "bomb of arrays", "bomb of objects"])
def test_what_is_not_json_is_refused(service, body):
    response = service.post(body)
    assert response.status == 400
    assert response.error()["status"] == "INVALID_ARGUMENT"
    assert response.reason() in ("MALFORMED_JSON", "INVALID_REQUEST")


@pytest.mark.parametrize("body, fields", [
    (b'{"url":null,"url":null,"scope":null}', ["url"]),
    (b'{"url":null,"\\u0075rl":null,"scope":null}', ["url"]),
    (b'{"url":null,"scope":null,"nonsense":1}', ["nonsense"]),
    (b'{"url":null,"scope":null,"id_project":"x"}', ["id_project"]),
    (b'{"url":null}', ["scope"]),
    (b'{"scope":null}', ["url"]),
    (b"{}", ["scope", "url"]),
    (b'{"url":1,"scope":null}', ["url"]),
    (b'{"url":true,"scope":null}', ["url"]),
    (b'{"url":{},"scope":null}', ["url"]),
    (b'{"url":null,"scope":"a"}', ["scope"]),
    (b'{"url":null,"scope":{}}', ["scope"]),
    (b'{"url":null,"scope":[1]}', ["scope[0]"]),
    (b'{"url":null,"scope":["a",null]}', ["scope[1]"]),
    (b'{"url":null,"scope":[["a"]]}', ["scope[0]"]),
    (b'{"url":null,"scope":[]}', ["scope"]),
    (b'{"url":null,"scope":null,"description":[]}', ["description"]),
    (b'{"url":1,"scope":2,"description":3,"x":4}',
     ["description", "scope", "url", "x"]),
], ids=[
    "duplicate key", "duplicate key that is escaped", "unknown key",
    "the project", "no scope", "no url", "neither", "url a number",
    "url a boolean", "url an object", "scope a string", "scope an object",
    "event type a number", "event type null", "event type a list",
    "scope empty", "description a list", "everything at once"])
def test_what_is_not_a_request_is_refused_with_every_violation(
        service, body, fields):
    assert sorted(violations(service.post(body))) == fields


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"x"', b"1"])
def test_what_is_not_an_object_is_refused(service, body):
    assert service.post(body).status == 400


@pytest.mark.parametrize("url", [
    "/webhook_receiver", "//acme.com/x", "acme.com/x", "", " ",
    "http://acme.com/", "ftp://acme.com/", "file:///etc/passwd",
    "javascript:alert(1)", "https://user@acme.com/", "https://u:p@acme.com/",
    "https://", "https:///path", "https://:443/", "https://?x",
    "https://acme.com/" + "a" * 2032, "https://acme.com/\t", "https://acme\n.com",
    "https://acme.com/\0", "https://acme.com/a b", "https://acme.com:0/",
    "https://acme.com:65536/", "https://acme.com:x/", "https://[::1", "https://[1]/",
    "https://[fe80::1%25eth0]/", "https://0x7f.1/", "https://2130706433/",
    "https://acme.com/%zz", "https://acme.com/#part", "https://grüße.example/",
    "https://" + "a" * 64 + ".com/", "https://a..b/", "https:\\\\acme.com\\"])
def test_a_url_that_is_not_an_absolute_https_url_is_refused(service, url):
    response = service.post(with_url(url))
    assert violations(response) == ["url"]
    assert response.reason() == "INVALID_URL"


@pytest.mark.parametrize("url", [
    "https://acme.com", "HTTPS://ACME.com/", "https://acme.com:8443/x?y=z&a=%2F",
    "https://127.0.0.1/", "https://[2001:db8::1]:443/", "https://a_b.example/",
    "https://xn--gre-6ka8b.example/gr%C3%BC%C3%9Fe", "https://acme.com./",
    "https://acme.com/" + "a" * 2031])
def test_a_url_that_is_one_is_kept_as_it_was_given(service, url):
    response = service.post(with_url(url))
    assert response.status == 201, response.body
    assert response.json()["url"] == url


@pytest.mark.parametrize("scope, fields", [
    (["a", "b", "a"], ["scope[2]"]), (["a b"], ["scope[0]"]),
    (["a", "b..c", ".d"], ["scope[1]", "scope[2]"]), ([""], ["scope[0]"]),
    (["a" * 257], ["scope[0]"]), (["é"], ["scope[0]"]), (["a\0"], ["scope[0]"]),
    (["*"], ["scope[0]"]), ([f"a{i}" for i in range(101)], ["scope"]),
], ids=["repeated", "space", "empty segments", "empty", "long", "not ASCII",
        "NUL", "wildcard", "too many"])
def test_a_scope_that_is_malformed_is_refused(service, scope, fields):
    response = service.post(with_scope(scope))
    assert violations(response) == fields
    assert response.reason() == "INVALID_SCOPE"


@pytest.mark.parametrize("description", ["a" * 1025, "a\0b", "a\x1bb"])
def test_a_description_that_is_too_long_or_has_controls_is_refused(
        service, description):
    response = service.post({**REFERENCE, "description": description})
    assert violations(response) == ["description"]
    assert response.reason() == "INVALID_DESCRIPTION"


def test_a_description_is_counted_in_characters(service):
    response = service.post({**REFERENCE, "description": "ü" * 1024})
    assert response.status == 201


def test_what_the_server_refuses_is_told_at_once(service):
    response = service.post({"url": "x", "description": "\a", "scope": ["-"]})
    assert violations(response) == ["url", "description", "scope[0]"]
    assert response.reason() == "INVALID_REQUEST"


def test_white_space_around_the_body_is_fine(service):
    assert service.post(b" \r\n\t" + VALID + b"\n ").status == 201


@pytest.mark.parametrize("body, fields", [
    ({"url": "nope", "scope": []}, ["scope"]),
    ({"url": "nope"}, ["scope"]),
    ({"url": "nope", "scope": None, "nonsense": 1}, ["nonsense"]),
    ({"url": "nope", "scope": ["a", 1, "-"]}, ["scope[1]"]),
], ids=["scope empty", "no scope", "unknown key", "event type a number"])
def test_what_is_wrong_with_the_form_is_told_before_the_meaning(
        service, body, fields):
    response = service.post(body)
    assert violations(response) == fields
    assert response.reason() == "INVALID_REQUEST"


def test_both_processes_name_a_field_in_one_way(service):
    for value, reason in ((1, "INVALID_REQUEST"),
                          ("\a", "INVALID_DELIVERY_SETTINGS")):
        response = service.post(
            {**REFERENCE, "delivery": {"headers": {"x-h": value}}})
        assert violations(response) == ['delivery.headers["x-h"]']
        assert response.reason() == reason


def test_a_bad_key_is_401_whatever_the_body_is(service):
    response = service.post({"url": "nope"}, headers={"x-api-key": "nobody's"})
    assert response.status == 401
    assert response.reason() == "API_KEY_INVALID"


def test_at_most_100_violations_are_told(service):
    unknown = {f"unknown_key_{i}": 1 for i in range(200)}
    assert len(violations(service.post({**REFERENCE, **unknown}))) == 100
