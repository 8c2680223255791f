"""PUT, PATCH and DELETE of webhooks over REST, as published clients use them."""

import pytest

from service import REFERENCE
from webhook_resource import assert_changed, make, path


# PUT and DELETE as the SDK makes them: no body, no content type, 201.

@pytest.mark.parametrize("headers", [
    {"content-length": None}, {}, {"transfer-encoding": "chunked"}],
    ids=["nothing", "length 0", "empty chunks"])
def test_put_without_a_body_changes_nothing(service, headers):
    webhook = make(service)
    response = service.request("PUT", path(webhook), headers={
        **headers, "accept": "application/json"})
    assert response.status == 201
    assert response.json() == webhook


@pytest.mark.parametrize("body", [{}, {"active": True}])
def test_put_of_what_is_changes_nothing(service, body):
    webhook = make(service)
    response = service.request("PUT", path(webhook), body)
    assert response.status == 201
    assert response.json() == webhook


def test_put_stops_and_starts_a_webhook(service):
    webhook = make(service)
    stopped = service.request("PUT", path(webhook), {"active": False})
    assert stopped.status == 201
    assert_changed(webhook, stopped.json(), active=False)
    started = service.request("PUT", path(webhook), {"active": True})
    assert_changed(stopped.json(), started.json(), active=True)


def test_put_refuses_null_and_unknown_keys(service):
    response = service.request("PUT", path(make(service)),
                               {"active": None, "color": "red"})
    assert response.status == 400
    assert set(response.fields()) == {"active", "color"}


def test_delete_answers_once_with_what_was_deleted(service):
    webhook = make(service)
    response = service.request("DELETE", path(webhook))
    assert response.status == 201
    assert response.json() == webhook
    for again in ("DELETE", "GET", "PUT"):
        response = service.request(again, path(webhook))
        assert response.status == 404
        assert response.reason() == "WEBHOOK_NOT_FOUND"


def test_an_id_may_be_percent_encoded(service):
    webhook = make(service)
    escaped = webhook["id_webhook_endpoint"].replace("-", "%2D")
    response = service.request("DELETE", f"/webhooks/{escaped}")
    assert response.status == 201


# PATCH: absent keeps, null clears, a value sets.

@pytest.mark.parametrize("body, changes", [
    ({"url": "https://new.example/"}, {"url": "https://new.example/"}),
    ({"url": None}, {"url": None}),
    ({"description": "new"}, {"endpoint_description": "new"}),
    ({"description": None}, {"endpoint_description": None}),
    ({"description": ""}, {"endpoint_description": ""}),
    ({"scope": ["x.y", "z"]}, {"scope": ["x.y", "z"]}),
    ({"scope": None}, {"scope": None}),
    ({"active": False}, {"active": False}),
    ({"url": None, "scope": None, "active": False},
     {"url": None, "scope": None, "active": False}),
])
def test_patch_changes_what_it_names_and_keeps_the_rest(
        service, body, changes):
    webhook = make(service)
    response = service.request("PATCH", path(webhook), body)
    assert response.status == 200
    assert_changed(webhook, response.json(), **changes)
    assert service.get(path(webhook)).json() == response.json()


@pytest.mark.parametrize("body", [
    b"", {}, {"url": REFERENCE["url"], "description": REFERENCE["description"],
              "scope": REFERENCE["scope"], "active": True}])
def test_patch_that_changes_nothing_leaves_last_update_and_etag(service, body):
    webhook = make(service)
    etag = service.get(path(webhook)).header("etag")
    response = service.request("PATCH", path(webhook), body)
    assert response.status == 200
    assert response.json() == webhook
    assert response.header("etag") == etag


def test_patch_takes_the_media_type_of_merge_patches(service):
    response = service.request(
        "PATCH", path(make(service)), {"description": None},
        headers={"content-type": "application/merge-patch+json"})
    assert response.status == 200


def test_patch_is_all_or_nothing(service):
    webhook = make(service)
    change = {"description": "new", "url": "nonsense", "scope": ["not valid"]}
    response = service.request("PATCH", path(webhook), change)
    assert response.status == 400
    assert set(response.fields()) == {"url", "scope[0]"}
    response = service.request("PATCH", path(webhook),
                               {**change, "active": None})
    assert response.status == 400
    assert response.fields() == ["active"]
    assert service.get(path(webhook)).json() == webhook


@pytest.mark.parametrize("body, field", [
    ({"scope": []}, "scope"), ({"update_mask": "url"}, "update_mask"),
    ({"etag": "x"}, "etag"), ({"secret": "whsec_x"}, "secret"),
    ({"id": "x"}, "id")])
def test_patch_refuses_what_is_no_field_of_it(service, body, field):
    response = service.request("PATCH", path(make(service)), body)
    assert response.status == 400
    assert response.fields() == [field]
