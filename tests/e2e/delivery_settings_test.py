"""Flags and a webhook's own settings decide when and how events are sent."""

import datetime
import itertools
import time

import pytest

from receiver import FAST, Receiver, delivering


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


def gaps(requests):
    """Returns the seconds between each request and the next."""
    times = [request.time for request in requests]
    return [b - a for a, b in itertools.pairwise(times)]


def test_failing_for_long_deactivates_and_the_webhook_says_so(
        tmp_path, receiver):
    with delivering(tmp_path, "--retry_schedule=0s,50ms,50ms,50ms,50ms,50ms",
                    "--deactivate_after=100ms") as api:
        receiver.answer("/", 500)
        id = api.webhook(receiver.url(), ["t"])["id_webhook_endpoint"]
        api.webhook(receiver.url("/told"), ["webhook.deactivated"])
        api.publish("t")
        told = receiver.await_requests(1, "/told")[0].event()
        assert told["data"]["reason"] == "FAILING"
        webhook = api.call("GET", f"/webhooks/{id}")
        assert webhook["active"] is False
        assert webhook["deactivation"]["reason"] == "FAILING"


def test_retry_after_is_obeyed_no_longer_than_the_flag_says(
        tmp_path, receiver):
    with delivering(tmp_path, *FAST, "--max_retry_after=1s") as api:
        receiver.answer("/", (503, {"retry-after": "3600"}), 200)
        api.webhook(receiver.url())
        api.publish()
        requests = receiver.await_requests(2)
        # A second instead of an hour, with tolerance.
        assert 0.9 < gaps(requests)[0] < 60


def test_what_was_held_is_sent_slowly(tmp_path, receiver):
    with delivering(tmp_path, "--catch_up_per_second=10") as api:
        id = api.webhook(receiver.url())["id_webhook_endpoint"]
        api.call("PUT", f"/webhooks/{id}", {"active": False}, 201)
        for n in range(20):
            api.publish(data=n)
        api.call("PUT", f"/webhooks/{id}", {"active": True}, 201)
        requests = receiver.await_requests(20)
        # Two requests may start together: a rate allows a lead of 0.1 s.
        assert requests[-1].time - requests[0].time > 1


def test_a_webhooks_rate_is_kept(tmp_path, receiver):
    with delivering(tmp_path) as api:
        api.webhook(receiver.url(), delivery={"max_per_second": 10})
        for n in range(20):
            api.publish(data=n)
        requests = receiver.await_requests(20)
        assert requests[-1].time - requests[0].time > 1


def test_a_webhooks_schedule_goes_before_the_flag(tmp_path, receiver):
    with delivering(tmp_path, "--retry_schedule=0s,24h") as api:
        receiver.answer("/", 500)
        api.webhook(receiver.url(), delivery={"schedule": ["0s", "0.010s"]})
        event = api.publish()
        found = api.await_deliveries(1, id_event=event["id_event"],
                                     state="FAILED")[0]
        assert found["attempt_count"] == 2


def test_a_webhooks_timeout_goes_before_the_flag(tmp_path, receiver):
    with delivering(tmp_path, "--delivery_timeout=60s",
                    "--retry_schedule=0s") as api:
        receiver.answer("/", "hang")
        api.webhook(receiver.url(), delivery={"timeout": "1s"})
        event = api.publish()
        found = api.await_deliveries(1, id_event=event["id_event"],
                                     state="FAILED")[0]
        attempt = found["attempts"][0]
        assert attempt["error"] == "TIMEOUT"
        assert 0.9 < float(attempt["total"].rstrip("s")) < 30


def test_an_attempt_shows_where_its_time_went(tmp_path, receiver):
    with delivering(tmp_path) as api:
        api.webhook(receiver.url())
        event = api.publish()
        found = api.await_deliveries(1, id_event=event["id_event"],
                                     state="DELIVERED")[0]
        attempt = api.call(
            "GET", f"/deliveries/{found['id_delivery']}")["attempts"][0]
        assert attempt["address"] == receiver.url().split("/")[2]
        assert attempt["tls"] is None
        seconds = [float(attempt[part].rstrip("s"))
                   for part in ("connect", "first_byte", "total")]
        assert all(s >= 0 for s in seconds)
        assert attempt["response_body"] == "ok"


def test_events_are_listed_by_type_and_time(tmp_path):
    with delivering(tmp_path) as api:
        first = api.publish("a.b", 1)["id_event"]
        second = api.publish("a.c", 2)["id_event"]
        made = api.call("GET", f"/events/{second}")["created_at"]
        later = (datetime.datetime.fromisoformat(made)
                 + datetime.timedelta(milliseconds=1)).isoformat()
        later = later.replace("+00:00", "Z")

        def ids(query):
            return [e["id_event"] for e in api.call("GET", f"/events?{query}")]

        assert ids("") == [second, first]
        assert ids("type=a.b") == ids("event_type=a.b") == [first]
        assert second in ids(f"start_time={made}")
        assert ids(f"start_time={later}") == []
        assert ids(f"end_time={later}") == [second, first]
        assert api.deliveries(start_time=later) == []


def test_a_stop_waits_no_longer_than_its_grace(tmp_path, receiver):
    with delivering(tmp_path, "--delivery_timeout=60s", "--grace=300ms") as api:
        receiver.answer("/", "hang")
        api.webhook(receiver.url())
        event = api.publish()
        receiver.await_requests(1)
        start = time.monotonic()
        api.service.server.stop()
        assert time.monotonic() - start < 30
        api.service.restart_server("--deliver=false")
        api.service.await_ready()
        found = api.await_deliveries(1, id_event=event["id_event"])[0]
        assert (found["state"], found["attempt_count"]) == ("PENDING", 0)
