"""TLS on both listeners and between them."""

import contextlib
import json
import os
import pathlib
import shutil
import socket
import ssl
import subprocess

import grpc
import pytest
from grpc.health.v1 import health_pb2, health_pb2_grpc

import rest
from authority import Authority, Certificate
from processes import PATIENCE, run
from safe_service import SafeService
from service import REFERENCE
from webhooks.v1 import webhook_service_pb2, webhook_service_pb2_grpc

SERVING = health_pb2.HealthCheckResponse.SERVING


@pytest.fixture(scope="module")
def safe(tmp_path_factory):
    service = SafeService(tmp_path_factory.mktemp("safe"))
    try:
        yield service.start()
    finally:
        service.stop()


@pytest.fixture
def own(tmp_path):
    """A service of which nothing runs yet."""
    service = SafeService(tmp_path)
    yield service
    service.stop()


def health(channel, **options):
    return health_pb2_grpc.HealthStub(channel).Check(
        health_pb2.HealthCheckRequest(), timeout=PATIENCE, **options).status


def code_of(call):
    with pytest.raises(grpc.RpcError) as caught:
        call()
    return caught.value.code()


def serial_at(address, context):
    """Of the certificate that a new connection sees."""
    with rest.Connection(address, context) as connection:
        return connection.peer_serial()


def test_the_main_job_is_done_over_tls(safe):
    made = safe.post(REFERENCE)
    assert made.status == 201
    with safe.channel() as channel:
        got = webhook_service_pb2_grpc.WebhookServiceStub(channel).Get(
            webhook_service_pb2.GetWebhookRequest(
                id=made.json()["id_webhook_endpoint"]),
            metadata=safe.metadata(), timeout=PATIENCE)
    assert got.url == REFERENCE["url"]


def test_curl_is_served_over_tls(safe):
    port = safe.gateway.address.rsplit(":", 1)[1]
    result = subprocess.run(
        ["curl", "-sS", "--cacert", safe.authority.ca, "--http2",
         "-w", "%{http_version} %{http_code}",
         f"https://localhost:{port}/healthz", "-o", "/dev/null"],
        capture_output=True, text=True, timeout=PATIENCE)
    assert result.stdout == "1.1 200", result.stderr


def test_buf_is_served_over_tls(safe):
    buf = pathlib.Path(os.environ["E2E_NPM"]) / "node_modules/.bin/buf"
    if not buf.exists():
        pytest.skip("buf is not installed: ./dev deps")
    port = safe.server.address.rsplit(":", 1)[1]
    result = subprocess.run(
        [buf, "curl", "--protocol", "grpc", "--cacert", safe.authority.ca,
         "-H", f"x-api-key: {safe.key}", "-d", json.dumps(REFERENCE),
         f"https://localhost:{port}/webhooks.v1.WebhookService/Create"],
        capture_output=True, text=True, timeout=PATIENCE)
    assert json.loads(result.stdout)["url"] == REFERENCE["url"], result.stderr


@pytest.mark.parametrize("offered, chosen", [
    (["h2", "http/1.1"], "http/1.1"), (["http/1.1"], "http/1.1")])
def test_http_1_1_is_agreed_on(safe, offered, chosen):
    context = safe.context(protocols=offered)
    with rest.Connection(safe.gateway.address, context) as connection:
        assert connection.protocol() == chosen
        connection.send(rest.encode("GET", "/healthz", {}))
        assert connection.read().status == 200


def test_a_client_that_speaks_only_another_protocol_is_told(safe):
    with pytest.raises(ssl.SSLError, match="(?i)no_application_protocol"
                       "|no application protocol"):
        rest.Connection(safe.gateway.address, safe.context(protocols=["h2"]))


def test_a_connection_carries_many_requests_and_large_ones(safe):
    large = {**REFERENCE, "description": "x" * 1024}
    headers = {"x-api-key": safe.key, "content-type": "application/json"}
    body = json.dumps(large).encode() + b" " * 900_000
    with rest.Connection(safe.gateway.address, safe.context()) as connection:
        for _ in range(3):
            connection.send(rest.encode("POST", "/webhooks", headers, body))
            assert connection.read().status == 201
        connection.send(b"".join(
            rest.encode("GET", "/webhooks", headers) for _ in range(20)))
        assert {connection.read().status for _ in range(20)} == {200}


def test_100_continue_comes_before_the_body(safe):
    body = json.dumps(REFERENCE).encode()
    head = rest.encode("POST", "/webhooks", {
        "x-api-key": safe.key, "content-type": "application/json",
        "expect": "100-continue"}, body)[:-len(body)]
    with rest.Connection(safe.gateway.address, safe.context()) as connection:
        connection.send(head)
        assert connection.read().status == 100
        connection.send(body)
        assert connection.read().status == 201


