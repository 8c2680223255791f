"""verifyEvent, which checks a signature for a receiver."""

import base64
import hashlib
import hmac
import json
import time

import pytest


def sign(data, secret):
    return hmac.new(secret.encode(), data.encode(), hashlib.sha256).hexdigest()


def verify(service, body):
    return service.request("POST", "/webhooks/verifyEvent", body.encode())


# What stands in `data`, and what JSON.stringify makes of it.
@pytest.mark.parametrize("data, signed", [
    ("{}", "{}"),
    ('{ "b" : 1.0, "a" : [ 1e3, -0, 1e21 ] }', '{"b":1,"a":[1000,0,1e+21]}'),
    ('{"z":1,"2":2,"10":3,"1":4}', '{"1":4,"2":2,"10":3,"z":1}'),
    ('"é\\u00e9\\/\\u0007"', '"éé/\\u0007"'),
    ("9007199254740993", "9007199254740992"),
    ("null", "null")])
def test_a_signed_event_is_answered_with_its_payload(service, data, signed):
    payload = f'{{"id_event":"1","data":{data},"big":12345678901234567890.10}}'
    response = verify(service, f'{{"payload":{payload},"secret":"whsec_s",'
                      f'"signature":"{sign(signed, "whsec_s")}"}}')
    assert response.status == 201
    assert json.loads(response.body) == json.loads(payload)
    assert b'"big":12345678901234567890.10' in response.body


@pytest.mark.parametrize("change", [
    {"signature": None}, {"secret": None}, {"payload": None},
    {"signature": "0" * 64}, {"secret": "other"}, {"payload": {"data": 2}},
    {"payload": {}}, {"payload": [1]}, {"payload": "text"}])
def test_an_event_that_is_not_signed_so_is_refused(service, change):
    body = {"payload": {"data": 1}, "secret": "s", "signature": sign("1", "s")}
    assert verify(service, json.dumps(body)).status == 201
    response = verify(service, json.dumps({**body, **change}))
    assert response.status == 400
    assert response.reason() == "SIGNATURE_MISMATCH"
    assert sign("1", "s") not in response.body.decode()


def test_a_payload_with_a_key_twice_is_refused(service):
    response = verify(service, '{"payload":{"data":{"a":1,"a":2}},'
                      '"secret":"s","signature":"x"}')
    assert response.status == 400
    assert "payload" in response.fields()


def test_the_headers_of_standard_webhooks_are_verified(service):
    key = b"0123456789abcdef01234567"
    secret = "whsec_" + base64.b64encode(key).decode()
    body = '{"id_event": "1", "data": {"price": 1.00}}'
    now = str(int(time.time()))
    signed = hmac.new(key, f"1.{now}.{body}".encode(), hashlib.sha256).digest()
    request = {"body": body, "secret": secret, "webhook_id": "1",
               "webhook_timestamp": now,
               "webhook_signature": "v1," + base64.b64encode(signed).decode()}
    response = verify(service, json.dumps(request))
    assert (response.status, response.body.decode()) == (201, body)
    for change in ({"webhook_id": "2"}, {"webhook_timestamp": "1614265330"},
                   {"webhook_signature": "v1,AAAA"}, {"body": body + " "}):
        response = verify(service, json.dumps({**request, **change}))
        assert (response.status, response.reason()) == (
            400, "SIGNATURE_MISMATCH")


def test_a_standard_signature_in_the_wrong_field_is_named(service):
    response = verify(service, json.dumps(
        {"payload": {"data": 1}, "secret": "s", "signature": "v1,AAAA"}))
    assert "webhook_signature" in response.error()["message"]
