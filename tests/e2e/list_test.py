"""Lists of webhooks: pages, filters, and what comes and goes meanwhile."""

import re
import urllib.parse

import pytest

from service import REFERENCE
from webhook_resource import path


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
    return re.fullmatch(r'<(/(?:webhooks|events)\?.*)>; rel="next"', link)[1]


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
    "/webhooks?event_type=a..b", "/events?event_type=a..b",
    "/events?type=a..b", "/deliveries?event_type=a..b"])
def test_all_that_is_wrong_with_a_list_is_told_at_once(service, target):
    response = service.get(f"{target}&page_size=-1&page_token=x")
    assert response.status == 400
    assert sorted(f.split(".")[-1] for f in response.fields()) == sorted(
        [target.split("?")[1].split("=")[0], "page_size", "page_token"])
    response = service.get(f"{target}&page_size=x&color=red")
    assert sorted(response.fields()) == ["color", "page_size"]


def test_a_page_token_is_good_for_its_filters_only(service, listed):
    headers, _ = listed
    link = next_page(service.get("/webhooks?page_size=1", headers=headers))
    token = urllib.parse.parse_qs(link.split("?")[1])["page_token"][0]
    response = service.get(f"/webhooks?active=true&page_token={token}",
                           headers=headers)
    assert response.status == 400
    assert response.reason() == "INVALID_PAGE_TOKEN"


def test_the_old_name_of_the_filter_of_events_selects_the_same_list(fresh):
    for kind in ("a.b", "c.d", "a.b"):
        fresh.request("POST", "/events", {"type": kind, "data": None})
    lists = [fresh.get(f"/events?{query}") for query in (
        "event_type=a.b", "type=a.b", "type=a.b&event_type=a.b")]
    assert [e["type"] for e in lists[0].json()] == ["a.b", "a.b"]
    assert lists[0].json() == lists[1].json() == lists[2].json()
    # A page token is good under both names.
    link = next_page(fresh.get("/events?type=a.b&page_size=1"))
    rest = fresh.get(link.replace("type=", "event_type="))
    assert rest.json() == lists[0].json()[1:]
    refused = fresh.get("/events?type=a.b&event_type=c.d")
    assert (refused.status, refused.reason(), refused.fields()) == (
        400, "INVALID_REQUEST", ["event_type"])
