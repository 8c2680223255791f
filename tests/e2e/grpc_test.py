"""The API over gRPC, with generated stubs."""

import grpc
import pytest
from google.protobuf import field_mask_pb2
from grpc.health.v1 import health_pb2, health_pb2_grpc
from webhooks.v1 import (admin_service_pb2, delivery_service_pb2,
                         event_service_pb2, webhook_pb2, webhook_service_pb2,
                         webhook_service_pb2_grpc)

from contract import secret_bytes
from grpc_errors import failure
from processes import PATIENCE
from service import REFERENCE


@pytest.fixture
def stub(channel):
    return webhook_service_pb2_grpc.WebhookServiceStub(channel)


def create(service, stub, metadata=None, **fields):
    if "scope" not in fields:
        fields.setdefault("all_events", True)
    return stub.Create(
        webhook_service_pb2.CreateWebhookRequest(**fields), timeout=PATIENCE,
        metadata=service.metadata() if metadata is None else metadata)


def test_create_answers_with_the_webhook(service, stub):
    webhook = create(service, stub, **REFERENCE)
    assert webhook.url == REFERENCE["url"]
    assert webhook.endpoint_description == REFERENCE["description"]
    assert list(webhook.scope) == REFERENCE["scope"]
    assert webhook.active
    assert len(secret_bytes(webhook.secret)) == 32
    assert webhook.created_at == webhook.last_update


def test_a_compressed_message_is_refused(service, stub):
    """It could expand a thousandfold before its sender is authenticated."""
    with pytest.raises(grpc.RpcError) as caught:
        stub.Create(
            webhook_service_pb2.CreateWebhookRequest(description="a" * 10000),
            timeout=PATIENCE, metadata=service.metadata(),
            compression=grpc.Compression.Gzip)
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_get_answers_with_what_create_made(service, stub):
    made = create(service, stub, **REFERENCE)
    request = webhook_service_pb2.GetWebhookRequest(id=made.id_webhook_endpoint)
    read = stub.Get(request, metadata=service.metadata(), timeout=PATIENCE)
    assert isinstance(read, webhook_pb2.Webhook)
    assert read == made


def test_what_was_not_given_is_not_set(service, stub):
    webhook = create(service, stub)
    assert not webhook.HasField("url")
    assert not webhook.HasField("endpoint_description")
    assert not webhook.scope


def test_a_gateway_without_all_events_creates_for_every_type(service, stub):
    """Like one of an earlier version, which sends this for a scope of null."""
    request = webhook_service_pb2.CreateWebhookRequest()
    made = stub.Create(request, timeout=PATIENCE, metadata=(
        *service.metadata(), ("x-client-address", "192.0.2.7")))
    assert not made.scope
    code, reason, _ = failure(lambda: stub.Create(
        request, timeout=PATIENCE, metadata=service.metadata()))
    assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_SCOPE")


def test_rest_reads_what_grpc_made(service, stub):
    made = create(service, stub, **REFERENCE)
    read = service.get(f"/webhooks/{made.id_webhook_endpoint}").json()
    assert read["secret"] == made.secret
    assert read["url"] == made.url


def update(service, stub, webhook, paths, **fields):
    mask = None if paths is None else field_mask_pb2.FieldMask(paths=paths)
    return stub.Update(webhook_service_pb2.UpdateWebhookRequest(
        id=webhook.id_webhook_endpoint, update_mask=mask, **fields),
        timeout=PATIENCE, metadata=service.metadata())


# A mask, the given fields, and the fields that change.
@pytest.mark.parametrize("paths, given, changed", [
    (None, {"description": "new"}, {"endpoint_description": "new"}),
    ([], {"scope": ["x"]}, {"scope": ["x"]}),
    (["url"], {"url": "https://new.example/", "description": "not named"},
     {"url": "https://new.example/"}),
    (["url"], {}, {"url": None}),
    (["description", "scope"], {"active": False},
     {"endpoint_description": None, "scope": None}),
    (["active"], {"active": False}, {"active": False}),
    (["*"], {"active": True, "all_events": True, "description": "all"},
     {"url": None, "scope": None, "endpoint_description": "all"}),
    (None, {"all_events": True}, {"scope": None})])
