"""An event that is published arrives, or it is told why not."""

import datetime
import queue
import threading
import uuid

import grpc
import pytest

from grpc_errors import failure
from processes import PATIENCE
from receiver import Receiver, delivering
from webhooks.v1 import event_service_pb2, event_service_pb2_grpc

FAST = ("--retry_schedule=0s,10ms,10ms", "--retry_jitter=0")


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    with Receiver() as receiver, delivering(
            tmp_path_factory.mktemp("service"), *FAST) as api:
        yield api, receiver


@pytest.fixture
def api(shared):
    return shared[0]


@pytest.fixture
def receiver(shared):
    return shared[1]


@pytest.fixture
def place():
    """A path and an event type that no other test uses."""
    name = uuid.uuid4().hex
    return f"/{name}", f"t.{name}"


def delivered(api, event, state="DELIVERED"):
    found = api.await_deliveries(1, id_event=event["id_event"], state=state)
    return api.call("GET", f"/deliveries/{found[0]['id_delivery']}")


def test_every_webhook_whose_scope_holds_the_type_gets_it(
        api, receiver, place):
    path, type = place
    api.webhook(receiver.url(path), [type, "other.type"])
    api.webhook(receiver.url(path + "/no"), ["other.type"])
    event = api.publish(type, {"a": 1})
    assert event["matched_webhooks"] == 1
    request = receiver.await_requests(1, path)[0]
    assert request.event() == {
        "id_event": event["id_event"], "type": type, "data": {"a": 1},
        "timestamp": request.event()["timestamp"]}
    assert request.id == event["id_event"]
    assert receiver.at(path + "/no") == []


def test_a_failure_is_tried_again_with_the_same_id(api, receiver, place):
    path, type = place
    receiver.answer(path, 500, 503, 200)
    api.webhook(receiver.url(path), [type])
    delivery = delivered(api, api.publish(type))
    assert [a["status"] for a in delivery["attempts"]] == [500, 503, 200]
    assert [a["error"] for a in delivery["attempts"]] == [
        "HTTP_STATUS", "HTTP_STATUS", None]
    assert len({r.id for r in receiver.at(path)}) == 1


def test_after_the_schedule_it_has_failed_and_can_be_retried(
        api, receiver, place):
    path, type = place
    receiver.answer(path, 500)
    api.webhook(receiver.url(path), [type])
    event = api.publish(type)
    delivery = delivered(api, event, "FAILED")
    assert delivery["attempt_count"] == 3
    receiver.answer(path, 200)
    api.call("POST", f"/deliveries/{delivery['id_delivery']}:retry")
    assert delivered(api, event)["attempt_count"] == 4


def test_a_redirect_is_a_failure_and_not_followed(api, receiver, place):
    path, type = place
    receiver.answer(path, (302, {"location": receiver.url(path + "/to")}))
    api.webhook(receiver.url(path), [type])
    delivery = delivered(api, api.publish(type), "FAILED")
    assert delivery["attempts"][0]["status"] == 302
    assert receiver.at(path + "/to") == []


def test_410_deactivates_and_tells_the_others(api, receiver, place):
    path, type = place
    receiver.answer(path, 410)
    gone = api.webhook(receiver.url(path), [type])
    api.webhook(receiver.url(path + "/told"), ["webhook.deactivated"])
    event = api.publish(type)
    told = receiver.await_requests(1, path + "/told")[0].event()
    assert told["type"] == "webhook.deactivated"
    assert told["data"] == {
        "id_webhook_endpoint": gone["id_webhook_endpoint"],
        "url": receiver.url(path), "reason": "GONE"}
    assert delivered(api, event, "FAILED")["attempt_count"] == 1
    id = gone["id_webhook_endpoint"]
    webhook = api.call("GET", f"/webhooks/{id}")
    assert webhook["active"] is False
    assert webhook["deactivation"]["reason"] == "GONE"
    webhook = api.call("PUT", f"/webhooks/{id}", {"active": True}, 201)
    assert "deactivation" not in webhook


def test_events_are_held_while_a_webhook_is_inactive(api, receiver, place):
    path, type = place
    # One at a time: else the receiver might see two in another order.
    id = api.webhook(receiver.url(path), [type],
                     delivery={"max_in_flight": 1})["id_webhook_endpoint"]
    api.call("PUT", f"/webhooks/{id}", {"active": False}, 201)
    events = [api.publish(type, n)["id_event"] for n in range(3)]
    assert len(api.deliveries(id_webhook_endpoint=id, state="HELD")) == 3
    assert receiver.at(path) == []
    api.call("PUT", f"/webhooks/{id}", {"active": True}, 201)
    assert [r.id for r in receiver.await_requests(3, path)] == events


