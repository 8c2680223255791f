"""A creating call that is repeated with its Idempotency-Key has one effect."""

import threading

import pytest

from load import read_back
from service import REFERENCE


def post(service, key, body=REFERENCE, **headers):
    return service.post(body, headers={"idempotency-key": key, **headers})


def test_a_repeat_gets_the_first_answer_byte_for_byte(service):
    first = post(service, "repeat")
    second = post(service, "repeat")
    assert first.status == second.status == 201
    assert second.body == first.body
    assert first.header("idempotent-replayed") is None
    assert second.header("idempotent-replayed") == "true"
    assert second.header("etag") == first.header("etag")


def test_another_body_under_the_same_key_is_refused(service):
    assert post(service, "other body").status == 201
    response = post(service, "other body", {**REFERENCE, "url": None})
    assert response.status == 409
    assert response.reason() == "REQUEST_ID_REUSED"


def test_the_same_content_written_otherwise_is_the_same_body(service):
    first = post(service, "same content")
    body = dict(reversed(REFERENCE.items()))
    assert post(service, "same content", body).body == first.body


def test_a_key_of_another_call_is_refused(service):
    webhook = post(service, "another call").json()
    response = service.request(
        "POST", f"/webhooks/{webhook['id_webhook_endpoint']}:rotateSecret",
        headers={"idempotency-key": "another call"})
    assert response.status == 409


def test_a_failure_is_not_kept(service):
    assert post(service, "failure", {**REFERENCE, "url": "x"}).status == 400
    assert post(service, "failure").status == 201


def test_a_rotation_repeated_is_one(service):
    webhook = service.post(REFERENCE).json()
    path = f"/webhooks/{webhook['id_webhook_endpoint']}:rotateSecret"
    answers = [service.request("POST", path,
                               headers={"idempotency-key": "rotate"})
               for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert answers[0].json()["secret"] != webhook["secret"]


@pytest.mark.parametrize("key", ["", "x" * 256, "é"])
def test_a_key_that_cannot_be_is_refused(service, key):
    response = post(service, key.encode().decode("latin-1"))
    assert response.status == 400
    assert response.fields() == ["idempotency-key"]


def test_repeats_at_the_same_time_are_one(service):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(
        post(service, "at once"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    assert sum(answer.header("idempotent-replayed") is None
               for answer in answers) == 1


def test_a_key_outlives_kill_9(fresh):
    first = post(fresh, "kept")
    fresh.server.kill()
    fresh.restart_server()
    fresh.await_ready()
    second = post(fresh, "kept")
    assert second.body == first.body
    assert second.header("idempotent-replayed") == "true"
    assert read_back(fresh, [first.json()]) == [first.json()]
    assert len(fresh.get("/webhooks").json()) == 1