def test_a_field_mask_says_what_is_changed(service, stub, paths, given,
                                           changed):
    made = create(service, stub, **REFERENCE)
    updated = update(service, stub, made, paths, **given)
    wanted = webhook_pb2.Webhook()
    wanted.CopyFrom(made)
    wanted.etag = updated.etag
    wanted.last_update.CopyFrom(updated.last_update)
    for field, value in changed.items():
        wanted.ClearField(field)
        if isinstance(value, list):
            getattr(wanted, field).extend(value)
        elif value is not None:
            setattr(wanted, field, value)
    assert updated == wanted
    assert updated.etag != made.etag
    read = stub.Get(webhook_service_pb2.GetWebhookRequest(
        id=made.id_webhook_endpoint), timeout=PATIENCE,
        metadata=service.metadata())
    assert read == updated


@pytest.mark.parametrize("paths, given, wrong", [
    (["color"], {"url": "https://new.example/"}, ["update_mask"]),
    (["url", "secret"], {}, ["update_mask"]),
    (["active"], {"url": "https://new.example/"}, ["active"]),
    (["*"], {"all_events": True}, ["active"]),
    (["*"], {"active": True}, ["scope"]),
    (["*"], {}, ["scope", "active"])])
def test_a_field_mask_that_cannot_be_changes_nothing(service, stub, paths,
                                                     given, wrong):
    made = create(service, stub, **REFERENCE)
    code, _, fields = failure(lambda: update(service, stub, made, paths,
                                             **given))
    assert (code, fields) == (grpc.StatusCode.INVALID_ARGUMENT, wrong)
    read = stub.Get(webhook_service_pb2.GetWebhookRequest(
        id=made.id_webhook_endpoint), timeout=PATIENCE,
        metadata=service.metadata())
    assert read == made


def test_get_of_another_id_is_not_found(service, stub):
    request = webhook_service_pb2.GetWebhookRequest(
        id="01920000-0000-7000-8000-000000000000")
    assert failure(lambda: stub.Get(
        request, metadata=service.metadata(), timeout=PATIENCE)) == (
            grpc.StatusCode.NOT_FOUND, "WEBHOOK_NOT_FOUND", [])


@pytest.mark.parametrize("metadata, reason", [
    ((), "API_KEY_MISSING"),
    ((("x-api-key", "nobody's"),), "API_KEY_INVALID"),
    ((("x-api-key", ""),), "API_KEY_MISSING"),
], ids=["no key", "unknown key", "empty key"])
def test_a_call_without_a_known_key_is_unauthenticated(
        service, stub, metadata, reason):
    assert failure(lambda: create(
        service, stub, metadata, **REFERENCE)) == (
            grpc.StatusCode.UNAUTHENTICATED, reason, [])


@pytest.mark.parametrize("fields, reason, wrong", [
    ({"url": "/relative"}, "INVALID_URL", ["url"]),
    ({"url": "ftp://acme.com/"}, "INVALID_URL", ["url"]),
    ({"url": "http://acme.com/"}, "INVALID_URL", ["url"]),
    ({"url": "https://u:p@acme.com/"}, "INVALID_URL", ["url"]),
    ({"url": "https:///path"}, "INVALID_URL", ["url"]),
    ({"url": "https://acme.com/" + "a" * 2048}, "INVALID_URL", ["url"]),
    ({"url": "https://acme.com/\n"}, "INVALID_URL", ["url"]),
    ({"url": "https://acme.com/\0"}, "INVALID_URL", ["url"]),
    ({"url": ""}, "INVALID_URL", ["url"]),
    ({"description": "a" * 1025}, "INVALID_DESCRIPTION", ["description"]),
    ({"description": "a\0"}, "INVALID_DESCRIPTION", ["description"]),
    ({"scope": ["a", "a"]}, "INVALID_SCOPE", ["scope[1]"]),
    ({"scope": ["a b"]}, "INVALID_SCOPE", ["scope[0]"]),
    ({"scope": ["", "a..b", "a"]}, "INVALID_SCOPE", ["scope[0]", "scope[1]"]),
    ({"scope": ["a" * 257]}, "INVALID_SCOPE", ["scope[0]"]),
    ({"scope": [f"a{i}" for i in range(101)]}, "INVALID_SCOPE", ["scope"]),
    ({"all_events": False}, "INVALID_SCOPE", ["scope"]),
    ({"all_events": True, "scope": ["a"]}, "INVALID_SCOPE", ["scope"]),
    ({"url": "x", "description": "\a", "scope": ["-"]}, "INVALID_REQUEST",
     ["url", "description", "scope[0]"]),
], ids=[
    "relative URL", "ftp URL", "http URL", "user-info", "no host", "long URL",
    "control character in URL", "NUL in URL", "empty URL", "long description",
    "NUL in description", "repeated event type", "malformed event type",
    "two malformed event types", "long event type", "too many event types",
    "no scope", "a scope beside all events",
    "everything at once"])
