"""The whole webhooks resource over REST, as published clients use it."""

import datetime
import hashlib
import hmac
import json
import re
import urllib.parse

import pytest

from contract import KEYS, secret_bytes
from service import REFERENCE


def make(service, **changes):
    response = service.post({**REFERENCE, **changes})
    assert response.status == 201
    return response.json()


def path(webhook, suffix=""):
    return f"/webhooks/{webhook['id_webhook_endpoint']}{suffix}"


def time_of(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def assert_changed(before, after, **changes):
    """`after` is `before` with `changes`, made later."""
    assert list(after) == KEYS
    assert after == {**before, **changes, "last_update": after["last_update"]}
    assert time_of(after["last_update"]) > time_of(before["last_update"])


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
    response = service.request("PATCH", path(webhook), {
        "description": "new", "url": "nonsense", "scope": ["not valid"],
        "active": None})
    assert response.status == 400
    assert set(response.fields()) == {"url", "scope[0]", "active"}
    assert service.get(path(webhook)).json() == webhook


@pytest.mark.parametrize("body, field", [
    ({"scope": []}, "scope"), ({"update_mask": "url"}, "update_mask"),
    ({"etag": "x"}, "etag"), ({"secret": "whsec_x"}, "secret"),
    ({"id": "x"}, "id")])
def test_patch_refuses_what_is_no_field_of_it(service, body, field):
    response = service.request("PATCH", path(make(service)), body)
    assert response.status == 400
    assert response.fields() == [field]


# Entity-tags.

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


# Lists.

@pytest.fixture(scope="module")
def listed(service):
    """A key whose project has seven webhooks, and those."""
    with service.channel() as channel:
        headers = {"x-api-key": service.admin(channel).new_key("listed")}
    webhooks = [service.post({
        "url": f"https://a.example/{i % 2}", "scope": ["a.b"] if i < 4 else None},
        headers=headers).json() for i in range(7)]
    webhooks[5] = service.request("PUT", path(webhooks[5]), {"active": False},
                                  headers=headers).json()
    # As the list has them: those of one millisecond in the order of their ids.
    return headers, sorted(webhooks, key=lambda w: w["id_webhook_endpoint"])


def next_page(response):
    link = response.header("link")
    if link is None:
        return None
    return re.fullmatch(r'<(/webhooks\?.*)>; rel="next"', link)[1]


def pages(service, target, headers):
    while target is not None:
        response = service.get(target, headers=headers)
        assert response.status == 200, response
        yield response.json()
        target = next_page(response)


def test_a_list_is_a_bare_array_oldest_first(service, listed):
    headers, webhooks = listed
    response = service.get("/webhooks", headers=headers)
    assert response.status == 200
    assert response.json() == webhooks
    assert response.header("link") is None
    assert response.header("etag") is None


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8, 1000, 5000])
def test_pages_follow_one_another_by_their_links(service, listed, size):
    headers, webhooks = listed
    got = list(pages(service, f"/webhooks?page_size={size}", headers))
    assert [w for page in got for w in page] == webhooks
    assert all(len(page) == size for page in got[:-1])


@pytest.mark.parametrize("query, wanted", [
    ("active=true", lambda w: w["active"]),
    ("active=false", lambda w: not w["active"]),
    ("event_type=a.b", lambda w: True),
    ("event_type=other", lambda w: w["scope"] is None),
    ("url=https%3A%2F%2Fa.example%2F1", lambda w: w["url"][-1] == "1"),
    ("active=true&event_type=other&url=https://a.example/0",
     lambda w: w["active"] and w["scope"] is None and w["url"][-1] == "0"),
    ("url=https://nobody.example/", lambda w: False)])
def test_filters_hold_over_all_pages(service, listed, query, wanted):
    headers, webhooks = listed
    got = pages(service, f"/webhooks?page_size=2&{query}", headers)
    assert [w for page in got for w in page] == list(filter(wanted, webhooks))


