"""No call of one project sees or changes anything of another's.

The calls are found by the descriptors: an RPC without a case here fails.
"""

import pytest
from webhooks.v1 import (delivery_service_pb2, delivery_service_pb2_grpc,
                         event_service_pb2, event_service_pb2_grpc,
                         webhook_service_pb2, webhook_service_pb2_grpc)

import grpc
from grpc_errors import failure
from service import REFERENCE

PATIENCE = 30
RPCS = webhook_service_pb2.DESCRIPTOR.services_by_name[
    "WebhookService"].methods_by_name

# For each RPC, what a stranger asks of the webhook of another project; or why
# there is nothing to ask.
REQUESTS_OF_ANOTHERS_WEBHOOK = {
    "Get": lambda id: {"id": id},
    "UpdateStatus": lambda id: {"id": id, "active": False},
    "Update": lambda id: {"id": id, "url": "https://stranger.example/"},
    "Delete": lambda id: {"id": id},
    "RotateSecret": lambda id: {"id": id},
    "GetSecrets": lambda id: {"id": id},
}
NAMES_NO_WEBHOOK = {
    "Create": "test_a_request_id_of_another_project_is_ones_own",
    "List": "test_a_list_and_its_tokens_are_the_projects_own",
    "VerifyEvent": "looks at nothing that is stored",
}


@pytest.fixture(scope="module")
def keys(service):
    """The keys of two projects: of the owner, and of a stranger."""
    with service.channel() as channel:
        admin = service.admin(channel)
        return admin.new_key("owner"), admin.new_key("stranger")


def call(channel, key, rpc, **fields):
    stub = webhook_service_pb2_grpc.WebhookServiceStub(channel)
    request = getattr(webhook_service_pb2, RPCS[rpc].input_type.name)
    return getattr(stub, rpc)(request(**fields), timeout=PATIENCE,
                              metadata=(("x-api-key", key),))


def make(channel, key, **changes):
    return call(channel, key, "Create", **{**REFERENCE, **changes})


def test_every_rpc_has_a_case():
    assert set(RPCS) == {*REQUESTS_OF_ANOTHERS_WEBHOOK, *NAMES_NO_WEBHOOK}


def test_every_rpc_that_names_a_webhook_is_among_the_cases():
    named = {name for name, rpc in RPCS.items()
             if "id" in rpc.input_type.fields_by_name}
    assert named == set(REQUESTS_OF_ANOTHERS_WEBHOOK)


@pytest.mark.parametrize("rpc", REQUESTS_OF_ANOTHERS_WEBHOOK)
@pytest.mark.parametrize("etag", ["", "*", "own", "owners"])
def test_another_projects_webhook_is_not_found(channel, keys, rpc, etag):
    owner, stranger = keys
    webhook = make(channel, owner)
    own = make(channel, stranger)
    fields = REQUESTS_OF_ANOTHERS_WEBHOOK[rpc](webhook.id_webhook_endpoint)
    if etag:
        if "etag" not in RPCS[rpc].input_type.fields_by_name:
            pytest.skip("the request has no etag")
        fields["etag"] = {"own": own.etag, "owners": webhook.etag}.get(
            etag, etag)
    code, reason, _ = failure(lambda: call(channel, stranger, rpc, **fields))
    assert (code, reason) == (grpc.StatusCode.NOT_FOUND, "WEBHOOK_NOT_FOUND")
    assert call(channel, owner, "Get",
                id=webhook.id_webhook_endpoint) == webhook
    assert len(call(channel, owner, "GetSecrets",
                    id=webhook.id_webhook_endpoint).secrets) == 1


def test_an_etag_of_another_project_fits_no_webhook_of_ones_own(channel, keys):
    owner, stranger = keys
    webhook = make(channel, owner)
    own = make(channel, stranger)
    code, reason, _ = failure(lambda: call(
        channel, stranger, "Delete", id=own.id_webhook_endpoint,
        etag=webhook.etag))
    assert (code, reason) == (grpc.StatusCode.ABORTED, "ETAG_MISMATCH")


def test_a_request_id_of_another_project_is_ones_own(channel, keys):
    owner, stranger = keys
    first = make(channel, owner, request_id="shared")
    second = make(channel, stranger, request_id="shared", url="https://b.example/")
    assert first.id_project != second.id_project
    assert first.id_webhook_endpoint != second.id_webhook_endpoint
    rotations = [call(channel, key, "RotateSecret", id=webhook.id_webhook_endpoint,
                      request_id="shared rotation")
                 for key, webhook in ((owner, first), (stranger, second))]
    assert rotations[0].secret != rotations[1].secret


def test_a_list_and_its_tokens_are_the_projects_own(channel, keys):
    owner, stranger = keys
    for _ in range(2):
        make(channel, owner)
        make(channel, stranger)
    page = call(channel, owner, "List", page_size=1)
    assert page.next_page_token
    code, reason, _ = failure(lambda: call(
        channel, stranger, "List", page_size=1,
        page_token=page.next_page_token))
    assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT,
                              "INVALID_PAGE_TOKEN")
    projects = [{w.id_project for w in call(
        channel, key, "List", page_size=1000).webhooks} for key in keys]
    assert len(projects[0]) == len(projects[1]) == 1
    assert projects[0] != projects[1]