def test_every_violation_is_told(service, stub, fields, reason, wrong):
    assert failure(lambda: create(service, stub, **fields)) == (
        grpc.StatusCode.INVALID_ARGUMENT, reason, wrong)


@pytest.mark.parametrize("name", ["", "webhooks.v1.WebhookService"])
def test_health_is_serving(channel, name):
    health = health_pb2_grpc.HealthStub(channel)
    request = health_pb2.HealthCheckRequest(service=name)
    answer = health.Check(request, timeout=PATIENCE)
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


def test_health_of_an_unknown_service_is_not_found(channel):
    health = health_pb2_grpc.HealthStub(channel)
    with pytest.raises(grpc.RpcError) as caught:
        health.Check(health_pb2.HealthCheckRequest(service="no.Such"),
                     timeout=PATIENCE)
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND


def test_an_unknown_method_is_unimplemented(service, channel):
    call = channel.unary_unary("/webhooks.v1.WebhookService/Nonsense")
    with pytest.raises(grpc.RpcError) as caught:
        call(b"", metadata=service.metadata(), timeout=PATIENCE)
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_a_client_that_always_compresses_is_told_so_each_time(service, stub):
    """Its calls are cancelled as soon as they begin, as those of a flood."""
    for _ in range(200):
        with pytest.raises(grpc.RpcError) as caught:
            stub.Create(
                webhook_service_pb2.CreateWebhookRequest(description="a" * 1000),
                timeout=PATIENCE, metadata=service.metadata(),
                compression=grpc.Compression.Gzip)
        assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


def test_a_message_that_is_too_large_is_refused(service, stub):
    with pytest.raises(grpc.RpcError) as caught:
        stub.Create(
            webhook_service_pb2.CreateWebhookRequest(description="a" * (5 << 20)),
            timeout=PATIENCE, metadata=service.metadata())
    assert caught.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
    create(service, stub, **REFERENCE)


def test_a_server_that_is_told_to_takes_http_urls(stopped):
    stopped.start_server("--allow_http_urls")
    with stopped.channel() as channel:
        stub = webhook_service_pb2_grpc.WebhookServiceStub(channel)
        assert create(stopped, stub, url="http://acme.com/").url == (
            "http://acme.com/")


@pytest.mark.parametrize("message", [b"\xff", b"\x0a\x02\xff\xfe"],
                         ids=["garbage", "not UTF-8"])
def test_a_message_that_cannot_be_read_is_the_callers_fault(
        service, channel, message):
    call = channel.unary_unary("/webhooks.v1.WebhookService/Create")
    assert failure(lambda: call(message, metadata=service.metadata(),
                                timeout=PATIENCE)) == (
        grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_MESSAGE", [])


@pytest.mark.parametrize("method", [
    method for file in (admin_service_pb2, delivery_service_pb2,
                        event_service_pb2, webhook_service_pb2)
    for service in file.DESCRIPTOR.services_by_name.values()
    for method in service.methods], ids=lambda method: method.full_name)
def test_each_method_of_the_protos_is_there_and_wants_a_key(channel, method):
    path = f"/{method.containing_service.full_name}/{method.name}"
    call = channel.stream_unary(path)
    assert failure(lambda: call(iter([b""]), timeout=PATIENCE)) == (
        grpc.StatusCode.UNAUTHENTICATED, "API_KEY_MISSING", [])


def test_an_unknown_method_is_an_error_with_a_line_in_the_log(service, channel):
    call = channel.unary_unary("/webhooks.v1.WebhookService/Guess")
    assert failure(lambda: call(b"", timeout=PATIENCE)) == (
        grpc.StatusCode.UNIMPLEMENTED, "METHOD_UNKNOWN", [])
    service.server.await_line(
        "rpc=webhooks.v1.WebhookService/Guess status=UNIMPLEMENTED")


def test_the_name_of_an_unknown_method_is_cut_in_the_log(service, channel):
    call = channel.unary_unary("/" + "long/" + "x" * 50_000)
    failure(lambda: call(b"", timeout=PATIENCE))
    line = service.server.await_line("rpc=long/x+ status=UNIMPLEMENTED").string
    assert len(line) < 1000
