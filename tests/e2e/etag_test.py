"""Entity-tags: conditional changes, and answers without a body."""

import re

import pytest

from service import REFERENCE
from webhook_resource import path


def test_every_answer_with_one_webhook_has_its_etag(service):
    created = service.post(REFERENCE)
    webhook = created.json()
    etag = created.header("etag")
    assert re.fullmatch(r'"[\x21\x23-\x7e]+"', etag)
    assert service.get(path(webhook)).header("etag") == etag
    patched = service.request("PATCH", path(webhook), {"url": None})
    assert patched.header("etag") != etag


CHANGES = pytest.mark.parametrize("method, suffix, body", [
    ("PATCH", "", {"url": None}), ("PUT", "", {"active": False}),
    ("DELETE", "", b""), ("POST", ":rotateSecret", b"")])


@CHANGES
def test_a_stale_etag_changes_nothing(service, method, suffix, body):
    created = service.post(REFERENCE)
    webhook = created.json()
    current = service.request("PATCH", path(webhook), {"description": "new"})
    response = service.request(method, path(webhook, suffix), body, headers={
        "if-match": created.header("etag")})
    assert response.status == 412
    assert response.error()["status"] == "ABORTED"
    assert response.error()["code"] == 412
    assert response.reason() == "ETAG_MISMATCH"
    assert service.get(path(webhook)).json() == current.json()


@CHANGES
@pytest.mark.parametrize("condition", ["{}", '"other", {}', "*"])
def test_a_change_is_made_under_an_etag_that_matches(
        service, method, suffix, body, condition):
    created = service.post(REFERENCE)
    webhook = created.json()
    response = service.request(method, path(webhook, suffix), body, headers={
        "if-match": condition.format(created.header("etag"))})
    assert response.status in (200, 201)
    after = service.get(path(webhook))
    assert after.status == 404 or after.json() != webhook


def test_a_weak_or_malformed_if_match_is_never_taken_for_the_etag(service):
    created = service.post(REFERENCE)
    etag = created.header("etag")
    for condition, status in ((f"W/{etag}", 412), (etag.strip('"'), 400),
                              ("", 400)):
        response = service.request("DELETE", path(created.json()), headers={
            "if-match": condition})
        assert response.status == status, condition


def test_if_none_match_saves_the_body(service):
    created = service.post(REFERENCE)
    etag = created.header("etag")
    for condition in (etag, f"W/{etag}", f'"a", {etag}', "*"):
        response = service.get(path(created.json()),
                               headers={"if-none-match": condition})
        assert response.status == 304
        assert response.header("etag") == etag
        assert response.body == b""
    response = service.get(path(created.json()),
                           headers={"if-none-match": '"other"'})
    assert response.status == 200


def test_a_condition_that_nothing_judges_is_refused(service):
    for condition in ('"x"', "*"):
        response = service.request("POST", "/webhooks", REFERENCE,
                                   headers={"if-match": condition})
        assert response.status == 400
        assert response.fields() == ["if-match"]
    response = service.request("POST", "/webhooks", REFERENCE,
                               headers={"if-none-match": "*"})
    assert response.status == 400
