"""The Kubernetes manifests are valid, and agree with each other and the image."""

import json
import os
import pathlib
import subprocess

import pytest
import yaml

from pages import ROOT
from processes import BIN, PATIENCE, run

HERE = pathlib.Path(__file__).parent
MANIFESTS = list(yaml.safe_load_all(
    (ROOT / "server/packaging/kubernetes/webhooks.yaml").read_text()))


def validate(manifests):
    npm = os.environ["E2E_NPM"]
    if not os.path.exists(os.path.join(npm, "node_modules",
                                       "kubernetes-models")):
        pytest.skip("kubernetes-models is not installed: ./dev deps does it")
    return subprocess.run(
        ["node", HERE / "manifest_validator.mjs", npm], text=True,
        input=json.dumps(manifests), capture_output=True, timeout=PATIENCE)


def named(kind, name):
    return next(manifest for manifest in MANIFESTS
                if (manifest["kind"], manifest["metadata"]["name"])
                == (kind, name))


def container(manifest):
    return manifest["spec"]["template"]["spec"]["containers"][0]


def test_every_manifest_is_valid():
    result = validate(MANIFESTS)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_manifest_that_is_not_valid_is_found():
    wrong = [{**MANIFESTS[0], "spec": {"replicas": "one"}}]
    result = validate(wrong)
    assert result.returncode == 1 and "replicas" in result.stdout


@pytest.mark.parametrize("kind, name, program", [
    ("StatefulSet", "webhooks-server", "webhook-server"),
    ("Deployment", "webhooks-gateway", "webhook-gateway")])
def test_containers_have_flags_that_their_programs_know(kind, name, program):
    role, *flags = container(named(kind, name))["args"]
    assert role == program.removeprefix("webhook-")
    known = run(BIN / program, "--help").stdout
    for flag in flags:
        assert f"{flag.split('=')[0]} (default" in known, flag


def test_services_and_policies_name_ports_that_pods_have():
    for name, kind in (("webhooks-server", "StatefulSet"),
                       ("webhooks-gateway", "Deployment")):
        ports = {port["name"] for port in container(named(kind, name))["ports"]}
        labels = named(kind, name)["spec"]["template"]["metadata"]["labels"]
        service = named("Service", name)["spec"]
        assert service["selector"] == labels
        assert {port["targetPort"] for port in service["ports"]} <= ports
        policy = named("NetworkPolicy", name)["spec"]
        assert policy["podSelector"]["matchLabels"] == labels
        assert {port["port"] for rule in policy["ingress"]
                for port in rule["ports"]} <= ports


def test_pods_run_as_the_images_user_without_rights():
    for kind, name in (("StatefulSet", "webhooks-server"),
                       ("Deployment", "webhooks-gateway")):
        pod = named(kind, name)["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsUser"] == 10001
        rights = container(named(kind, name))["securityContext"]
        assert rights == {"allowPrivilegeEscalation": False,
                          "readOnlyRootFilesystem": True,
                          "capabilities": {"drop": ["ALL"]}}
