"""No call of one project sees or changes anything of another's.

The calls are found by the descriptors: an RPC without a case here fails.
"""

import pytest
from webhooks.v1 import webhook_service_pb2, webhook_service_pb2_grpc

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