def test_an_ordered_webhook_gets_events_in_order_whatever_fails(
        api, receiver, place):
    path, type = place
    receiver.answer(path, 500, 200, 500, 500, 200)
    api.webhook(receiver.url(path), [type], delivery={"ordered": True})
    events = [api.publish(type, n)["id_event"] for n in range(10)]
    ids = [r.id for r in receiver.await_requests(13, path)]
    assert list(dict.fromkeys(ids)) == events
    assert ids == [events[0]] * 2 + [events[1]] * 3 + events[2:]


def test_a_webhooks_own_headers_are_sent(api, receiver, place):
    path, type = place
    api.webhook(receiver.url(path), [type],
                delivery={"headers": {"X-Tenant": "acme", "x-empty": ""}})
    api.publish(type)
    headers = receiver.await_requests(1, path)[0].headers
    assert (headers["x-tenant"], headers["x-empty"]) == ("acme", "")


def test_the_same_event_id_is_one_event(api, receiver, place):
    path, type = place
    api.webhook(receiver.url(path), [type])
    id = str(uuid.uuid4())
    first = api.publish(type, {"a": 1}, id_event=id)
    assert api.publish(type, {"a": 1}, id_event=id.upper()) == first
    response = api.service.request("POST", "/events", {
        "type": type, "data": {"a": 2}, "id_event": id})
    assert (response.status, response.reason()) == (409, "EVENT_ID_REUSED")
    receiver.await_requests(1, path)
    assert len(api.await_deliveries(1, id_event=id)) == 1


def test_a_batch_has_a_result_for_each_event(api, receiver, place):
    path, type = place
    api.webhook(receiver.url(path), [type])
    batch = api.call("POST", "/events:batch", {"events": [
        {"type": type, "data": 1}, {"type": "..", "data": 2},
        {"type": type, "data": 3}]}, 202)
    kinds = [next(iter(result)) for result in batch["results"]]
    assert kinds == ["published", "error", "published"]
    assert batch["results"][1]["error"]["reason"] == "INVALID_EVENT_TYPE"
    assert {r.event()["data"]
            for r in receiver.await_requests(2, path)} == {1, 3}


def test_a_batch_may_be_larger_than_other_bodies(api):
    events = [{"type": "large.batch", "data": "x" * 3900}] * 1000
    batch = api.call("POST", "/events:batch", {"events": events}, 202)
    assert len(batch["results"]) == 1000
    response = api.service.request("POST", "/events:batch", {
        "events": events + [{"type": "t", "data": "x" * 260_000}] * 2})
    assert response.status == 413


def stream(api, requests, key=None):
    with api.service.channel() as channel:
        stub = event_service_pb2_grpc.EventServiceStub(channel)
        return stub.PublishStream(
            iter(requests), timeout=PATIENCE,
            metadata=(("x-api-key", key or api.service.key),))


def test_a_stream_of_events_is_published(api, receiver, place):
    path, type = place
    api.webhook(receiver.url(path), [type])
    answer = stream(api, (event_service_pb2.PublishEventRequest(
        type=type if n % 10 else "..", data=str(n)) for n in range(1000)))
    assert (answer.published_count, answer.refused_count) == (900, 100)
    assert [r.index for r in answer.refused] == list(range(0, 1000, 10))
    assert answer.refused[0].error.reason == "INVALID_EVENT_TYPE"
    receiver.await_requests(900, path)


def test_an_empty_stream_publishes_nothing(api):
    assert stream(api, []).published_count == 0


def test_a_stream_without_a_valid_key_is_refused(api):
    code, reason, _ = failure(lambda: stream(api, [], "whk_none"))
    assert (code, reason) == (grpc.StatusCode.UNAUTHENTICATED,
                              "API_KEY_INVALID")


def cancel_streams(api, key, events):
    """Opens streams and cancels them, each a little later than the last."""
    with api.service.channel() as channel:
        stub = event_service_pb2_grpc.EventServiceStub(channel)
        for n in range(100):
            sent = threading.Event()

            def requests():
                for _ in range(events):
                    yield event_service_pb2.PublishEventRequest(
                        type="cancelled", data="1")
                sent.set()
                api.released.wait(PATIENCE)

            call = stub.PublishStream.future(
                requests(), timeout=PATIENCE,
                # As of many clients: one that tries keys would be slowed.
                metadata=(("x-client-address", f"192.0.2.{n}"),
                          *((("x-api-key", key),) if key else ())))
            if n % 4:
                sent.wait(n / 10_000)
            call.cancel()


