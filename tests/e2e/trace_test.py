"""A trace goes from a request through both processes to every delivery."""

import json
import re

import pytest

from processes import PATIENCE
from receiver import Receiver, delivering
from webhooks.v1 import event_service_pb2, event_service_pb2_grpc

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"
HEADER = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-(0[01])")


def span(line):
    """Returns trace_id, span_id and parent_id of a log line."""
    found = dict(re.findall(r"\b(trace_id|span_id|parent_id)=([0-9a-f]+)",
                            line))
    return tuple(found.get(name) for name in
                 ("trace_id", "span_id", "parent_id"))


def line(process, pattern):
    return process.await_line(pattern).string


def publish(api, receiver, name, headers=None, answers=(200,)):
    """Publishes an event to /name. Returns the webhook's id, and requests."""
    receiver.answer(f"/{name}", *answers)
    webhook = api.webhook(receiver.url(f"/{name}"), [name])
    api.call("POST", "/events", {"type": name, "data": 1}, 202,
             headers={"x-request-id": name, **(headers or {})})
    requests = receiver.await_requests(len(answers), f"/{name}")
    return webhook["id_webhook_endpoint"], requests


def test_a_trace_goes_from_the_request_to_each_attempt(api, receiver):
    webhook, requests = publish(
        api, receiver, "whole",
        {"traceparent": TRACEPARENT, "tracestate": "vendor=1,other=2"},
        answers=(500, 200))
    gateway = span(line(api.service.gateway, "request_id=whole"))
    server = span(line(api.service.server, "request_id=whole"))
    assert gateway[0] == server[0] == TRACE
    assert gateway[2] == PARENT
    assert server[2] == gateway[1]
    spans = set()
    for number, request in enumerate(requests, 1):
        attempt = span(line(
            api.service.server,
            f" attempt number={number} .*id_webhook_endpoint={webhook} "))
        assert attempt[0] == TRACE
        assert attempt[2] == server[1]
        assert request.headers["traceparent"] == f"00-{TRACE}-{attempt[1]}-01"
        assert request.headers["tracestate"] == "vendor=1,other=2"
        spans.add(attempt[1])
    assert len(spans | {gateway[1], server[1], PARENT}) == 5


@pytest.mark.parametrize("name, headers", [
    ("begun.none", {}),
    ("begun.malformed", {"traceparent": "00-nonsense-01",
                         "tracestate": "vendor=1"}),
    ("begun.upper", {"traceparent": TRACEPARENT.upper()}),
    ("begun.zeros", {"traceparent": f"00-{'0' * 32}-{PARENT}-01"}),
])
def test_a_trace_is_begun_where_none_is_given(api, receiver, name, headers):
    _, (request,) = publish(api, receiver, name, headers)
    gateway = span(line(api.service.gateway, f"request_id={name}"))
    server = span(line(api.service.server, f"request_id={name}"))
    assert gateway[2] is None
    assert server == (gateway[0], server[1], gateway[1])
    assert HEADER.fullmatch(
        request.headers["traceparent"])[1] == gateway[0] != TRACE
    assert "tracestate" not in request.headers


def test_a_trace_that_is_not_recorded_stays_so(api, receiver):
    _, (request,) = publish(api, receiver, "quiet", {
        "traceparent": TRACEPARENT[:-1] + "0"})
    assert HEADER.fullmatch(request.headers["traceparent"])[3] == "00"


@pytest.mark.parametrize("name, state", [
    ("state.malformed", "Not A State"), ("state.long", "a=" + "x" * 600)])
def test_a_bad_tracestate_is_left_out_and_the_trace_goes_on(
        api, receiver, name, state):
    _, (request,) = publish(api, receiver, name, {
        "traceparent": TRACEPARENT, "tracestate": state})
    assert HEADER.fullmatch(request.headers["traceparent"])[1] == TRACE
    assert "tracestate" not in request.headers


def test_a_trace_goes_on_from_grpc_alone(api, receiver):
    with api.service.channel() as channel:
        stub = event_service_pb2_grpc.EventServiceStub(channel)
        metadata = (*api.service.metadata(), ("traceparent", TRACEPARENT),
                    ("tracestate", "vendor=1"))
        event = event_service_pb2.PublishEventRequest
        for name in ("grpc.one", "grpc.batch", "grpc.stream"):
            api.webhook(receiver.url(f"/{name}"), [name])
        stub.Publish(event(type="grpc.one", data="1"), metadata=metadata,
                     timeout=PATIENCE)
        stub.PublishBatch(
            event_service_pb2.PublishEventBatchRequest(
                events=[event(type="grpc.batch", data="1")]),
            metadata=metadata, timeout=PATIENCE)
        stub.PublishStream(iter([event(type="grpc.stream", data="1")]),
                           metadata=metadata, timeout=PATIENCE)
    for name in ("grpc.one", "grpc.batch", "grpc.stream"):
        request = receiver.await_requests(1, f"/{name}")[0]
        assert HEADER.fullmatch(request.headers["traceparent"])[1] == TRACE
        assert request.headers["tracestate"] == "vendor=1"


def test_a_test_of_a_webhook_goes_on_with_its_callers_trace(api, receiver):
    webhook = api.webhook(receiver.url("/tested"), ["tested"])
    api.call("POST", f"/webhooks/{webhook['id_webhook_endpoint']}:test",
             headers={"traceparent": TRACEPARENT})
    request = receiver.await_requests(1, "/tested")[0]
    assert HEADER.fullmatch(request.headers["traceparent"])[1] == TRACE


def test_answers_do_not_tell_the_trace(api, receiver):
    publish(api, receiver, "shown", {"traceparent": TRACEPARENT})
    events = api.service.get("/events?type=shown")
    assert len(events.json()) == 1
    assert TRACE not in events.body.decode()
    assert events.header("traceparent") is None


def test_the_trace_is_there_after_a_restart(tmp_path):
    with Receiver() as receiver, delivering(
            tmp_path, "--deliver=false") as api:
        api.webhook(receiver.url("/later"), ["later"])
        api.call("POST", "/events", {"type": "later", "data": 1}, 202,
                 headers={"traceparent": TRACEPARENT})
        api.service.server.stop()
        api.service.restart_server("--allow_http_urls",
                                   "--allow_targets=127.0.0.1")
        request = receiver.await_requests(1, "/later")[0]
        assert HEADER.fullmatch(request.headers["traceparent"])[1] == TRACE


def test_a_webhook_has_no_trace_headers_of_its_own(api):
    for name in ("traceparent", "Tracestate"):
        response = api.service.request("POST", "/webhooks", {
            "url": "https://acme.com/", "scope": None,
            "delivery": {"headers": {name: "x"}}})
        assert response.status == 400


def test_lines_of_the_json_format_hold_the_span(tmp_path):
    with Receiver() as receiver, delivering(
            tmp_path, "--log_format=json") as api:
        publish(api, receiver, "json", {"traceparent": TRACEPARENT})
        api.service.server.await_line('"message":"attempt"')
        lines = [json.loads(text) for text in
                 api.service.server.log().splitlines()]
        attempt = next(l for l in lines if l["message"] == "attempt")
        request = next(l for l in lines if l.get("request_id") == "json")
        assert attempt["trace_id"] == request["trace_id"] == TRACE
        assert attempt["parent_id"] == request["span_id"]
        assert attempt["number"] == 1