def test_plain_text_is_refused_on_both(safe):
    with rest.Connection(safe.gateway.address) as connection:
        connection.send(rest.encode("GET", "/healthz", {}))
        with contextlib.suppress(ConnectionError):
            assert not connection.is_http()
    with grpc.insecure_channel(safe.server.address) as channel:
        assert code_of(lambda: health(channel)) == grpc.StatusCode.UNAVAILABLE


def test_strangers_do_not_fill_the_log(own):
    own.start_server()
    own.start_gateway()
    own.await_ready()
    for name in ("server", "gateway"):
        process = getattr(own, name)
        before = len(process.lines(""))
        for _ in range(5):
            with rest.Connection(process.address) as connection:
                connection.send(b"nonsense that is no greeting\r\n\r\n")
                connection.await_end()
        own.get("/webhooks", headers={"x-request-id": f"after-{name}"})
        process.await_line(f"request_id=after-{name}")
        assert [line for line in process.lines("")[before:]
                if " request " not in line] == []


def test_a_server_of_another_authority_is_not_trusted(safe, tmp_path):
    other = Authority(tmp_path, "other")
    with pytest.raises(ssl.SSLError):
        rest.Connection(safe.gateway.address, other.context())
    with safe.channel(authority=other) as channel:
        assert code_of(lambda: health(channel)) == grpc.StatusCode.UNAVAILABLE


def test_a_gateway_that_does_not_trust_the_server_is_not_ready(own, tmp_path):
    own.start_server()
    other = Authority(tmp_path, "other")
    own.start_gateway(f"--server_tls_ca={other.ca}")
    assert own.get("/readyz").status == 503
    assert own.post(REFERENCE).status == 503


def test_the_servers_name_can_be_another_than_its_hosts(own):
    own.certificate = own.authority.issue("DNS:webhooks.internal,DNS:localhost")
    own.start_server()
    own.start_gateway()
    assert own.get("/readyz").status == 503
    own.gateway.stop()
    own.start_gateway("--server_tls_name=webhooks.internal")
    own.await_ready()


