"""Clients that know only the address find the methods by reflection."""

import json
import os
import subprocess

import pytest
from grpc.reflection.v1 import reflection_pb2 as v1
from grpc.reflection.v1 import reflection_pb2_grpc as v1_grpc
from grpc.reflection.v1alpha import reflection_pb2 as v1alpha
from grpc.reflection.v1alpha import reflection_pb2_grpc as v1alpha_grpc

from contract import KEYS, assert_new_webhook
from reflection import Reflection, dynamic_call
from service import REFERENCE

SERVICE = "webhooks.v1.WebhookService"


@pytest.fixture(params=[(v1, v1_grpc), (v1alpha, v1alpha_grpc)],
                ids=["v1", "v1alpha"])
def reflection(channel, request):
    return Reflection(channel, *request.param)


def test_services_are_listed(reflection):
    assert {SERVICE, "grpc.health.v1.Health"} <= set(reflection.services())


def test_a_method_is_found_and_called_by_its_descriptors(
        service, channel, reflection):
    pool = reflection.pool_of(SERVICE)
    call, request = dynamic_call(channel, pool, SERVICE, "Create")
    webhook = call(request(**REFERENCE), metadata=service.metadata(),
                   timeout=30)
    assert webhook.url == REFERENCE["url"]


def test_the_descriptors_carry_the_http_annotations(reflection):
    pool = reflection.pool_of(SERVICE)
    method = pool.FindServiceByName(SERVICE).FindMethodByName("Create")
    assert b"/webhooks" in method.GetOptions().SerializeToString()


def test_a_symbol_that_is_not_there_is_not_found(reflection):
    answer = reflection.ask(file_containing_symbol="no.such.Symbol")
    assert answer.error_response.error_code == 5


def test_an_extension_is_found_by_its_number(reflection):
    answer = reflection.ask(file_containing_extension={
        "containing_type": "google.protobuf.MethodOptions",
        "extension_number": 50101})
    files = answer.file_descriptor_response.file_descriptor_proto
    assert any(b"webhooks/v1/options.proto" in file for file in files)


def buf_curl(service, method, *args):
    buf = os.path.join(os.environ["E2E_NPM"], "node_modules/.bin/buf")
    if not os.path.exists(buf):
        pytest.skip("buf is not installed: ./dev deps")
    return subprocess.run(
        [buf, "curl", "--protocol", "grpc", "--http2-prior-knowledge",
         *args, f"http://{service.server.address}/{SERVICE}/{method}"],
        capture_output=True, text=True, timeout=60)


def test_buf_curl_creates_a_webhook(service):
    result = buf_curl(service, "Create", "-H", f"x-api-key: {service.key}",
                      "-d", json.dumps(REFERENCE))
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    assert set(answer) == {*KEYS, "etag"}
    webhook = service.get(
        f"/webhooks/{answer['id_webhook_endpoint']}").json()
    assert_new_webhook(webhook, **REFERENCE)


def test_buf_curl_shows_the_errors_details(service):
    result = buf_curl(service, "Create", "-H", f"x-api-key: {service.key}",
                      "-d", '{"url": "ftp://acme.com"}')
    error = json.loads(result.stderr)
    assert result.returncode != 0
    assert error["code"] == "invalid_argument"
    assert {"google.rpc.BadRequest", "google.rpc.ErrorInfo"} == {
        detail["type"] for detail in error["details"]}
