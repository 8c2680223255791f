"""Certificates that are bound to projects, in place of keys."""

import json
import queue

import grpc
import pytest

import rest
from authority import Authority
from grpc_errors import failure
from processes import PATIENCE, run
from safe_service import SafeService
from service import REFERENCE
from webhooks.v1 import (event_service_pb2, event_service_pb2_grpc,
                         webhook_service_pb2, webhook_service_pb2_grpc)

UNAUTHENTICATED = grpc.StatusCode.UNAUTHENTICATED
FORGED = ("x-client-certificate", "client.example")


@pytest.fixture(scope="module")
def mutual(tmp_path_factory):
    """Both processes require certificates; the server trusts the gateway."""
    service = SafeService(tmp_path_factory.mktemp("mutual"))
    authority = service.authority
    service.client = authority.issue("DNS:operator.example")
    required = f"--tls_client_ca={authority.ca}"
    gateway = authority.issue("DNS:gateway.example")
    try:
        service.start_server(required, "--trusted_gateways=gateway.example")
        service.start_gateway(required, f"--server_tls_cert={gateway.cert}",
                              f"--server_tls_key={gateway.key}")
        service.await_ready()
        yield service
    finally:
        service.stop()


@pytest.fixture
def admin(mutual):
    with mutual.channel() as channel:
        yield mutual.admin(channel)


@pytest.fixture
def project(admin):
    return admin.CreateProject(name="acme")


def list_by_grpc(service, client, metadata=()):
    with service.channel(client=client) as channel:
        return webhook_service_pb2_grpc.WebhookServiceStub(channel).List(
            webhook_service_pb2.ListWebhooksRequest(), metadata=metadata,
            timeout=PATIENCE).webhooks


def ask(service, client, method="GET", body=b"", **headers):
    return rest.request(
        service.gateway.address, method, "/webhooks",
        {"content-type": "application/json", **headers}, body,
        service.authority.context(client))


@pytest.mark.parametrize("alternative, name", [
    ("DNS:client{}.example,DNS:other.example", "client{}.example"),
    ("DNS:other.example,URI:spiffe://example/client{}",
     "spiffe://example/client{}"),
    ("IP:127.0.0.1", "common{}"), ("", "common{}")],
    ids=["DNS", "URI", "common name beside an address", "common name"])
def test_a_bound_certificate_opens_its_project_and_no_other(
        mutual, admin, project, alternative, name):
    number = project.id_project[-6:]
    client = mutual.authority.issue(alternative.format(number),
                                    f"common{number}")
    assert failure(lambda: list_by_grpc(mutual, client)) == (
        UNAUTHENTICATED, "CERTIFICATE_NOT_BOUND", [])
    assert ask(mutual, client).reason() == "CERTIFICATE_NOT_BOUND"
    admin.BindCertificate(id_project=project.id_project,
                          name=name.format(number))
    made = ask(mutual, client, "POST", json.dumps(REFERENCE).encode())
    assert made.status == 201, made.body
    assert made.json()["id_project"] == project.id_project
    listed = list_by_grpc(mutual, client)
    assert [w.id_webhook_endpoint for w in listed] == [
        made.json()["id_webhook_endpoint"]]


@pytest.fixture
def client(mutual, admin, project):
    """A certificate that is bound to the project."""
    name = f"{project.id_project}.example"
    issued = mutual.authority.issue(f"DNS:{name}")
    admin.BindCertificate(id_project=project.id_project, name=name)
    issued.name = name
    return issued


def test_an_unbound_certificate_opens_nothing_at_once(mutual, admin, client):
    assert ask(mutual, client).status == 200
    list_by_grpc(mutual, client)
    unbound = admin.UnbindCertificate(name=client.name)
    assert unbound.name == client.name
    assert ask(mutual, client).status == 401
    assert failure(lambda: list_by_grpc(mutual, client))[1] == (
        "CERTIFICATE_NOT_BOUND")
    assert failure(lambda: admin.UnbindCertificate(name=client.name)) == (
        grpc.StatusCode.NOT_FOUND, "CERTIFICATE_NOT_FOUND", [])


def test_a_stream_ends_when_its_certificate_is_bound_to_another_project(
        mutual, admin, project, client):
    event = event_service_pb2.PublishEventRequest(type="t", data="1")
    requests = queue.Queue()
    with mutual.channel(client=client) as channel:
        stub = event_service_pb2_grpc.EventServiceStub(channel)
        call = stub.PublishStream.future(iter(requests.get, None),
                                         timeout=PATIENCE)
        requests.put(event)
        while not (events := stub.List(event_service_pb2.ListEventsRequest(),
                                       timeout=PATIENCE).events):
            pass
        assert events[0].id_project == project.id_project
        admin.UnbindCertificate(name=client.name)
        other = admin.CreateProject(name="other")
        admin.BindCertificate(id_project=other.id_project, name=client.name)
        requests.put(event)
        code, reason, _ = failure(call.result)
        requests.put(None)
        assert (code, reason) == (UNAUTHENTICATED, "PROJECT_CHANGED")
        assert not stub.List(event_service_pb2.ListEventsRequest(),
                             timeout=PATIENCE).events
    key = admin.CreateApiKey(id_project=project.id_project, name="k").key
    with mutual.channel(client=client) as channel:
        stub = event_service_pb2_grpc.EventServiceStub(channel)
        assert len(stub.List(event_service_pb2.ListEventsRequest(),
                             metadata=(("x-api-key", key),),
                             timeout=PATIENCE).events) == 1


def test_a_certificate_goes_with_its_project(mutual, admin, project, client):
    assert ask(mutual, client).status == 200
    admin.DeleteProject(id=project.id_project)
    assert ask(mutual, client).status == 401


