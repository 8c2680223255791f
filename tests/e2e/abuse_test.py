"""Limits against those who take more than their share."""

import contextlib
import queue

import grpc
import pytest

import rest
from grpc_errors import failure
from processes import PATIENCE, run
from webhooks.v1 import (event_service_pb2, event_service_pb2_grpc,
                         webhook_service_pb2, webhook_service_pb2_grpc)

# As many keys of one address may fail at once.
BURST = 100


def client(address, source="127.0.0.1"):
    """A connection from one of the addresses of this machine."""
    return rest.Connection(address, source=source)


def ask(connection, key):
    connection.send(rest.encode("GET", "/webhooks", {"x-api-key": key}))
    return connection.read()


def try_keys(connection):
    """Sends invalid keys until no more are looked up."""
    for attempt in range(10 * BURST):
        answer = ask(connection, f"whk_wrong{attempt}")
        if answer.status != 401:
            return answer
    raise AssertionError("every key was looked up")


def test_whoever_tries_keys_is_slowed_and_nobody_else(service):
    with client(service.gateway.address, "127.0.0.2") as bad:
        refused = try_keys(bad)
        assert refused.status == 429
        assert int(refused.header("retry-after")) >= 1
        with client(service.gateway.address, "127.0.0.3") as good:
            assert ask(good, service.key).status == 200
            assert ask(good, "whk_mistyped").status == 401


def test_a_caller_over_grpc_is_slowed_as_well(fresh):
    with grpc.insecure_channel(fresh.server.address) as channel:
        stub = webhook_service_pb2_grpc.WebhookServiceStub(channel)

        def attempt(number):
            return failure(lambda: stub.List(
                webhook_service_pb2.ListWebhooksRequest(),
                metadata=[("x-api-key", f"whk_wrong{number}"),
                          # Whoever is on this machine might tell the truth.
                          ("x-client-address", "192.0.2.7")]))[:2]

        outcomes = {attempt(number) for number in range(2 * BURST)}
        assert outcomes == {
            (grpc.StatusCode.UNAUTHENTICATED, "API_KEY_INVALID"),
            (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_FAILED_KEYS")}
    with client(fresh.gateway.address) as good:
        assert ask(good, fresh.key).status == 200


def test_what_is_left_of_a_rate_is_told(service, channel):
    admin = service.admin(channel)
    project = admin.CreateProject(name="slow", max_requests_per_second=2)
    key = admin.CreateApiKey(id_project=project.id_project, name="a").key
    with client(service.gateway.address) as connection:
        answers = [ask(connection, key)]
        while answers[-1].status != 429:
            answers.append(ask(connection, key))
        free = ask(connection, service.key)
    assert answers[0].header("ratelimit-limit") == "2"
    assert answers[0].header("ratelimit-remaining") == "1"
    assert answers[0].header("ratelimit-reset") == "1"
    assert answers[-1].header("ratelimit-remaining") == "0"
    assert free.header("ratelimit-limit") is None


def test_one_address_has_only_so_many_connections(stopped):
    stopped.start_server()
    stopped.start_gateway("--max_connections_per_address=2")
    stopped.await_ready()
    address = stopped.gateway.address
    with contextlib.ExitStack() as stack:
        first, second = (stack.enter_context(client(address, "127.0.0.2"))
                         for _ in range(2))
        for connection in (first, second):
            assert ask(connection, stopped.key).status == 200
        with client(address, "127.0.0.2") as third:
            answer = ask(third, stopped.key)
            assert answer.status == 503
            assert answer.header("connection") == "close"
        with client(address, "127.0.0.3") as other:
            assert ask(other, stopped.key).status == 200


def test_a_key_has_only_so_many_calls_in_flight(stopped):
    stopped.start_server("--max_calls_per_key=1")
    metadata = [("x-api-key", stopped.key)]
    ended = queue.Queue()
    with grpc.insecure_channel(stopped.server.address) as channel:
        publish = event_service_pb2_grpc.EventServiceStub(channel).PublishStream
        streams = {}
        for _ in range(3):
            events = queue.Queue()
            stream = publish.future(iter(events.get, None), metadata=metadata)
            streams[stream] = events
            stream.add_done_callback(ended.put)
        for _ in range(2):
            refused = ended.get(timeout=PATIENCE)
            assert refused.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
            assert "in flight" in refused.details()
            streams.pop(refused).put(None)
        [(stream, events)] = streams.items()
        event = event_service_pb2.PublishEventRequest(type="a", data="1")
        events.put(event)
        events.put(None)
        assert stream.result(PATIENCE).published_count == 1
        stub = webhook_service_pb2_grpc.WebhookServiceStub(channel)
        # Who has an answer may make the next call.
        for _ in range(100):
            assert publish(iter([event]), metadata=metadata).published_count
            stub.List(webhook_service_pb2.ListWebhooksRequest(),
                      metadata=metadata)


@pytest.mark.parametrize("flag", ["--max_connections_per_address=0",
                                  "--max_calls_per_key=0"])
def test_a_limit_of_nothing_is_refused(tmp_path, flag):
    result = run("webhook-server", "--listen=127.0.0.1:0",
                 f"--database=sqlite:{tmp_path}/webhooks.db", flag)
    assert result.returncode == 1
    assert flag.split("=")[0] in result.stderr
