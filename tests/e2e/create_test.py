"""Creates and reads webhooks, as a REST client does."""

import json
import subprocess
import uuid

import pytest

from contract import assert_new_webhook
from service import REFERENCE


def curl(service, path, *args):
    """Returns (status, headers, body) of a call with curl."""
    result = subprocess.run(
        ["curl", "-sSi", "--max-time", "30", "-H", f"x-api-key: {service.key}",
         *args, f"http://{service.gateway.address}{path}"],
        capture_output=True, text=True, check=True)
    head, body = result.stdout.split("\n\n", 1)
    lines = head.splitlines()
    headers = dict(line.lower().split(": ", 1) for line in lines[1:])
    return int(lines[0].split()[1]), headers, json.loads(body)


def test_curl_posts_the_reference_body_and_gets_the_references_answer(service):
    status, headers, webhook = curl(
        service, "/webhooks", "-H", "content-type: application/json",
        "-d", json.dumps(REFERENCE))
    assert status == 201
    assert headers["content-type"].startswith("application/json")
    assert_new_webhook(webhook, **REFERENCE)


def test_curl_reads_back_what_it_posted(service):
    _, _, made = curl(
        service, "/webhooks", "-H", "content-type: application/json",
        "-d", json.dumps(REFERENCE))
    status, _, read = curl(service, f"/webhooks/{made['id_webhook_endpoint']}")
    assert status == 200
    assert read == made


@pytest.mark.parametrize("body", [
    {"url": None, "scope": ["connection.created"]},
    {"url": "https://acme.com/hook", "scope": None},
    {"url": None, "scope": None, "description": None},
    {"url": "https://acme.com/hook", "scope": ["a"], "description": ""},
], ids=["null url", "null scope", "all null", "empty description"])
def test_what_may_be_null_or_empty_is_kept_as_it_is(service, body):
    response = service.post(body)
    assert response.status == 201
    assert_new_webhook(response.json(), body["url"], body.get("description"),
                       body["scope"])


def test_a_description_that_is_absent_is_null(service):
    response = service.post({"url": "https://acme.com/hook", "scope": ["a.b"]})
    assert response.status == 201
    assert response.json()["endpoint_description"] is None


def test_text_in_every_script_is_kept(service):
    description = "Grüße, 世界 🎣"
    response = service.post({**REFERENCE, "description": description})
    assert response.status == 201
    assert response.json()["endpoint_description"] == description


def test_scope_keeps_its_order(service):
    scope = [f"event.type_{i}" for i in range(100, 0, -1)]
    response = service.post({**REFERENCE, "scope": scope})
    assert response.json()["scope"] == scope


def test_every_webhook_has_its_own_id_and_secret_and_ids_ascend(service):
    made = [service.post(REFERENCE).json() for _ in range(20)]
    ids = [webhook["id_webhook_endpoint"] for webhook in made]
    assert len({webhook["secret"] for webhook in made}) == len(made)
    assert len(set(ids)) == len(made)
    times = [uuid.UUID(i).int >> 80 for i in ids]
    assert times == sorted(times)


def test_every_webhook_belongs_to_the_keys_project(service):
    projects = {service.post(REFERENCE).json()["id_project"] for _ in range(3)}
    assert len(projects) == 1


def test_get_accepts_an_id_in_upper_case_and_percent_encoded(service):
    made = service.post(REFERENCE).json()
    name = made["id_webhook_endpoint"]
    assert service.get(f"/webhooks/{name.upper()}").json() == made
    escaped = "".join(f"%{ord(c):02X}" for c in name)
    assert service.get(f"/webhooks/{escaped}").json() == made


@pytest.mark.parametrize("name", [
    "01920000-0000-7000-8000-000000000000", "nonsense", "a%2Fb"])
def test_get_of_what_is_not_there_is_not_found(service, name):
    response = service.get(f"/webhooks/{name}")
    assert response.status == 404
    assert response.error()["status"] == "NOT_FOUND"
    assert response.reason() == "WEBHOOK_NOT_FOUND"


def test_answers_are_never_cached(service):
    assert service.post(REFERENCE).header("cache-control") == "no-store"