def test_a_key_that_is_sent_decides_alone(mutual, project, client):
    other = ask(mutual, client, "POST", json.dumps(REFERENCE).encode(),
                **{"x-api-key": mutual.key})
    assert other.status == 201
    assert other.json()["id_project"] != project.id_project
    assert ask(mutual, client, **{"x-api-key": "whk_x"}).reason() == (
        "API_KEY_INVALID")
    assert ask(mutual, client, **{"x-api-key": ""}).status == 401
    key = (("x-api-key", "whk_x"),)
    assert failure(lambda: list_by_grpc(mutual, client, key))[1] == (
        "API_KEY_INVALID")


def test_nobody_but_a_trusted_gateway_names_certificates(
        mutual, admin, project):
    admin.BindCertificate(id_project=project.id_project, name=FORGED[1])
    stranger = mutual.authority.issue("DNS:stranger.example")
    assert failure(lambda: list_by_grpc(mutual, stranger, (FORGED,)))[1] == (
        "CERTIFICATE_NOT_BOUND")
    forged = ask(mutual, stranger, **{FORGED[0]: FORGED[1]})
    assert forged.reason() == "CERTIFICATE_NOT_BOUND"
    admin.UnbindCertificate(name=FORGED[1])


def test_a_gateways_own_certificate_opens_nothing(mutual, admin, project):
    gateway = mutual.authority.issue("DNS:gateway.example")
    admin.BindCertificate(id_project=project.id_project,
                          name="gateway.example")
    assert failure(lambda: list_by_grpc(mutual, gateway))[1] == (
        "API_KEY_MISSING")


def test_a_gateway_that_is_not_trusted_is_not_believed(tmp_path):
    service = SafeService(tmp_path)
    service.client = service.authority.issue("DNS:client.example")
    required = f"--tls_client_ca={service.authority.ca}"
    try:
        service.start_server(required)
        service.start_gateway(required,
                              f"--server_tls_cert={service.certificate.cert}",
                              f"--server_tls_key={service.certificate.key}")
        service.await_ready()
        with service.channel() as channel:
            admin = service.admin(channel)
            admin.BindCertificate(
                name="client.example",
                id_project=admin.ListProjects().projects[0].id_project)
        list_by_grpc(service, service.client)
        assert ask(service, service.client).reason() == "CERTIFICATE_NOT_BOUND"
        assert service.get("/webhooks").status == 200
    finally:
        service.stop()


def test_forged_names_mean_nothing_in_plain_text(service):
    with service.channel() as channel:
        admin = service.admin(channel)
        admin.BindCertificate(
            name=FORGED[1],
            id_project=admin.ListProjects().projects[0].id_project)
        code, reason, _ = failure(
            lambda: webhook_service_pb2_grpc.WebhookServiceStub(channel).List(
                webhook_service_pb2.ListWebhooksRequest(), metadata=(FORGED,),
                timeout=PATIENCE))
    assert (code, reason) == (UNAUTHENTICATED, "API_KEY_MISSING")
    answer = rest.request(service.gateway.address, "GET", "/webhooks",
                          {FORGED[0]: FORGED[1]})
    assert answer.reason() == "API_KEY_MISSING"


def test_certificates_are_bound_once_and_listed(admin, project):
    names = [f"{n}.{project.id_project}" for n in "cab"]
    made = [admin.BindCertificate(id_project=project.id_project, name=name)
            for name in names]
    assert admin.BindCertificate(id_project=project.id_project,
                                 name=names[0]) == made[0]
    listed, token = [], ""
    while True:
        page = admin.ListCertificates(id_project=project.id_project,
                                      page_size=2, page_token=token)
        listed += page.certificates
        token = page.next_page_token
        if not token:
            break
    assert listed == sorted(made, key=lambda binding: binding.name)
    other = admin.CreateProject(name="other").id_project
    assert failure(lambda: admin.BindCertificate(
        id_project=other, name=names[0])) == (
            grpc.StatusCode.ALREADY_EXISTS, "CERTIFICATE_BOUND", [])


@pytest.mark.parametrize("name", ["", "two words", "ü.example", "x" * 256])
def test_what_is_no_name_is_refused(admin, project, name):
    code, _, fields = failure(lambda: admin.BindCertificate(
        id_project=project.id_project, name=name))
    assert (code, fields) == (grpc.StatusCode.INVALID_ARGUMENT, ["name"])


def test_webhookctl_binds_lists_and_unbinds(mutual, project):
    def ctl(*args, client=mutual.client, key=mutual.admin_key, code=0):
        result = run(
            "webhookctl", f"--server={mutual.server.address}", "--json",
            f"--tls_ca={mutual.authority.ca}", f"--tls_cert={client.cert}",
            f"--tls_key={client.key}", *args, env={"WEBHOOKS_KEY": key})
        assert result.returncode == code, result
        return json.loads(result.stdout) if code == 0 else result

    name = f"ctl.{project.id_project}"
    client = mutual.authority.issue(f"DNS:{name}")
    bound = ctl("certificate", "bind", project.id_project, name)
    assert bound["name"] == name
    assert ctl("certificate", "list", project.id_project) == [bound]
    assert ctl("webhook", "list", client=client, key="") == []
    assert ctl("certificate", "unbind", name) == bound
    ctl("webhook", "list", client=client, key="", code=4)


def test_webhookctl_trusts_only_its_authority(mutual, tmp_path):
    other = Authority(tmp_path, "other")
    for flags in ((f"--tls_ca={other.ca}",), ()):
        assert run("webhookctl", f"--server={mutual.server.address}", *flags,
                   "health").returncode == 5
    half = run("webhookctl", "--tls_cert=c", "health")
    assert half.returncode == 1
    assert "--tls_ca" in half.stderr
