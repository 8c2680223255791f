"""/openapi.json is a valid OpenAPI document for public tools."""

import json
import os
import pathlib
import shutil
import subprocess

import pytest

import openapi
import rest
from processes import PATIENCE
from receiver import Receiver, delivering

HERE = pathlib.Path(__file__).parent
NPM = pathlib.Path(os.environ["E2E_NPM"])
TOOLS = NPM / "node_modules" / ".bin"
# Tools send no telemetry, and look for no updates.
QUIET = {**os.environ, "REDOCLY_TELEMETRY": "off", "CI": "1",
         "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def run(folder, tool, *args):
    if not (TOOLS / tool).exists():
        pytest.skip(f"{tool} is not installed: ./dev deps does it")
    result = subprocess.run([TOOLS / tool, *args], cwd=folder, env=QUIET,
                            capture_output=True, text=True,
                            timeout=4 * PATIENCE)
    assert result.returncode == 0, result.stdout + result.stderr
    return result


@pytest.fixture
def folder(tmp_path):
    """A folder with the document, and the packages that tools need."""
    (tmp_path / "openapi.json").write_text(
        json.dumps(openapi.document().raw, indent=1))
    (tmp_path / "node_modules").symlink_to(NPM / "node_modules")
    return tmp_path


def test_a_linter_finds_nothing(folder):
    run(folder, "redocly", "lint", "--config", HERE / "redocly.yaml",
        "--max-problems=50", "openapi.json")


def test_a_linter_finds_what_is_wrong(folder):
    broken = {**openapi.document().raw}
    del broken["info"]
    (folder / "openapi.json").write_text(json.dumps(broken))
    with pytest.raises(AssertionError):
        run(folder, "redocly", "lint", "--config", HERE / "redocly.yaml",
            "openapi.json")


def test_every_rpc_with_a_path_is_told_of(folder):
    protos = HERE.parent.parent / "proto" / "webhooks" / "v1"
    annotated = sum(
        proto.read_text().count("option (google.api.http)")
        for proto in protos.glob("*_service.proto"))
    ids = [operation["operationId"]
           for item in openapi.document().raw["paths"].values()
           for operation in item.values()]
    assert annotated == sum("Service_" in i for i in ids) > 20


def test_every_example_of_a_body_is_valid():
    document = openapi.document()
    seen = 0
    for path, item in document.raw["paths"].items():
        for method, operation in item.items():
            parts = [operation.get("requestBody", {}),
                     *operation["responses"].values()]
            for part in parts:
                for media in part.get("content", {}).values():
                    if "example" in media:
                        document.validate(media["schema"], media["example"])
                        seen += 1
    assert seen > 20


def test_an_answer_that_is_not_told_of_is_found():
    document = openapi.document()
    webhook = document.raw["paths"]["/webhooks"]["post"]["responses"]["201"][
        "content"]["application/json"]["example"]
    for broken in ({**webhook, "more": 1}, {**webhook, "active": None},
                   {k: v for k, v in webhook.items() if k != "secret"},
                   {**webhook, "created_at": "yesterday"}):
        with pytest.raises(openapi.jsonschema.ValidationError):
            document.check_answer("POST", "/webhooks", 201, [],
                                  json.dumps(broken).encode())
    with pytest.raises(AssertionError):
        document.check_answer("POST", "/webhooks", 200, [],
                              json.dumps(webhook).encode())


def test_a_generated_client_does_the_main_job(folder):
    run(folder, "openapi-typescript", "openapi.json", "-o", "schema.ts")
    shutil.copy(HERE / "client.ts", folder)
    run(folder, "tsc", "--strict", "--noUncheckedIndexedAccess",
        "--module", "node16", "--target", "es2022", "--types", "node",
        "--outDir", "js", "client.ts")
    (folder / "js" / "package.json").write_text('{"type": "commonjs"}')
    with Receiver() as receiver, delivering(folder) as api:
        result = subprocess.run(
            ["node", "js/client.js", f"http://{api.service.gateway.address}",
             api.service.key, receiver.url()],
            cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
        assert result.returncode == 0, result.stderr
        got = json.loads(result.stdout)
        assert receiver.await_requests(1)[0].id == got["event"]
    assert got["webhook"] in got["listed"]
    assert got["delivery"]["of"] == got["event"]
    assert got["delivery"]["state"] in ("PENDING", "IN_FLIGHT", "DELIVERED")
    assert got["refused"] == 400


def test_the_document_is_for_everybody(service):
    answer = rest.request(service.gateway.address, "GET", "/openapi.json", {})
    assert answer.status == 200
    assert answer.json()["openapi"] == "3.1.0"
