"""A search of the server's log for an event finds all steps of its delivery."""

import re

import pytest

from receiver import FAST, Receiver, delivering


@pytest.fixture(scope="module")
def receiver():
    with Receiver() as running:
        yield running


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    with delivering(tmp_path_factory.mktemp("service"), *FAST) as running:
        yield running


TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def fields(line):
    """The time, the level, the message and the fields of a line."""
    time, level, rest = line.split(" ", 2)
    assert re.fullmatch(TIME, time)
    pairs = re.findall(r'([a-z_]+)=("[^"]*"|\S+)', rest)
    return {"time": time, "level": level, "message": rest.split(" ")[0], **dict(pairs)}


def story(api, event, count):
    """Waits for `count` lines with the event's id, and returns them."""
    id = event["id_event"]
    lines = [fields(line) for line in api.service.server.await_lines(id, count)]
    assert len(lines) == count, lines
    assert all(line["id_event"] == id for line in lines)
    return lines


def decisions(lines):
    return [(line["message"], line.get("decision"), line["level"])
            for line in lines]


def test_a_delivered_event(api, receiver):
    webhook = api.webhook(receiver.url("/good"), ["good"])
    event = api.publish("good")
    delivery = api.delivered(event)
    published, attempt = story(api, event, 2)
    assert decisions([published, attempt]) == [
        ("published", None, "info"), ("attempt", "delivered", "info")]
    assert published["matched_webhooks"] == "1"
    assert published["type"] == "good"
    assert published["trace_id"] == attempt["trace_id"]
    assert attempt["id_webhook_endpoint"] == webhook["id_webhook_endpoint"]
    assert attempt["id_delivery"] == delivery["id_delivery"]
    assert published["project_id"] == attempt["project_id"] == delivery[
        "id_project"]


def test_an_event_that_fails_for_good_ends_with_a_warning(api, receiver):
    receiver.answer("/bad", 500)
    api.webhook(receiver.url("/bad"), ["bad"])
    event = api.publish("bad")
    api.delivered(event, "FAILED")
    lines = story(api, event, 4)
    assert decisions(lines[1:]) == [
        ("attempt", "retry", "info"), ("attempt", "retry", "info"),
        ("attempt", "failed", "warning")]
    assert re.fullmatch(TIME, lines[1]["retry_at"])
    assert lines[0]["time"] < lines[1]["retry_at"]
    assert "retry_at" not in lines[3]
    receiver.answer("/bad", 200)
    id = lines[3]["id_delivery"]
    api.call("POST", f"/deliveries/{id}:retry")
    assert decisions(story(api, event, 6)[4:]) == [
        ("delivery", "restarted", "info"), ("attempt", "delivered", "info")]


def test_an_event_that_matches_no_webhook_and_is_delivered_later(api, receiver):
    event = api.publish("nobody.listens")
    assert decisions(story(api, event, 1)) == [
        ("published", "not_matched", "info")]
    id = api.webhook(receiver.url("/late"), ["late"])["id_webhook_endpoint"]
    api.call("POST", f"/events/{event['id_event']}:deliver",
             {"id_webhook_endpoint": id}, 201)
    assert decisions(story(api, event, 3)[1:]) == [
        ("delivery", "made", "info"), ("attempt", "delivered", "info")]


def test_a_held_event_that_is_cancelled(api, receiver):
    id = api.webhook(receiver.url("/held"), ["held"])["id_webhook_endpoint"]
    api.call("PUT", f"/webhooks/{id}", {"active": False}, 201)
    event = api.publish("held")
    delivery = api.await_deliveries(1, id_event=event["id_event"])[0]
    api.call("POST", f"/deliveries/{delivery['id_delivery']}:cancel")
    lines = story(api, event, 3)
    assert decisions(lines[1:]) == [("delivery", "held", "info"),
                                    ("delivery", "cancelled", "info")]
    assert {line["id_webhook_endpoint"] for line in lines[1:]} == {id}


def test_the_events_of_a_batch(api):
    answers = api.call("POST", "/events:batch", {"events": [
        {"type": "of.a.batch", "data": n} for n in range(3)]}, 202)
    for answer in answers["results"]:
        assert decisions(story(api, answer["published"], 1)) == [
            ("published", "not_matched", "info")]


def test_a_webhook_that_is_deactivated_is_a_warning(api, receiver):
    receiver.answer("/gone", 410)
    id = api.webhook(receiver.url("/gone"), ["gone"])["id_webhook_endpoint"]
    event = api.publish("gone")
    api.delivered(event, "FAILED")
    line = fields(api.service.server.await_line(
        rf".* webhook deactivated id_webhook_endpoint={id}.*")[0])
    assert (line["level"], line["reason"]) == ("warning", "GONE")