def test_clients_must_show_a_certificate_where_authorities_are_named(
        own, tmp_path):
    own.client = own.authority.issue(alternative_names="DNS:client")
    required = f"--tls_client_ca={own.authority.ca}"
    own.start_server(required)
    own.start_gateway(required, f"--server_tls_cert={own.client.cert}",
                      f"--server_tls_key={own.client.key}")
    own.await_ready()
    assert own.post(REFERENCE).status == 201
    with own.channel() as channel:
        assert health(channel) == SERVING
    stranger = Authority(tmp_path, "other").issue()
    for client in (None, stranger):
        context = own.authority.context(client)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            rest.request(own.gateway.address, "GET", "/healthz", {},
                         context=context)
    own.client = None
    for client in (None, stranger):
        with own.channel(client=client) as channel:
            assert code_of(lambda: health(channel)) == (
                grpc.StatusCode.UNAVAILABLE)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("version", [
    ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.parametrize("name", ["server", "gateway"])
def test_old_versions_are_refused(safe, name, version):
    context = safe.context(protocols=["h2", "http/1.1"])
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with pytest.raises((ssl.SSLError, ConnectionError)):
        rest.Connection(getattr(safe, name).address, context)


def test_a_slow_handshake_ends(own):
    own.start_server("--handshake_timeout=200ms")
    own.start_gateway("--header_timeout=200ms")
    for address in (own.server.address, own.gateway.address):
        for sent in (b"", b"\x16\x03\x01\x02\x00\x01"):
            with rest.Connection(address) as connection:
                connection.send(sent)
                assert connection.is_closed()


def test_a_handshake_counts_as_a_connection(own):
    own.start_server()
    own.start_gateway("--max_connections=1")
    with rest.Connection(own.gateway.address, own.context()) as connection:
        connection.send(rest.encode("GET", "/healthz", {}))
        assert connection.read().status == 200
        assert own.get("/healthz").status == 503


# Certificates that change.


def replaced(own, process):
    """Puts a new certificate in place, and waits for `process` to take it."""
    new = own.authority.issue()
    own.certificate.install(new)
    process.await_line("certificates reloaded")
    return new


def test_the_gateway_takes_a_new_certificate_and_drops_nothing(own):
    own.start_server()
    own.start_gateway()
    own.await_ready()
    body = json.dumps(REFERENCE).encode()
    request = rest.encode("POST", "/webhooks", {
        "x-api-key": own.key, "content-type": "application/json"}, body)
    with rest.Connection(own.gateway.address, own.context()) as connection:
        connection.send(request[:-5])
        old = connection.peer_serial()
        new = replaced(own, own.gateway)
        assert new.serial() != old
        assert serial_at(own.gateway.address, own.context()) == new.serial()
        connection.send(request[-5:])
        assert connection.read().status == 201
        connection.send(request)
        assert connection.read().status == 201


def test_the_server_takes_a_new_certificate_and_drops_nothing(own):
    own.start_server()
    h2 = own.context(protocols=["h2"])
    with own.channel() as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch(
            health_pb2.HealthCheckRequest(), timeout=PATIENCE)
        assert next(watch).status == SERVING
        old = serial_at(own.server.address, h2)
        new = replaced(own, own.server)
        assert serial_at(own.server.address, h2) == new.serial() != old
        assert watch.is_active()
        assert health(channel) == SERVING
        watch.cancel()


def test_the_gateway_reaches_a_server_whose_authority_changes(own, tmp_path):
    trusted = tmp_path / "trusted.pem"
    shutil.copy(own.authority.ca, trusted)
    shown = own.authority.issue()
    own.start_server(f"--tls_cert={shown.cert}", f"--tls_key={shown.key}")
    own.start_gateway(f"--server_tls_ca={trusted}")
    own.await_ready()
    other = Authority(tmp_path, "other")
    trusted.write_bytes(other.ca.read_bytes())
    own.gateway.await_line("certificates reloaded")
    assert own.get("/readyz").status == 503
    shown.install(other.issue())
    own.server.await_line("certificates reloaded")
    own.await_ready()


@pytest.mark.parametrize("name", ["server", "gateway"])
@pytest.mark.parametrize("damage", ["no pair", "no certificate", "gone"])
def test_what_cannot_be_used_is_not_and_one_line_says_so(own, name, damage):
    own.start_server()
    if name == "gateway":
        own.start_gateway()
    process = getattr(own, name)
    context = own.context(protocols=["h2", "http/1.1"])
    before = serial_at(process.address, context)
    kept = own.certificate.cert.read_bytes()
    if damage == "no pair":
        own.certificate.cert.write_bytes(
            own.authority.issue().cert.read_bytes())
    elif damage == "no certificate":
        own.certificate.cert.write_text("nonsense")
    else:
        own.certificate.cert.unlink()
    process.await_line("certificates cannot be used")
    assert serial_at(process.address, context) == before
    own.certificate.cert.write_bytes(kept)
    after = replaced(own, process)
    assert serial_at(process.address, context) == after.serial()
    assert len(process.lines("certificates cannot be used")) == 1


# What a start refuses.


def start_flags(name, tmp_path):
    return ([f"--database=sqlite:{tmp_path}/webhooks.db"]
            if name == "webhook-server" else [])


BINARIES = ["webhook-server", "webhook-gateway"]


@pytest.mark.parametrize("name", BINARIES)
@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0"])
def test_plain_text_for_other_machines_must_be_allowed(
        name, address, tmp_path):
    if address == "[::]:0" and not has_ipv6():
        pytest.skip("there is no IPv6")
    result = run(name, f"--listen={address}", *start_flags(name, tmp_path))
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert "--allow_plaintext" in result.stderr
    assert address.rsplit(":", 1)[0] in result.stderr


def has_ipv6():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.parametrize("name", BINARIES)
@pytest.mark.parametrize("flags, word", [
    (["--tls_cert=c.cert"], "--tls_key"), (["--tls_key=c.key"], "--tls_cert"),
    (["--tls_client_ca=ca.pem"], "--tls_cert"),
    (["--tls_cert=nowhere", "--tls_key=c.key"], "nowhere"),
    (["--tls_cert=c.key", "--tls_key=c.key"], "c.key"),
    (["--tls_cert=c.cert", "--tls_key=d.key"], "d.key"),
    (["--tls_cert=c.cert", "--tls_key=locked.key"], "locked.key"),
    (["--tls_cert=c.cert", "--tls_key=c.key", "--tls_client_ca=c.key"],
     "c.key")])
def test_files_that_cannot_be_used_are_an_error_that_names_them(
        name, flags, word, tmp_path, files):
    flags = [flag.replace("=", f"={files}/") for flag in flags]
    result = run(name, "--listen=127.0.0.1:0", *flags,
                 *start_flags(name, tmp_path))
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert word in result.stderr


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A folder with certificates under short names."""
    folder = tmp_path_factory.mktemp("files")
    authority = Authority(folder, "ca")
    for name in ("c", "d"):
        made = Certificate(folder / f"{name}.cert", folder / f"{name}.key")
        made.install(authority.issue())
    subprocess.run(["openssl", "pkcs8", "-topk8", "-in", folder / "c.key",
                    "-out", folder / "locked.key", "-passout", "pass:secret"],
                   check=True, timeout=PATIENCE)
    return pathlib.Path(folder)


def test_the_gateway_does_not_half_configure_tls_to_the_server(tmp_path):
    result = run("webhook-gateway", "--listen=127.0.0.1:0",
                 "--server_tls_cert=c", "--server_tls_key=k")
    assert result.returncode == 1
    assert "--server_tls_ca" in result.stderr
