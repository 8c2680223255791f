"""The service answers errors as the examples in /openapi.json show them."""

import re

import pytest

import openapi
import rest
from service import REFERENCE

NOBODY = "01a209fb-2e74-7f2a-9a45-2d9abc3023b7"
EVENT = NOBODY[:-2] + "b9"
DELIVERY = NOBODY[:-2] + "ba"
JOB = NOBODY[:-2] + "bb"
WEBHOOK = f"/webhooks/{NOBODY}"
PUBLISH = {"type": "connection.created", "data": {"id": 1}}

# The requests that are answered with the examples, by reason.
REQUESTS = {
    "INVALID_URL": ("POST", "/webhooks", {**REFERENCE, "url": "/a"}),
    "INVALID_DESCRIPTION": (
        "POST", "/webhooks", {**REFERENCE, "description": "x" * 1025}),
    "INVALID_SCOPE": ("POST", "/webhooks", {**REFERENCE, "scope": ["a b"]}),
    "INVALID_DELIVERY_SETTINGS": (
        "POST", "/webhooks", {**REFERENCE, "delivery": {"timeout": "99s"}}),
    "INVALID_REQUEST": (
        "POST", "/webhooks", {"url": "/a", "scope": ["a b"]}),
    "INVALID_REQUEST_ID": ("POST", "/webhooks", REFERENCE,
                           {"idempotency-key": "x" * 256}),
    "INVALID_HEADER": ("POST", "/webhooks", REFERENCE,
                       {"idempotency-key": ""}),
    "INVALID_PAGE_TOKEN": ("GET", "/webhooks?page_token=x"),
    "INVALID_OVERLAP": ("POST", f"{WEBHOOK}:rotateSecret",
                        {"overlap": "8000000s"}),
    "SIGNATURE_MISMATCH": (
        "POST", "/webhooks/verifyEvent",
        {"payload": PUBLISH, "signature": "00", "secret": "whsec_AAAA"}),
    "WEBHOOK_NOT_FOUND": ("GET", WEBHOOK),
    "INVALID_EVENT_TYPE": ("POST", "/events", {**PUBLISH, "type": "a b"}),
    "INVALID_DATA": ("POST", "/events", {**PUBLISH, "data": "x" * (256 << 10)}),
    "INVALID_EVENT_ID": ("POST", "/events", {**PUBLISH, "id_event": "x"}),
    "INVALID_DELIVER_AT": (
        "POST", "/events", {**PUBLISH, "deliver_at": "9999-01-01T00:00:00Z"}),
    "EVENT_NOT_FOUND": ("GET", f"/events/{EVENT}"),
    "DELIVERY_NOT_FOUND": ("GET", f"/deliveries/{DELIVERY}"),
    "RETRY_JOB_NOT_FOUND": ("GET", f"/retryJobs/{JOB}"),
    "INVALID_PROJECT": ("GET", "/webhooks", b"", {"x-project": "acme"}),
    "PROJECT_MISMATCH": ("GET", "/webhooks", b"", {"x-project": NOBODY}),
    "API_KEY_INVALID": ("GET", "/webhooks", b"", {"x-api-key": "nobody's"}),
    "MALFORMED_JSON": ("POST", "/webhooks", b'{"url": x}'),
    "MALFORMED_PATH": ("GET", "/webhooks/%"),
    "PATH_NOT_FOUND": ("GET", "/"),
    "METHOD_NOT_ALLOWED": ("DELETE", "/webhooks"),
    "BODY_TOO_LARGE": ("POST", "/webhooks", b"x" * (1 << 20) + b"x"),
    "TARGET_TOO_LONG": ("GET", "/" + "a" * (16 << 10)),
    "HEADERS_TOO_LARGE": ("GET", "/webhooks", b"", {"a": "x" * (16 << 10)}),
    "METHOD_UNKNOWN": ("TRACE", "/webhooks"),
    "UNSUPPORTED_MEDIA_TYPE": ("POST", "/webhooks", b"{}",
                               {"content-type": "text/plain"}),
    "UNSUPPORTED_EXPECTATION": ("POST", "/webhooks", REFERENCE,
                                {"expect": "something"}),
    # The shared service runs with --deliver=false.
    "DELIVERY_DISABLED": ("POST", "{webhook}:test", {}),
    "EVENT_ID_REUSED": ("POST", "/events",
                        {**PUBLISH, "id_event": EVENT[:-1] + "0"}),
    "REQUEST_ID_REUSED": ("POST", "/webhooks", REFERENCE,
                          {"idempotency-key": "used"}),
    "ETAG_MISMATCH": ("PUT", "{webhook}", {"active": False},
                      {"if-match": '"other"'}),
}


def example(reason):
    examples = openapi.document().raw["components"]["examples"]
    return examples[reason]["value"]


@pytest.fixture(scope="module")
def used(service):
    """Returns the path of a new webhook. Uses the ids that are reused later."""
    made = service.post({"url": None, "scope": None},
                        headers={"idempotency-key": "used"}).json()
    service.request("POST", "/events", {**PUBLISH, "data": None,
                                        "id_event": EVENT[:-1] + "0"})
    return f"/webhooks/{made['id_webhook_endpoint']}"


@pytest.mark.parametrize("reason", REQUESTS)
def test_an_error_is_answered_as_its_example_shows(service, used, reason):
    method, path, *rest_of = REQUESTS[reason]
    answer = service.request(method, path.replace("{webhook}", used),
                             *rest_of[:1],
                             headers=rest_of[1] if rest_of[1:] else None)
    assert answer.json() == example(reason)


def test_a_request_without_a_key_is_answered_as_its_example_shows(service):
    answer = rest.request(service.gateway.address, "GET", "/webhooks", {})
    assert answer.json() == example("API_KEY_MISSING")


def test_a_limit_is_answered_as_its_example_shows(service):
    with service.channel() as channel:
        admin = service.admin(channel)
        project = admin.CreateProject(name="small", max_webhooks=0).id_project
        key = admin.CreateApiKey(id_project=project, name="a").key
    answer = service.post(REFERENCE, headers={"x-api-key": key})
    assert answer.json() == example("WEBHOOK_LIMIT_REACHED")


def test_a_server_that_is_not_there_is_answered_as_its_example_shows(stopped):
    stopped.start()
    stopped.server.kill()
    stopped.await_status("/readyz", 503)
    answer = rest.request(stopped.gateway.address, "GET", "/webhooks",
                          {"x-api-key": "k"})
    assert answer.json() == example("SERVER_UNREACHABLE")


def test_every_example_is_a_valid_error_of_its_own_reason():
    document = openapi.document()
    examples = document.raw["components"]["examples"]
    assert len(examples) > 60
    for reason, shown in examples.items():
        document.validate(document.error_schema(), shown["value"])
        info = [d for d in shown["value"]["error"]["details"]
                if d["@type"].endswith("ErrorInfo")]
        assert [i["reason"] for i in info] == [reason]


def test_every_operation_shows_an_example_of_each_of_its_errors():
    document = openapi.document()
    for path, item in document.raw["paths"].items():
        for method, operation in item.items():
            for status, answer in operation["responses"].items():
                if not re.fullmatch(r"[45]\d\d|default", status):
                    continue
                media = document.resolve(answer)["content"]["application/json"]
                for name, shown in media["examples"].items():
                    code = document.resolve(shown)["value"]["error"]["code"]
                    assert status in (str(code), "default"), (path, method, name)
