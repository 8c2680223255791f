"""A server that is stopped, does not answer, or has no space left."""

import sqlite3
import threading
import time

import pytest

from authority import Authority
from load import read_back
from processes import PATIENCE
from service import REFERENCE


def test_without_the_server_calls_are_503_until_it_is_back(fresh):
    before = fresh.post(REFERENCE).json()
    fresh.server.stop()
    response = fresh.post(REFERENCE)
    assert response.status == 503
    assert response.error()["status"] == "UNAVAILABLE"
    assert int(response.header("retry-after")) > 0
    assert fresh.get("/readyz").status == 503
    assert fresh.get("/healthz").status == 200
    fresh.restart_server()
    fresh.await_ready()
    assert fresh.post(REFERENCE).status == 201
    assert read_back(fresh, [before]) == [before]


def test_the_log_says_once_that_the_server_is_lost_and_once_that_it_is_back(
        fresh):
    fresh.server.stop()
    for _ in range(3):
        assert fresh.post(REFERENCE).reason() == "SERVER_UNREACHABLE"
    lost = "warning cannot reach the server target="
    fresh.gateway.await_line(lost)
    assert fresh.gateway.lines("cause=.*Connection refused")
    assert len(fresh.gateway.lines(lost)) == 1
    fresh.restart_server()
    fresh.await_ready()
    fresh.gateway.await_line("info server reached again target=")
    assert fresh.post(REFERENCE).status == 201
    assert len(fresh.gateway.lines(lost)) == 1
    assert len(fresh.gateway.lines("server reached again")) == 1


def test_the_log_has_each_reason_once_for_which_the_server_is_lost(
        stopped, tmp_path):
    """The server comes back with a certificate for another name."""
    authority = Authority(tmp_path)
    good, other = authority.issue(), authority.issue("DNS:other.example")

    def start(made, **options):
        stopped.start_server(f"--tls_cert={made.cert}",
                             f"--tls_key={made.key}", **options)

    start(good)
    stopped.start_gateway(f"--server_tls_ca={authority.ca}")
    stopped.await_ready()
    address = stopped.server.address
    stopped.server.stop()
    assert stopped.post(REFERENCE).reason() == "SERVER_UNREACHABLE"
    lost = "warning cannot reach the server target="
    stopped.gateway.await_line(f"{lost}.*Connection refused")
    start(other, listen=address)
    end = time.monotonic() + PATIENCE
    while not stopped.gateway.lines(f"{lost}.*not in peer certificate"):
        assert time.monotonic() < end, stopped.gateway.log()
        stopped.get("/readyz")
    for _ in range(3):
        assert stopped.post(REFERENCE).reason() == "SERVER_UNREACHABLE"
    assert len(stopped.gateway.lines(f"{lost}.*not in peer certificate")) == 1
    stopped.server.stop()
    start(good, listen=address)
    stopped.await_ready()
    stopped.gateway.await_line("server reached again")
    assert len(stopped.gateway.lines("server reached again")) == 1


def test_a_server_that_does_not_answer_in_the_callers_time_is_504(fresh):
    fresh.server.pause()
    response = fresh.post(REFERENCE, headers={"grpc-timeout": "200m"})
    assert response.status == 504
    assert response.error()["status"] == "DEADLINE_EXCEEDED"
    fresh.server.resume()
    assert fresh.post(REFERENCE).status == 201


def test_a_call_without_a_deadline_gets_the_gateways(stopped):
    stopped.start_server()
    stopped.start_gateway("--call_timeout=200ms")
    stopped.await_ready()
    stopped.server.pause()
    assert stopped.post(REFERENCE).status == 504


def fill(service):
    """Posts until the database is full. Returns the webhooks and the error."""
    body = {**REFERENCE, "description": "x" * 1024}
    created = []
    for _ in range(10_000):
        response = service.post(body)
        if response.status != 201:
            return created, response
        created.append(response.json())
    pytest.fail("the database never filled")


def test_a_full_database_refuses_writes_and_keeps_what_it_has(stopped):
    stopped.start_server(options="?max_bytes=262144")
    stopped.start_gateway()
    stopped.await_ready()
    created, refusal = fill(stopped)
    assert refusal.status in (429, 503)
    assert refusal.reason() == "STORAGE_FULL"
    assert int(refusal.header("retry-after")) > 0
    assert created
    assert read_back(stopped, created) == created
    stopped.stop()
    with sqlite3.connect(stopped.database) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        count, = database.execute("SELECT count(*) FROM webhooks").fetchone()
    assert count == len(created)


def test_a_database_that_was_full_goes_on_with_more_space(stopped):
    stopped.start_server(options="?max_bytes=262144")
    stopped.start_gateway()
    stopped.await_ready()
    created, _ = fill(stopped)
    stopped.server.stop()
    stopped.restart_server()
    stopped.await_ready()
    assert stopped.post(REFERENCE).status == 201
    assert read_back(stopped, created) == created


def publish_until(service, stopping, answers):
    """Publishes on one connection after the other until `stopping` is set."""
    while not stopping.is_set():
        try:
            answers.append(service.request(
                "POST", "/events", {"type": "restart", "data": 1}))
        except OSError as error:
            answers.append(error)
            return


def test_no_restart_of_the_server_is_the_callers_fault(fresh):
    stopping, answers = threading.Event(), []
    publishers = [threading.Thread(target=publish_until,
                                   args=(fresh, stopping, answers))
                  for _ in range(8)]
    for publisher in publishers:
        publisher.start()
    try:
        for _ in range(5):
            count = len(answers)
            fresh.server.stop()
            fresh.restart_server()
            fresh.await_ready()
            end = time.monotonic() + PATIENCE
            while len(answers) < count + 50 and time.monotonic() < end:
                time.sleep(0.01)
    finally:
        stopping.set()
        for publisher in publishers:
            publisher.join()
    refused = [answer for answer in answers if answer.status != 202]
    assert {answer.status for answer in refused} <= {503}
    assert all(answer.header("retry-after") for answer in refused)
