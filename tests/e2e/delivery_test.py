"""A published event arrives, or the API shows why it did not."""

import json
import queue
import socket
import threading
import time
import urllib.parse

from processes import PATIENCE
from receiver import FAST, Receiver, delivering


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
    delivery = api.delivered(api.publish(type))
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
    delivery = api.delivered(event, "FAILED")
    assert delivery["attempt_count"] == 3
    receiver.answer(path, 200)
    api.call("POST", f"/deliveries/{delivery['id_delivery']}:retry")
    assert api.delivered(event)["attempt_count"] == 4


def test_a_redirect_is_a_failure_and_not_followed(api, receiver, place):
    path, type = place
    receiver.answer(path, (302, {"location": receiver.url(path + "/to")}))
    api.webhook(receiver.url(path), [type])
    delivery = api.delivered(api.publish(type), "FAILED")
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
        "host": urllib.parse.urlsplit(receiver.url(path)).netloc,
        "reason": "GONE"}
    assert api.delivered(event, "FAILED")["attempt_count"] == 1
    id = gone["id_webhook_endpoint"]
    webhook = api.call("GET", f"/webhooks/{id}")
    assert webhook["active"] is False
    assert webhook["deactivation"]["reason"] == "GONE"
    webhook = api.call("PUT", f"/webhooks/{id}", {"active": True}, 201)
    assert "deactivation" not in webhook


def test_events_are_held_while_a_webhook_is_inactive(api, receiver, place):
    path, type = place
    # One request at a time, so that they arrive in order.
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


def test_no_more_tests_of_webhooks_run_than_may(api, receiver, place):
    path, type = place
    receiver.answer(path, "hang")
    id = api.webhook(receiver.url(path), [type], delivery={"timeout": "1s"})[
        "id_webhook_endpoint"]
    answers = queue.Queue()

    def test():
        answers.put(api.service.request(
            "POST", f"/webhooks/{id}:test", headers={"grpc-timeout": "20S"}))

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
    assert api.delivered(event)["attempt_count"] == 2


def test_a_webhook_can_be_tested(api, receiver, place):
    path, type = place
    id = api.webhook(receiver.url(path), [type])["id_webhook_endpoint"]
    attempt = api.call("POST", f"/webhooks/{id}:test",
                       {"data": {"hello": "world"}})
    assert (attempt["status"], attempt["error"]) == (200, None)
    request = receiver.await_requests(1, path)[0]
    event = request.event()
    assert (event["type"], event["data"]) == (type, {"hello": "world"})
    assert attempt["id_event"] == request.id == event["id_event"]
    assert api.deliveries(id_webhook_endpoint=id) == []


def test_a_delivery_is_explained(api, receiver, place):
    path, type = place
    id = api.webhook(receiver.url(path), [type])["id_webhook_endpoint"]
    event = api.publish(type)
    api.delivered(event)
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


def test_an_event_is_delivered_to_a_webhook_that_it_did_not_match(
        api, receiver, place):
    path, type = place
    missed = api.publish("another.type")
    id = api.webhook(receiver.url(path), [type])["id_webhook_endpoint"]
    path = f"/events/{missed['id_event']}"
    explained = api.call("GET", f"{path}/deliveries/{id}")
    assert explained["reason"] == "WEBHOOK_IS_NEWER"
    body = {"id_webhook_endpoint": id}
    keyed = {"headers": {"idempotency-key": f"deliver {id}"}}
    made = api.call("POST", f"{path}:deliver", body, 201, **keyed)
    assert made["id_event"] == missed["id_event"]
    assert api.delivered(missed)["id_delivery"] == made["id_delivery"]
    assert receiver.await_requests(1, place[0])[0].id == missed["id_event"]
    assert api.call("POST", f"{path}:deliver", body, 201, **keyed) == made
    again = api.service.request("POST", f"{path}:deliver", body)
    assert (again.status, again.reason()) == (409, "DELIVERY_EXISTS")
    assert made["id_delivery"] in again.json()["error"]["message"]
    assert len(receiver.at(place[0])) == 1