@pytest.mark.parametrize("events", (0, 3))
@pytest.mark.parametrize("key", ("", "whk_none", "good"))
def test_streams_can_be_cancelled_at_any_moment(api, key, events):
    api.released = threading.Event()
    try:
        cancel_streams(api, api.service.key if key == "good" else key, events)
        assert stream(api, []).published_count == 0
    finally:
        api.released.set()


def test_a_stream_ends_when_its_key_is_revoked(api):
    with api.service.channel() as channel:
        admin = api.service.admin(channel)
        project = admin.CreateProject(name="streams")
        made = admin.CreateApiKey(id_project=project.id_project, name="one")
        requests = queue.Queue()
        stub = event_service_pb2_grpc.EventServiceStub(channel)
        call = stub.PublishStream.future(
            iter(requests.get, None), timeout=PATIENCE,
            metadata=(("x-api-key", made.key),))
        event = event_service_pb2.PublishEventRequest(type="t", data="1")
        requests.put(event)
        headers = {"x-api-key": made.key}
        while not api.call("GET", "/events", headers=headers):
            pass
        admin.RevokeApiKey(id=made.api_key.id_api_key)
        requests.put(event)
        code, reason, _ = failure(call.result)
        requests.put(None)
    assert (code, reason) == (grpc.StatusCode.UNAUTHENTICATED,
                              "API_KEY_INVALID")


def test_a_stream_is_slowed_down_to_the_projects_rate(api):
    with api.service.channel() as channel:
        admin = api.service.admin(channel)
        project = admin.CreateProject(name="slow", max_requests_per_second=20)
        key = admin.CreateApiKey(id_project=project.id_project, name="k").key
    answer = stream(api, (event_service_pb2.PublishEventRequest(
        type="t", data=str(n)) for n in range(10_000)), key)
    assert answer.published_count == 10_000


def test_no_more_tests_of_webhooks_run_than_may(api, receiver, place):
    path, type = place
    receiver.answer(path, "hang")
    id = api.webhook(receiver.url(path), [type])["id_webhook_endpoint"]
    answers = queue.Queue()

    def test():
        answers.put(api.service.request(
            "POST", f"/webhooks/{id}:test", headers={"grpc-timeout": "2S"}))

    threads = [threading.Thread(target=test) for _ in range(9)]
    for thread in threads:
        thread.start()
    first = answers.get(timeout=PATIENCE)
    assert (first.status, first.reason()) == (429, "TOO_MANY_TESTS")
    for thread in threads:
        thread.join()
    assert {answers.get().json()["error"] for _ in range(8)} == {"TIMEOUT"}


def test_a_first_attempt_cannot_be_put_off(api, receiver):
    response = api.service.request("POST", "/webhooks", {
        "url": receiver.url(), "scope": None,
        "delivery": {"schedule": ["60s", "60s"]}})
    assert response.status == 400
    assert response.fields() == ["delivery.schedule[0]"]


def test_an_event_can_be_delivered_later(api, receiver, place):
    path, type = place
    api.webhook(receiver.url(path), [type])
    at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=1)
    event = api.publish(type, deliver_at=at.isoformat())
    waiting = api.await_deliveries(1, id_event=event["id_event"])[0]
    assert waiting["state"] == "PENDING"
    request = receiver.await_requests(1, path)[0]
    assert int(request.headers["webhook-timestamp"]) >= int(at.timestamp())


def test_an_event_of_the_past_is_kept_and_delivered_at_once(
        api, receiver, place):
    path, type = place
    api.webhook(receiver.url(path), [type])
    event = api.publish(type, deliver_at="2020-01-01T00:00:00Z")
    receiver.await_requests(1, path)
    assert delivered(api, event)["attempt_count"] == 1


def test_retrying_now_does_not_wait_for_retry_after(api, receiver, place):
    path, type = place
    receiver.answer(path, (429, {"retry-after": "86400"}), 200)
    api.webhook(receiver.url(path), [type])
    event = api.publish(type)
    waiting = api.await_deliveries(1, id_event=event["id_event"])[0]
    receiver.await_requests(1, path)
    while not waiting["attempt_count"]:
        waiting = api.deliveries(id_event=event["id_event"])[0]
    api.call("POST", f"/deliveries/{waiting['id_delivery']}:retry")
    assert delivered(api, event)["attempt_count"] == 2