def test_a_page_stays_right_while_rows_come_and_go(service):
    with service.channel() as channel:
        headers = {"x-api-key": service.admin(channel).new_key()}
    made = [service.post(REFERENCE, headers=headers).json() for _ in range(6)]
    made.sort(key=lambda w: w["id_webhook_endpoint"])
    first = service.get("/webhooks?page_size=2", headers=headers)
    for gone in (made[1], made[3]):
        service.request("DELETE", path(gone), headers=headers)
    new = service.post(REFERENCE, headers=headers).json()
    rest = [w for page in pages(service, next_page(first), headers)
            for w in page]
    assert rest == [made[2], made[4], made[5], new]


@pytest.mark.parametrize("query, reason", [
    ("page_size=-1", "INVALID_REQUEST"), ("page_size=x", "INVALID_REQUEST"),
    ("page_token=nonsense", "INVALID_PAGE_TOKEN"),
    ("event_type=a..b", "INVALID_REQUEST"),
    ("active=maybe", "INVALID_REQUEST"), ("color=red", "INVALID_REQUEST")])
def test_a_list_that_cannot_be_is_refused(service, query, reason):
    response = service.get(f"/webhooks?{query}")
    assert response.status == 400
    assert response.reason() == reason


@pytest.mark.parametrize("target", [
    "/webhooks?event_type=a..b", "/events?type=a..b",
    "/deliveries?event_type=a..b"])
def test_all_that_is_wrong_with_a_list_is_told_at_once(service, target):
    response = service.get(f"{target}&page_size=-1&page_token=x&color=red")
    assert response.status == 400
    assert sorted(f.split(".")[-1] for f in response.fields()) == sorted(
        ["color", target.split("?")[1].split("=")[0], "page_size",
         "page_token"])


def test_a_page_token_is_good_for_its_filters_only(service, listed):
    headers, _ = listed
    link = next_page(service.get("/webhooks?page_size=1", headers=headers))
    token = urllib.parse.parse_qs(link.split("?")[1])["page_token"][0]
    response = service.get(f"/webhooks?active=true&page_token={token}",
                           headers=headers)
    assert response.status == 400
    assert response.reason() == "INVALID_PAGE_TOKEN"


# Secrets.

def test_rotating_gives_a_new_secret_and_keeps_the_old_one_a_day(service):
    webhook = make(service)
    response = service.request("POST", path(webhook, ":rotateSecret"))
    assert response.status == 200
    rotated = response.json()
    assert len(secret_bytes(rotated["secret"])) == 32
    assert_changed(webhook, rotated, secret=rotated["secret"])
    assert rotated["secret"] != webhook["secret"]
    newest, old = service.get(path(webhook, "/secrets")).json()
    assert newest["secret"] == rotated["secret"]
    assert newest["expires_at"] is None
    assert old["secret"] == webhook["secret"]
    overlap = time_of(old["expires_at"]) - time_of(newest["created_at"])
    assert overlap == datetime.timedelta(days=1)


def test_an_overlap_of_nothing_ends_the_old_secrets_at_once(service):
    webhook = make(service)
    rotated = service.request("POST", path(webhook, ":rotateSecret"),
                              {"overlap": "0s"}).json()
    secrets = service.get(path(webhook, "/secrets")).json()
    assert [s["secret"] for s in secrets] == [rotated["secret"]]


def test_five_secrets_are_in_force_at_the_most(service):
    webhook = make(service)
    statuses = [service.request("POST", path(webhook, ":rotateSecret")).status
                for _ in range(5)]
    assert statuses == [200] * 4 + [400]
    assert len(service.get(path(webhook, "/secrets")).json()) == 5


def test_an_overlap_may_be_seven_days(service):
    webhook = make(service)
    response = service.request("POST", path(webhook, ":rotateSecret"),
                               {"overlap": "604800s"})
    assert response.status == 200
    newest, old = service.get(path(webhook, "/secrets")).json()
    overlap = time_of(old["expires_at"]) - time_of(newest["created_at"])
    assert overlap == datetime.timedelta(days=7)


@pytest.mark.parametrize("overlap", ["-1s", "604800.001s", "1d", 5])
def test_an_overlap_out_of_range_is_refused(service, overlap):
    response = service.request("POST", path(make(service), ":rotateSecret"),
                               {"overlap": overlap})
    assert response.status == 400
    assert response.fields() == ["overlap"]


# verifyEvent.

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