def test_an_event_is_not_delivered_to_an_inactive_webhook(api, receiver, place):
    path, type = place
    id = api.webhook(receiver.url(path), [type])["id_webhook_endpoint"]
    api.call("PUT", f"/webhooks/{id}", {"active": False}, 201)
    event = api.publish("another.type")["id_event"]
    response = api.service.request("POST", f"/events/{event}:deliver",
                                   {"id_webhook_endpoint": id})
    assert (response.status, response.reason()) == (400, "WEBHOOK_INACTIVE")
    response = api.service.request("POST", f"/events/{event}:deliver", {})
    assert response.status == 400
    assert response.fields() == ["id_webhook_endpoint"]


def await_job(api, webhook, **fields):
    """Starts a retry job, and returns it once it is done."""
    job = api.call("POST", f"/webhooks/{webhook}/retryJobs", fields, 201)
    end = time.monotonic() + PATIENCE
    while job["state"] == "RUNNING":
        assert time.monotonic() < end, job
        job = api.call("GET", f"/retryJobs/{job['id_retry_job']}")
    return job


def test_a_job_delivers_the_events_that_it_selects(api, receiver, place):
    path, type = place
    start = api.publish(f"{type}.missed")
    start = api.call("GET", f"/events/{start['id_event']}")["created_at"]
    id = api.webhook(receiver.url(path), [type])["id_webhook_endpoint"]
    delivered = api.publish(type)
    api.delivered(delivered)
    missed = {"start_time": start, "selection": "NEVER_MATCHED",
              "event_type": f"{type}.missed"}
    assert await_job(api, id, **missed, dry_run=True)["retried_count"] == 1
    assert len(receiver.at(path)) == 1
    job = await_job(api, id, **missed)
    assert (job["state"], job["retried_count"]) == ("DONE", 1)
    assert (job["selection"], job["dry_run"]) == ("NEVER_MATCHED", False)
    assert {r.id for r in receiver.await_requests(2, path)} != {
        delivered["id_event"]}
    job = await_job(api, id, start_time=start, selection="DELIVERED",
                    event_type=type)
    assert job["retried_count"] == 1
    assert receiver.await_requests(3, path)[-1].id == delivered["id_event"]


def test_a_job_that_selects_nothing_known_is_refused(api, receiver, place):
    id = api.webhook(receiver.url(place[0]))["id_webhook_endpoint"]
    for field, value in ("selection", "NONSENSE"), ("event_type", "a b"):
        response = api.service.request("POST", f"/webhooks/{id}/retryJobs",
                                       {field: value})
        assert response.status == 400
        assert response.fields() == [field]


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
    assert api.delivered(event, "CANCELLED")["attempts"] == []


def test_nothing_is_sent_to_this_machine_unless_it_is_allowed(tmp_path):
    with Receiver() as receiver, delivering(
            tmp_path, "--deliver=false") as api:
        api.webhook(receiver.url(), None)
        api.service.server.stop()
        api.service.restart_server(*FAST, "--allow_http_urls",
                                   "--allow_targets=")
        api.service.await_ready()
        delivery = api.delivered(api.publish(), "FAILED")
        assert {a["error"] for a in delivery["attempts"]} == {"TARGET_REFUSED"}
        assert receiver.requests == []


def test_a_host_that_nothing_is_sent_to_is_refused_at_once(tmp_path):
    with delivering(tmp_path, "--allow_targets=10.1.0.0/16") as api:
        for host in ("10.2.0.1", "localhost", "[::1]"):
            response = api.service.request(
                "POST", "/webhooks", json.dumps(
                    {"url": f"https://{host}/", "scope": None}).encode())
            assert (response.status, response.reason()) == (400, "INVALID_URL")
            assert "--allow_targets" in response.error()["message"]
        api.webhook("https://10.1.0.1/", None)


def test_the_failure_of_the_allowed_address_is_reported(tmp_path):
    with delivering(tmp_path, *FAST, "--allow_targets=127.0.0.1") as api:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            port = unused.getsockname()[1]
            api.webhook(f"http://localhost:{port}/", None)
            delivery = api.delivered(api.publish(), "FAILED")
        assert {a["error"] for a in delivery["attempts"]} == {
            "CONNECTION_REFUSED"}


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
            tmp_path, "--delivery_timeout=2s", "--retry_schedule=0s,24h") as api:
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
