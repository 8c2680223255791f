"""No call of one project sees or changes anything of another's.

The calls are found by the descriptors: an RPC without a case here fails.
"""

import hashlib
import hmac
import importlib
import os
import pathlib

import pytest
from google.protobuf import descriptor
from grpc.reflection.v1 import reflection_pb2, reflection_pb2_grpc

import grpc
from grpc_errors import failure
from processes import PATIENCE
from reflection import Reflection
from service import REFERENCE, Service

PACKAGE = "webhooks.v1"


def modules(suffix):
    """The generated modules of the package's services, by their protos."""
    folder = pathlib.Path(os.environ["E2E_STUBS"], *PACKAGE.split("."))
    names = [f.name for f in folder.glob(f"*_service{suffix}.py")]
    return {name.removesuffix(f"{suffix}.py"): importlib.import_module(
        f"{PACKAGE}.{name.removesuffix('.py')}") for name in names}


# The services that projects call, each with its modules.
STUBS = modules("_pb2_grpc")
SERVICES = {name: (messages, STUBS[proto])
            for proto, messages in modules("_pb2").items()
            for name in messages.DESCRIPTOR.services_by_name
            if name != "AdminService"}
RPCS = {f"{service}/{rpc.name}": rpc
        for service, (messages, _) in SERVICES.items()
        for rpc in messages.DESCRIPTOR.services_by_name[service].methods}

# For each RPC that names something, what a stranger asks of what the owner has,
# and the reason that is given.
REQUESTS_OF_ANOTHERS = {
    "WebhookService/Get": (
        lambda own: {"id": own["webhook"]}, "WEBHOOK_NOT_FOUND"),
    "WebhookService/UpdateStatus": (
        lambda own: {"id": own["webhook"], "active": False},
        "WEBHOOK_NOT_FOUND"),
    "WebhookService/Update": (
        lambda own: {"id": own["webhook"], "url": "https://stranger.example/"},
        "WEBHOOK_NOT_FOUND"),
    "WebhookService/Delete": (
        lambda own: {"id": own["webhook"]}, "WEBHOOK_NOT_FOUND"),
    "WebhookService/RotateSecret": (
        lambda own: {"id": own["webhook"]}, "WEBHOOK_NOT_FOUND"),
    "WebhookService/GetSecrets": (
        lambda own: {"id": own["webhook"]}, "WEBHOOK_NOT_FOUND"),
    "EventService/Get": (lambda own: {"id": own["event"]}, "EVENT_NOT_FOUND"),
    "DeliveryService/Get": (
        lambda own: {"id": own["delivery"]}, "DELIVERY_NOT_FOUND"),
    "DeliveryService/Deliver": (
        lambda own: {"id": own["event"], "id_webhook_endpoint": own["webhook"]},
        "EVENT_NOT_FOUND"),
    "DeliveryService/Retry": (
        lambda own: {"id": own["delivery"]}, "DELIVERY_NOT_FOUND"),
    "DeliveryService/Cancel": (
        lambda own: {"id": own["delivery"]}, "DELIVERY_NOT_FOUND"),
    "DeliveryService/CreateRetryJob": (
        lambda own: {"id_webhook_endpoint": own["webhook"]},
        "WEBHOOK_NOT_FOUND"),
    "DeliveryService/GetRetryJob": (
        lambda own: {"id": own["job"]}, "RETRY_JOB_NOT_FOUND"),
    "DeliveryService/CancelRetryJob": (
        lambda own: {"id": own["job"]}, "RETRY_JOB_NOT_FOUND"),
    "DeliveryService/Test": (
        lambda own: {"id": own["webhook"]}, "WEBHOOK_NOT_FOUND"),
    "DeliveryService/Explain": (
        lambda own: {"id_event": own["event"],
                     "id_webhook_endpoint": own["webhook"]},
        "EVENT_NOT_FOUND"),
}


def names_something(message, seen=()):
    """Whether a request has a field id or id_*, itself or in what it holds."""
    return any(
        field.name == "id" or field.name.startswith("id_") or (
            field.type == descriptor.FieldDescriptor.TYPE_MESSAGE
            and field.message_type.full_name not in seen
            and names_something(field.message_type,
                                (*seen, message.full_name)))
        for field in message.fields)


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """One that delivers: else no webhook can be tested, whoever's it is."""
    shared = Service(tmp_path_factory.mktemp("service"))
    try:
        yield shared.start("--allow_targets=127.0.0.1")
    finally:
        shared.stop()


@pytest.fixture(scope="module")
def keys(service):
    """The keys of two projects: of the owner, and of a stranger."""
    with service.channel() as channel:
        admin = service.admin(channel)
        return admin.new_key("owner"), admin.new_key("stranger")


