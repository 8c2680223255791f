"""Publishing: one event, a batch, a stream, and when they are delivered."""

import datetime
import queue
import threading
import uuid

import grpc
import pytest

from grpc_errors import failure
from processes import PATIENCE
from webhooks.v1 import event_service_pb2, event_service_pb2_grpc


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


def test_an_event_can_be_delivered_later(api, receiver, place):
    path, type = place
    api.webhook(receiver.url(path), [type])
    at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=3)
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
    assert api.delivered(event)["attempt_count"] == 1
