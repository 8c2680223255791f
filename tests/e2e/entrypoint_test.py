"""The entry point of the container image, without an image: each test runs it in
namespaces of its own, as it uses fixed ports and /var/lib/webhooks."""

import os
import subprocess

import pytest

from authority import Authority
from pages import ROOT
from processes import BIN, PATIENCE, clean_environment

ENTRYPOINT = ROOT / "server/packaging/image/entrypoint"

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root may run it in namespaces of its own")

# `entry WORD...` starts the entry point, and `health` waits until it is healthy.
PRELUDE = r"""
mount -t tmpfs none /var/lib
mkdir /var/lib/webhooks
ip link set lo up
entry() { "$ENTRYPOINT" "$@" >"$LOG" 2>&1 & entry=$!; }
health() {
  until "$ENTRYPOINT" health; do
    kill -0 "$entry" || { cat "$LOG"; exit 1; }
    sleep 0.1
  done
}
"""


def run_script(tmp_path, script, **environment):
    """The output of a script that is process 1, as a container's init is."""
    return subprocess.run(
        ["unshare", "-mnpf", "--mount-proc", "bash", "-euc", PRELUDE + script],
        text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=2 * PATIENCE, env={
            **clean_environment(), "ENTRYPOINT": str(ENTRYPOINT),
            "LOG": str(tmp_path / "log"),
            "PATH": f"{BIN}:{os.environ['PATH']}", **environment})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The flags of a certificate of 127.0.0.1, by their variables."""
    made = Authority(tmp_path_factory.mktemp("certificates")).issue()
    return {"WEBHOOKS_TLS_CERT": str(made.cert),
            "WEBHOOKS_TLS_KEY": str(made.key)}


PLAIN = {"WEBHOOKS_ALLOW_PLAINTEXT": "true"}


def test_both_processes_are_healthy_once_they_serve(tmp_path):
    result = run_script(tmp_path, """
        if "$ENTRYPOINT" health; then echo too early; fi
        entry all
        health
        kill -TERM "$entry"
        wait "$entry"
        echo stopped
        if "$ENTRYPOINT" health; then echo too late; fi
        """, **PLAIN)
    assert result.returncode == 0, result
    assert "stopped" in result.stdout and "too " not in result.stdout


def test_both_processes_can_have_a_certificate_and_pages_of_metrics(
        tmp_path, certificate):
    result = run_script(tmp_path, """
        entry all
        health
        curl -fsk -o /dev/null https://127.0.0.1:8080/readyz
        curl -fs http://127.0.0.1:9465/metrics | grep -c webhooks_http_connections
        curl -fs http://127.0.0.1:9464/metrics | grep -c webhooks_rpc_duration
        """, **certificate, WEBHOOKS_METRICS_LISTEN="127.0.0.1:9465",
        WEBHOOKS_SERVER_METRICS_LISTEN="127.0.0.1:9464")
    assert result.returncode == 0, result


def test_all_refuses_flags(tmp_path):
    result = run_script(tmp_path, '"$ENTRYPOINT" all --log_format=json')
    assert result.returncode == 1
    assert "takes no flags" in result.stdout


@pytest.mark.parametrize("as_flags", [True, False])
def test_a_server_with_a_certificate_is_healthy(tmp_path, certificate, as_flags):
    flags = " ".join(f"--{name.removeprefix('WEBHOOKS_').lower()}={value}"
                     for name, value in certificate.items())
    result = run_script(
        tmp_path, f"""
        entry server --listen=127.0.0.1:50052 {flags if as_flags else ""}
        health
        kill -KILL "$entry"
        wait "$entry" || true
        if "$ENTRYPOINT" health; then echo healthy; fi
        """, **({} if as_flags else certificate))
    assert result.returncode == 0, result
    assert "\nhealthy" not in result.stdout


@pytest.mark.parametrize("tls", [True, False])
def test_a_gateway_without_its_server_is_not_healthy(tmp_path, certificate,
                                                     tls):
    result = run_script(tmp_path, """
        entry gateway
        until curl -sk -o /dev/null "$URL/healthz"; do kill -0 "$entry"; done
        if "$ENTRYPOINT" health; then echo healthy; fi
        webhook-server --listen=127.0.0.1:50051 --tls_cert= --tls_key= \
          --database=sqlite:/var/lib/webhooks/a.db >/dev/null &
        health
        """, **(certificate if tls else PLAIN),
        URL=f"http{'s' if tls else ''}://127.0.0.1:8080")
    assert result.returncode == 0, result
    assert "\nhealthy" not in "\n" + result.stdout


@pytest.mark.parametrize("listen", [
    "", "--listen=[::]:50053,127.0.0.1:50054", "--listen=unix:/var/lib/socket",
    "--listen 127.0.0.1:50052"])
def test_a_server_without_a_certificate_is_healthy(tmp_path, listen):
    result = run_script(tmp_path, f"entry server {listen}; health", **PLAIN)
    assert result.returncode == 0, result


@pytest.mark.parametrize("listen", ["[::]:8081", "127.0.0.1:8082"])
def test_a_gateway_on_another_address_is_healthy(tmp_path, certificate, listen):
    for environment in PLAIN, certificate:
        result = run_script(tmp_path, f"""
            webhook-server --listen=127.0.0.1:50051 --tls_cert= --tls_key= \
              --database=sqlite:/var/lib/webhooks/a.db >/dev/null &
            entry gateway --listen={listen}
            health
            """, **environment)
        assert result.returncode == 0, result


def test_a_gateway_for_clients_with_certificates_is_healthy(tmp_path,
                                                            certificate):
    result = run_script(tmp_path, "entry gateway; health", **certificate,
                        WEBHOOKS_TLS_CLIENT_CA=certificate["WEBHOOKS_TLS_CERT"])
    assert result.returncode == 0, result