def call(channel, key, rpc, *requests, **fields):
    """Calls an RPC of RPCS; one that streams with `requests`."""
    service, method = rpc.split("/")
    messages, stubs = SERVICES[service]
    request = getattr(messages, RPCS[rpc].input_type.name)
    stub = getattr(getattr(stubs, f"{service}Stub")(channel), method)
    argument = iter(request(**r) for r in requests) if requests else request(
        **fields)
    answer = stub(argument, timeout=PATIENCE, metadata=(("x-api-key", key),))
    return list(answer) if hasattr(answer, "__next__") else answer


def make(channel, key, **changes):
    return call(channel, key, "WebhookService/Create",
                **{**REFERENCE, **changes})


def read(channel, key, webhook):
    return call(channel, key, "WebhookService/Get",
                id=webhook.id_webhook_endpoint)


def test_every_service_is_looked_at(channel):
    served = Reflection(channel, reflection_pb2, reflection_pb2_grpc).services()
    assert {f"{PACKAGE}.{name}" for name in (*SERVICES, "AdminService")} == {
        name for name in served if name.startswith(f"{PACKAGE}.")}


def test_every_rpc_has_a_case():
    named = {name for name, rpc in RPCS.items()
             if names_something(rpc.input_type)}
    assert named == {*REQUESTS_OF_ANOTHERS, *NAME_WITHOUT_A_REFUSAL}
    assert set(RPCS) - named == set(NAME_NOTHING)


@pytest.mark.parametrize("rpc", [
    rpc for rpc in REQUESTS_OF_ANOTHERS
    if "etag" in RPCS[rpc].input_type.fields_by_name])
@pytest.mark.parametrize("etag", ["", "*", "own", "owners"])
def test_no_etag_opens_another_projects_webhook(channel, keys, rpc, etag):
    owner, stranger = keys
    webhook = make(channel, owner)
    own = make(channel, stranger)
    fields, expected = REQUESTS_OF_ANOTHERS[rpc]
    code, reason, _ = failure(lambda: call(
        channel, stranger, rpc, **fields(
            {"webhook": webhook.id_webhook_endpoint}),
        etag={"own": own.etag, "owners": webhook.etag}.get(etag, etag)))
    assert (code, reason) == (grpc.StatusCode.NOT_FOUND, expected)
    assert read(channel, owner, webhook) == webhook
    assert len(call(channel, owner, "WebhookService/GetSecrets",
                    id=webhook.id_webhook_endpoint).secrets) == 1


def test_an_etag_of_another_project_fits_no_webhook_of_ones_own(channel, keys):
    owner, stranger = keys
    webhook = make(channel, owner)
    own = make(channel, stranger)
    code, reason, _ = failure(lambda: call(
        channel, stranger, "WebhookService/Delete", id=own.id_webhook_endpoint,
        etag=webhook.etag))
    assert (code, reason) == (grpc.StatusCode.ABORTED, "ETAG_MISMATCH")


def test_a_request_id_of_another_project_is_ones_own(channel, keys):
    owner, stranger = keys
    first = make(channel, owner, request_id="shared")
    second = make(channel, stranger, request_id="shared", url="https://b.example/")
    assert first.id_project != second.id_project
    assert first.id_webhook_endpoint != second.id_webhook_endpoint
    rotations = [call(channel, key, "WebhookService/RotateSecret",
                      id=webhook.id_webhook_endpoint,
                      request_id="shared rotation")
                 for key, webhook in ((owner, first), (stranger, second))]
    assert rotations[0].secret != rotations[1].secret


def test_a_list_and_its_tokens_are_the_projects_own(channel, keys):
    owner, stranger = keys
    for _ in range(2):
        make(channel, owner)
        make(channel, stranger)
    page = call(channel, owner, "WebhookService/List", page_size=1)
    assert page.next_page_token
    code, reason, _ = failure(lambda: call(
        channel, stranger, "WebhookService/List", page_size=1,
        page_token=page.next_page_token))
    assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT,
                              "INVALID_PAGE_TOKEN")
    projects = [{w.id_project for w in call(
        channel, key, "WebhookService/List", page_size=1000).webhooks}
        for key in keys]
    assert len(projects[0]) == len(projects[1]) == 1
    assert projects[0] != projects[1]


