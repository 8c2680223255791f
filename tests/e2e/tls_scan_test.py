"""What a scanner finds of TLS on both listeners: Debian's testssl.sh."""

import json
import os
import shutil
import subprocess

import pytest

from safe_service import SafeService

PATIENCE = 800  # seconds, for what takes one or two minutes
SECTIONS = ("--protocols", "--std", "--pfs", "--server-preference",
            "--server-defaults", "--vulnerable")
# Of no weight: no engines in Debian's openssl, gRPC is no HTTP to ask about and
# ends connections that agree on no protocol, at times before the scanner knows
# whether it could resume them.
UNRATED = {("engine_problem", "WARN"), ("service", "DEBUG"),
           ("sessionresumption_ticket", "WARN")}


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    """By process, what a scan has found; both are scanned at the same time."""
    if shutil.which("testssl") is None:
        pytest.skip("testssl is not installed: ./dev deps")
    folder = tmp_path_factory.mktemp("scan")
    service = SafeService(folder)
    # Says where it would be revoked, as real ones do; nobody looks there.
    service.certificate = service.authority.issue(
        extensions=["crlDistributionPoints=URI:http://authority.example/crl"])
    try:
        service.start()
        scans = {name: scan(service, name) for name in ("server", "gateway")}
        try:
            for process in scans.values():
                process.wait(PATIENCE)
        finally:
            for process in scans.values():
                process.kill()
        return {name: json.loads(report(folder, name).read_text())
                for name in scans}
    finally:
        service.stop()


def report(folder, name):
    return folder / f"{name}.json"


def scan(service, name):
    """Begins a scan that leaves loopback for nothing."""
    with open(service.folder / f"{name}.txt", "w") as output:
        return subprocess.Popen(
            ["testssl", "--nodns", "none", "--warnings", "batch", "--quiet",
             "--color", "0", "--add-ca", service.authority.ca, *SECTIONS,
             "--jsonfile", report(service.folder, name),
             getattr(service, name).address],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            env={**os.environ, "TMPDIR": str(service.folder)})


@pytest.mark.parametrize("name", ["server", "gateway"])
def test_nothing_is_rated_worse_than_low(findings, name):
    assert [found for found in findings[name]
            if found["severity"] not in ("OK", "INFO", "LOW")
            and (found["id"], found["severity"]) not in UNRATED] == []


@pytest.mark.parametrize("name", ["server", "gateway"])
def test_the_scan_has_seen_the_listener(findings, name):
    found = {f["id"]: f["finding"] for f in findings[name]}
    assert found["TLS1_2"] == "offered"
    assert found["TLS1_3"].startswith("offered")
    assert found["TLS1"] == found["TLS1_1"] == "not offered"
    assert found["cert_chain_of_trust"] == "passed."
    assert "heartbleed" in found


def test_the_gateway_resumes_nothing(findings):
    found = {f["id"]: f["finding"] for f in findings["gateway"]}
    assert found["TLS_session_ticket"] == "no -- no lifetime advertised"