def test_a_webhook_can_be_tested(api, receiver, place):
    path, type = place
    id = api.webhook(receiver.url(path), [type])["id_webhook_endpoint"]
    attempt = api.call("POST", f"/webhooks/{id}:test",
                       {"data": {"hello": "world"}})
    assert (attempt["status"], attempt["error"]) == (200, None)
    event = receiver.await_requests(1, path)[0].event()
    assert (event["type"], event["data"]) == (type, {"hello": "world"})
    assert api.deliveries(id_webhook_endpoint=id) == []


def test_a_delivery_is_explained(api, receiver, place):
    path, type = place
    id = api.webhook(receiver.url(path), [type])["id_webhook_endpoint"]
    event = api.publish(type)
    delivered(api, event)
    missed = api.publish("another.type")

    def explain(event):
        return api.call("GET", f"/events/{event['id_event']}/deliveries/{id}")

    assert explain(event)["reason"] == "DELIVERED"
    assert explain(missed)["reason"] == "NOT_IN_SCOPE"
    api.call("PUT", f"/webhooks/{id}", {"active": False}, 201)
    assert explain(api.publish(type))["reason"] == "WEBHOOK_INACTIVE"


def test_all_failed_deliveries_of_a_webhook_are_retried(api, receiver, place):
    path, type = place
    receiver.answer(path, 500)
    id = api.webhook(receiver.url(path), [type])["id_webhook_endpoint"]
    for n in range(5):
        api.publish(type, n)
    api.await_deliveries(5, id_webhook_endpoint=id, state="FAILED")
    receiver.answer(path, 200)
    job = api.call("POST", f"/webhooks/{id}/retryJobs", {}, 201)
    api.await_deliveries(5, id_webhook_endpoint=id, state="DELIVERED")
    job = api.call("GET", f"/retryJobs/{job['id_retry_job']}")
    assert (job["state"], job["retried_count"]) == ("DONE", 5)


def test_a_delivery_can_be_cancelled_until_it_ends(api, receiver, place):
    path, type = place
    id = api.webhook(receiver.url(path), [type])["id_webhook_endpoint"]
    api.call("PUT", f"/webhooks/{id}", {"active": False}, 201)
    api.publish(type)
    waiting = api.await_deliveries(1, id_webhook_endpoint=id)[0]
    path = f"/deliveries/{waiting['id_delivery']}:cancel"
    assert api.call("POST", path)["state"] == "CANCELLED"
    assert api.call("POST", path)["state"] == "CANCELLED"


def test_a_gone_webhooks_deliveries_are_cancelled(api, receiver, place):
    path, type = place
    id = api.webhook(receiver.url(path), [type])["id_webhook_endpoint"]
    api.call("PUT", f"/webhooks/{id}", {"active": False}, 201)
    event = api.publish(type)
    api.call("DELETE", f"/webhooks/{id}", status=201)
    assert delivered(api, event, "CANCELLED")["attempts"] == []


def test_nothing_is_sent_to_this_machine_unless_it_is_allowed(tmp_path):
    with Receiver() as receiver, delivering(
            tmp_path, *FAST, "--allow_targets=") as api:
        api.webhook(receiver.url(), None)
        delivery = delivered(api, api.publish(), "FAILED")
        assert {a["error"] for a in delivery["attempts"]} == {"TARGET_REFUSED"}
        assert receiver.requests == []


def test_a_server_that_does_not_deliver_leaves_it_to_the_next(tmp_path):
    with Receiver() as receiver, delivering(
            tmp_path, "--deliver=false") as api:
        id = api.webhook(receiver.url(), None)["id_webhook_endpoint"]
        event = api.publish()
        response = api.service.request("POST", f"/webhooks/{id}:test")
        assert (response.status, response.reason()) == (
            400, "DELIVERY_DISABLED")
        assert len(api.deliveries(state="PENDING")) == 1
        api.service.server.stop()
        assert receiver.requests == []
        api.service.restart_server("--allow_http_urls",
                                   "--allow_targets=127.0.0.1")
        assert receiver.await_requests(1)[0].id == event["id_event"]


def test_a_server_that_stops_lets_attempts_end_and_records_them(tmp_path):
    with Receiver() as receiver, delivering(
            tmp_path, "--delivery_timeout=300ms", *FAST) as api:
        receiver.answer("/", "hang")
        api.webhook(receiver.url(), None)
        event = api.publish()
        receiver.await_requests(1)
        api.service.server.stop()
        api.service.restart_server("--deliver=false")
        api.service.await_ready()
        found = api.await_deliveries(1, id_event=event["id_event"])[0]
        assert found["attempts"][0]["error"] == "TIMEOUT"
        assert found["attempt_count"] == 1