@pytest.fixture(scope="module")
def owned(service, keys):
    """Ids of what the owner has, and its webhook."""
    with service.channel() as channel:
        owner = keys[0]
        # Nothing of it is sent.
        webhook = make(channel, owner, scope=["owned"]).id_webhook_endpoint
        stopped = call(channel, owner, "WebhookService/UpdateStatus",
                       id=webhook, active=False)
        event = call(channel, owner, "EventService/Publish",
                           type="owned", data="1").id_event
        delivery = call(
            channel, owner, "DeliveryService/List",
            id_event=event).deliveries[0].id_delivery
        job = call(channel, owner, "DeliveryService/CreateRetryJob",
                         id_webhook_endpoint=webhook).id_retry_job
    return {"webhook": webhook, "event": event, "delivery": delivery,
            "job": job, "as it was": stopped}


@pytest.mark.parametrize("rpc", REQUESTS_OF_ANOTHERS)
def test_what_another_project_has_is_not_found(channel, keys, owned, rpc):
    fields, expected = REQUESTS_OF_ANOTHERS[rpc]
    code, reason, _ = failure(
        lambda: call(channel, keys[1], rpc, **fields(owned)))
    assert (code, reason) == (grpc.StatusCode.NOT_FOUND, expected)
    delivery = call(channel, keys[0], "DeliveryService/Get",
                    id=owned["delivery"])
    assert delivery.state == delivery.HELD
    webhook = call(channel, keys[0], "WebhookService/Get", id=owned["webhook"])
    assert webhook == owned["as it was"]


def test_an_event_reaches_no_other_project(channel, keys, owned):
    stranger = keys[1]
    event = {"type": "owned", "data": "1", "id_event": owned["event"]}
    published = call(channel, stranger, "EventService/Publish", **event)
    assert published.matched_webhooks == 0
    event["id_event"] = ""
    batch = call(channel, stranger, "EventService/PublishBatch",
                       events=[event])
    assert batch.results[0].published.matched_webhooks == 0
    assert call(channel, stranger, "EventService/PublishStream", event)
    assert len(call(channel, keys[0], "DeliveryService/List",
                          id_webhook_endpoint=owned["webhook"]).deliveries) == 1


def test_lists_hold_nothing_of_another_project(channel, keys, owned):
    owner, stranger = keys
    for filters in ({}, {"id_webhook_endpoint": owned["webhook"]},
                    {"id_event": owned["event"]}):
        assert not call(channel, stranger, "DeliveryService/List",
                              **filters).deliveries
    for rpc, field in (("EventService/List", "events"),
                       ("DeliveryService/List", "deliveries")):
        call(channel, owner, "EventService/Publish", type="owned",
                   data="2")
        page = call(channel, owner, rpc, page_size=1)
        assert page.next_page_token
        assert {r.id_project for r in getattr(page, field)} == {
            call(channel, owner, "WebhookService/Get",
                 id=owned["webhook"]).id_project}
        code, reason, _ = failure(lambda: call(
            channel, stranger, rpc, page_size=1,
            page_token=page.next_page_token))
        assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT,
                                  "INVALID_PAGE_TOKEN")


def test_an_event_is_verified_for_everybody_alike(channel, keys):
    secret = make(channel, keys[0]).secret
    signature = hmac.new(secret.encode(), b"1", hashlib.sha256).hexdigest()
    event = {"payload": '{"data":1}', "secret": secret, "signature": signature}
    for key in keys:
        answer = call(channel, key, "WebhookService/VerifyEvent", **event)
        assert answer.payload == event["payload"]
        code, reason, _ = failure(lambda: call(
            channel, key, "WebhookService/VerifyEvent",
            **{**event, "signature": "0" * 64}))
        assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT,
                                  "SIGNATURE_MISMATCH")


def test_a_key_is_told_its_own_project(channel, keys):
    projects = {key: make(channel, key).id_project for key in keys}
    for key, project in projects.items():
        answer = call(channel, key, "WebhookService/CheckKey")
        assert answer.id_project == project
    assert len(set(projects.values())) == 2


# The RPCs that cannot be refused: where they name something, it is the
# caller's own, or a filter. With the test of what they do instead.
NAME_WITHOUT_A_REFUSAL = {
    "EventService/Publish": test_an_event_reaches_no_other_project,
    "EventService/PublishBatch": test_an_event_reaches_no_other_project,
    "EventService/PublishStream": test_an_event_reaches_no_other_project,
    "DeliveryService/List": test_lists_hold_nothing_of_another_project,
}
NAME_NOTHING = {
    "WebhookService/Create": test_a_request_id_of_another_project_is_ones_own,
    "WebhookService/List": test_a_list_and_its_tokens_are_the_projects_own,
    "WebhookService/CheckKey": test_a_key_is_told_its_own_project,
    "WebhookService/VerifyEvent": test_an_event_is_verified_for_everybody_alike,
    "EventService/List": test_lists_hold_nothing_of_another_project,
}