# The services beside WebhookService, each with its modules.
OTHERS = {
    "EventService": (event_service_pb2, event_service_pb2_grpc),
    "DeliveryService": (delivery_service_pb2, delivery_service_pb2_grpc),
}

# For each of their RPCs that names something, what a stranger asks of what the
# owner has, and the reason that is given.
REQUESTS_OF_ANOTHERS = {
    "EventService/Get": (lambda own: {"id": own["event"]}, "EVENT_NOT_FOUND"),
    "DeliveryService/Get": (
        lambda own: {"id": own["delivery"]}, "DELIVERY_NOT_FOUND"),
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
NAME_NOTHING = {
    "EventService/Publish": "test_an_event_reaches_no_other_project",
    "EventService/PublishBatch": "test_an_event_reaches_no_other_project",
    "EventService/PublishStream": "test_an_event_reaches_no_other_project",
    "EventService/List": "test_lists_hold_nothing_of_another_project",
    "DeliveryService/List": "test_lists_hold_nothing_of_another_project",
}


def call_other(channel, key, rpc, *requests, **fields):
    """Calls an RPC of OTHERS; one that streams with `requests`."""
    service, method = rpc.split("/")
    messages, stubs = OTHERS[service]
    descriptor = messages.DESCRIPTOR.services_by_name[
        service].methods_by_name[method]
    request = getattr(messages, descriptor.input_type.name)
    stub = getattr(getattr(stubs, f"{service}Stub")(channel), method)
    argument = iter(request(**r) for r in requests) if requests else request(
        **fields)
    return stub(argument, timeout=PATIENCE, metadata=(("x-api-key", key),))


@pytest.fixture(scope="module")
def owned(service, keys):
    """Ids of what the owner has."""
    with service.channel() as channel:
        owner = keys[0]
        # Nothing of it is sent.
        webhook = make(channel, owner, scope=["owned"]).id_webhook_endpoint
        call(channel, owner, "UpdateStatus", id=webhook, active=False)
        event = call_other(channel, owner, "EventService/Publish",
                           type="owned", data="1").id_event
        delivery = call_other(
            channel, owner, "DeliveryService/List",
            id_event=event).deliveries[0].id_delivery
        job = call_other(channel, owner, "DeliveryService/CreateRetryJob",
                         id_webhook_endpoint=webhook).id_retry_job
    return {"webhook": webhook, "event": event, "delivery": delivery,
            "job": job}


def test_every_other_rpc_has_a_case():
    rpcs = {f"{service}/{method}" for service, (messages, _) in OTHERS.items()
            for method in messages.DESCRIPTOR.services_by_name[
                service].methods_by_name}
    assert rpcs == {*REQUESTS_OF_ANOTHERS, *NAME_NOTHING}


@pytest.mark.parametrize("rpc", REQUESTS_OF_ANOTHERS)
def test_what_another_project_has_is_not_found(channel, keys, owned, rpc):
    fields, expected = REQUESTS_OF_ANOTHERS[rpc]
    code, reason, _ = failure(
        lambda: call_other(channel, keys[1], rpc, **fields(owned)))
    assert (code, reason) == (grpc.StatusCode.NOT_FOUND, expected)
    delivery = call_other(channel, keys[0], "DeliveryService/Get",
                          id=owned["delivery"])
    assert delivery.state == delivery.HELD


def test_an_event_reaches_no_other_project(channel, keys, owned):
    stranger = keys[1]
    event = {"type": "owned", "data": "1", "id_event": owned["event"]}
    published = call_other(channel, stranger, "EventService/Publish", **event)
    assert published.matched_webhooks == 0
    event["id_event"] = ""
    batch = call_other(channel, stranger, "EventService/PublishBatch",
                       events=[event])
    assert batch.results[0].published.matched_webhooks == 0
    call_other(channel, stranger, "EventService/PublishStream", event)
    assert len(call_other(channel, keys[0], "DeliveryService/List",
                          id_webhook_endpoint=owned["webhook"]).deliveries) == 1


def test_lists_hold_nothing_of_another_project(channel, keys, owned):
    owner, stranger = keys
    for filters in ({}, {"id_webhook_endpoint": owned["webhook"]},
                    {"id_event": owned["event"]}):
        assert not call_other(channel, stranger, "DeliveryService/List",
                              **filters).deliveries
    for rpc, field in (("EventService/List", "events"),
                       ("DeliveryService/List", "deliveries")):
        call_other(channel, owner, "EventService/Publish", type="owned",
                   data="2")
        page = call_other(channel, owner, rpc, page_size=1)
        assert page.next_page_token
        assert {r.id_project for r in getattr(page, field)} == {
            call(channel, owner, "Get", id=owned["webhook"]).id_project}
        code, reason, _ = failure(lambda: call_other(
            channel, stranger, rpc, page_size=1,
            page_token=page.next_page_token))
        assert (code, reason) == (grpc.StatusCode.INVALID_ARGUMENT,
                                  "INVALID_PAGE_TOKEN")
