"""Stopping while there is work: every call that was accepted is answered."""

import json
import signal
import sqlite3

import pytest

import rest
from load import Load
from processes import Process
from service import REFERENCE


def stored(service):
    """The number of webhooks in the database, once the server has ended."""
    with sqlite3.connect(service.database) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [
            ("ok",)]
        return database.execute("SELECT count(*) FROM webhooks").fetchone()[0]


@pytest.mark.parametrize("name", ["server", "gateway"])
def test_sigterm_under_load_answers_every_call_that_took_effect(fresh, name):
    process = getattr(fresh, name)
    with Load(fresh) as load:
        load.await_created(50)
        process.signal_stop()
        assert process.await_end() == 0
    fresh.stop()
    assert stored(fresh) == len(load.created)


def test_the_gateway_answers_a_request_that_it_has_begun_to_read(fresh):
    body = json.dumps(REFERENCE).encode()
    head = rest.encode("POST", "/webhooks", {
        "x-api-key": fresh.key, "content-type": "application/json",
        "expect": "100-continue"}, body)[:-len(body)]
    with rest.Connection(fresh.gateway.address) as connection:
        connection.send(head)
        assert connection.read().status == 100  # so it was begun
        fresh.gateway.signal_stop()
        fresh.gateway.await_line(" stopping ")
        connection.send(body)
        response = connection.read()
        assert response.status == 201
        assert response.header("connection") == "close"
        assert connection.is_closed()
    assert fresh.gateway.await_end() == 0


def test_idle_connections_do_not_delay_the_end(fresh):
    with rest.Connection(fresh.gateway.address) as connection:
        connection.send(rest.encode("GET", "/healthz", {}))
        connection.read()
        fresh.gateway.signal_stop()
        assert connection.is_closed()
        assert fresh.gateway.await_end() == 0


@pytest.mark.parametrize("name", ["server", "gateway"])
def test_sigint_stops_as_sigterm_does(fresh, name):
    process = getattr(fresh, name)
    process.send(signal.SIGINT)
    assert process.await_end() == 0
    assert process.lines(" stopped")


def test_the_gateway_starts_and_stops_without_a_server(tmp_path):
    gateway = Process("webhook-gateway", "--listen=127.0.0.1:0",
                      f"--server=unix:{tmp_path}/nobody")
    assert rest.request(gateway.address, "GET", "/healthz", {}).status == 200
    assert rest.request(gateway.address, "GET", "/readyz", {}).status == 503
    gateway.stop()
