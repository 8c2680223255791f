"""A stop during work: every accepted call is answered."""

import json
import signal
import sqlite3
import threading

import grpc
import pytest
from grpc.health.v1 import health_pb2, health_pb2_grpc
from grpc.reflection.v1 import reflection_pb2, reflection_pb2_grpc

import rest
from load import Load
from processes import Process
from service import REFERENCE


def stored(service):
    """Returns the number of webhooks in the database of an ended server."""
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
        assert connection.read().status == 100  # the gateway reads it
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
    with Process("webhook-gateway", "--listen=127.0.0.1:0",
                 f"--server=unix:{tmp_path}/nobody") as gateway:
        address = gateway.address
        assert rest.request(address, "GET", "/healthz", {}).status == 200
        assert rest.request(address, "GET", "/readyz", {}).status == 503
        gateway.stop()


def streams(channel):
    """Opens a stream of each kind. Returns them after their first answers."""
    watch = health_pb2_grpc.HealthStub(channel).Watch(
        health_pb2.HealthCheckRequest())
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
    asked = threading.Event()

    def questions():
        yield reflection_pb2.ServerReflectionRequest(list_services="*")
        asked.wait()

    reflection = reflection_pb2_grpc.ServerReflectionStub(
        channel).ServerReflectionInfo(questions())
    next(reflection)
    return [watch, reflection], asked


def test_open_streams_do_not_use_up_the_grace(stopped):
    server = stopped.start_server("--grace=1h")
    with stopped.channel() as channel:
        opened, asked = streams(channel)
        server.signal_stop()
        assert server.await_end() == 0
        for stream in opened:
            with pytest.raises(grpc.RpcError) as ended:
                list(stream)
            assert ended.value.code() == grpc.StatusCode.UNAVAILABLE
        asked.set()
    for service in ("health.v1.Health/Watch", "ServerReflectionInfo"):
        assert server.lines(f"{service} status=UNAVAILABLE")
