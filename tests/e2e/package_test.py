"""The Debian packages: their content, and that the installed programs work."""

import os
import re
import shutil
import subprocess

import pytest

from contract import assert_new_webhook
from manual_test import FLAGS, PAGES
from pages import ROOT
from processes import BIN, PATIENCE, Process
from service import REFERENCE, Service

BUILD = BIN.parent
UNITS = ["webhook-server", "webhook-gateway"]
LONG = 240  # seconds, for compression


def output(*command):
    result = subprocess.run(command, capture_output=True, text=True,
                            timeout=LONG)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """The files of the packages by their names."""
    folder = tmp_path_factory.mktemp("packages")
    output("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", folder)
    return {file.name.split("_")[0]: file for file in folder.glob("*.deb")}


@pytest.fixture(scope="module")
def root(packages, tmp_path_factory):
    """The files that `webhooks` installs, in a folder in place of /."""
    folder = tmp_path_factory.mktemp("root")
    output("dpkg-deb", "-x", packages["webhooks"], folder)
    return folder


def fields(package):
    lines = re.findall(r"^([\w-]+): (.*)$", output("dpkg-deb", "-f", package),
                       re.MULTILINE)
    return dict(lines)


def listing(package):
    """Returns (mode, owner, path) of each file and folder."""
    return [(mode, owner, path[1:]) for mode, owner, _, _, _, path in
            (line.split(maxsplit=5)
             for line in output("dpkg-deb", "-c", package).splitlines())]


def unit_text(root, name):
    return (root / f"lib/systemd/system/{name}.service").read_text()


def setting(root, name, key):
    return re.search(rf"^{key}=(.*)$", unit_text(root, name), re.MULTILINE)[1]


def test_a_package_says_what_it_is_and_needs(packages):
    assert set(packages) == {"webhooks", "webhooks-dev"}
    version = output(BIN / "webhook-server", "--version").strip()
    for name, package in packages.items():
        said = fields(package)
        assert (said["Package"], said["Version"]) == (name, version)
        assert said["Maintainer"] and said["Description"]
    needed = re.findall(r"([\w.+-]+)(?: \(|,|$)",
                        fields(packages["webhooks"])["Depends"])
    # The programs' libraries, as dpkg-shlibdeps finds them.
    assert {"libc6", "libgrpc++1.51", "libsqlite3-0", "libssl3",
            "ca-certificates"} <= set(needed)


def test_what_runs_and_what_is_built_against_are_apart(packages):
    runs = {path for _, _, path in listing(packages["webhooks"])}
    built = {path for _, _, path in listing(packages["webhooks-dev"])}
    assert {"/usr/include/webhooks/webhooks/v1/event_service.grpc.pb.h",
            "/usr/share/webhooks/webhooks.binpb"} <= built
    assert {"/usr/share/doc/webhooks/copyright",
            "/usr/share/doc/webhooks/server/OPERATING.md",
            "/usr/share/webhooks/descriptors.binpb",
            "/usr/share/webhooks/observability/alerts.yml",
            "/usr/share/man/man1/webhookctl.1.gz",
            *(f"/usr/bin/{name}" for name in PAGES),
            *(f"/usr/share/bash-completion/completions/{name}"
              for name in PAGES),
            "/usr/share/zsh/vendor-completions/_webhookctl",
            "/usr/share/fish/vendor_completions.d/webhookctl.fish"} <= runs
    if (BUILD / "share" / "webhooks" / "console").exists():
        assert {"/usr/share/webhooks/console/index.html",
                "/usr/share/webhooks/console/index.html.gz"} <= runs
    assert not [path for path in runs & built if not path.endswith("/")]


def test_files_are_roots_and_nobody_elses_to_write(packages):
    for package in packages.values():
        for mode, owner, path in listing(package):
            assert owner == "root/root", path
            assert mode[5] == mode[8] == "-", path
            assert "s" not in mode, path


def test_an_operators_flags_outlive_an_upgrade(packages):
    files = output("dpkg-deb", "-I", packages["webhooks"], "conffiles")
    assert sorted(files.split()) == sorted(
        path for _, _, path in listing(packages["webhooks"])
        if path.startswith("/etc/") and not path.endswith("/"))


def systemctl_calls(packages, folder, script, *arguments, fails="none"):
    """The calls of systemd that a script of the package makes. Those with the
    text `fails` fail."""
    output("dpkg-deb", "-e", packages["webhooks"], folder / "control")
    fake = folder / "systemctl"
    fake.write_text(f'#!/bin/sh\necho "$@" >>{folder}/calls\n'
                    f'case "$*" in *{fails}*) exit 1;; esac\n')
    fake.chmod(0o755)
    (folder / "calls").write_text("")
    output("unshare", "-m", "sh", "-euc",
           "mount -t tmpfs none /run; mkdir -p /run/systemd/system;"
           'PATH=$1:$PATH; shift; exec "$@"', "sh", folder,
           folder / "control" / script, *arguments)
    return (folder / "calls").read_text().splitlines()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may install packages")
def test_an_upgrade_restarts_the_server_first(packages, tmp_path):
    assert systemctl_calls(packages, tmp_path, "postinst", "configure",
                           "0.0.9") == [
        "daemon-reload", "try-restart webhook-server.service",
        "try-restart webhook-gateway.service"]
    assert systemctl_calls(packages, tmp_path, "postinst", "configure",
                           "") == ["daemon-reload"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may install packages")
def test_a_server_that_does_not_start_does_not_keep_the_gateway_back(
        packages, tmp_path):
    assert systemctl_calls(packages, tmp_path, "postinst", "configure", "0.0.9",
                           fails="webhook-server") == [
        "daemon-reload", "try-restart webhook-server.service",
        "try-restart webhook-gateway.service"]


def test_lintian_finds_no_errors(packages):
    if not shutil.which("lintian"):
        pytest.skip("lintian is not installed")
    for package in packages.values():
        output("lintian", "--fail-on", "error", "--allow-root", package)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may install packages")
def test_a_removal_stops_the_gateway_first(packages, tmp_path):
    assert systemctl_calls(packages, tmp_path, "prerm", "remove") == [
        "disable --now webhook-gateway.service",
        "disable --now webhook-server.service"]
    assert systemctl_calls(packages, tmp_path, "prerm", "upgrade") == []


def test_the_packages_have_the_changelog_of_their_version(packages):
    for name, package in packages.items():
        assert f"/usr/share/doc/{name}/changelog.gz" in {
            path for _, _, path in listing(package)}
    latest = (ROOT / "server/packaging/debian/changelog").read_text()
    version = fields(packages["webhooks"])["Version"]
    assert latest.startswith(f"webhooks ({version}) ")


def start_unit(root, name, folder, **changes):
    """Starts the program as its unit does, but from `root`, with the state in
    `folder` and with changed values of flags."""
    program, flag_file = setting(root, name, "ExecStart").split()
    path = flag_file.removeprefix("--flagfile=")
    text = (root / path[1:]).read_text()
    text = text.replace(f"/var/lib/{changes.pop('state')}/", f"{folder}/")
    for flag, value in changes.items():
        text, count = re.subn(rf"^--{flag}=.*$", f"--{flag}={value}", text,
                              flags=re.MULTILINE)
        assert count == 1, flag
    flags = folder / f"{name}.flags"
    flags.write_text(text)
    return Process(root / program[1:], f"--flagfile={flags}")


@pytest.fixture
def installed(root, tmp_path):
    service = Service(tmp_path)
    state = setting(root, "webhook-server", "StateDirectory")
    try:
        service.server = start_unit(root, "webhook-server", tmp_path,
                                    state=state, listen="127.0.0.1:0")
        service.gateway = start_unit(
            root, "webhook-gateway", tmp_path, state=state,
            listen="127.0.0.1:0", server=service.server.address)
        service.await_ready()
        yield service
    finally:
        service.stop()


def test_the_units_commands_serve(installed):
    answer = installed.post(REFERENCE)
    assert answer.status == 201
    assert_new_webhook(answer.json(), **REFERENCE)
    assert {path.name for path in installed.folder.iterdir()} >= {
        "webhooks.db", "secret-key", "admin-key", "api-key"}
    built = (BUILD / "share/webhooks/docs/index.html").exists()
    assert installed.get("/docs").status == (200 if built else 404)


@pytest.mark.parametrize("name", UNITS)
def test_nothing_listens_beyond_loopback_unless_told_to(root, name):
    flags = setting(root, name, "ExecStart").split("--flagfile=/")[1]
    text = (root / flags).read_text()
    assert re.findall(r"^--\w*listen=(.*):", text, re.MULTILINE) == [
        "127.0.0.1"]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_sound(root, tmp_path, name):
    text = unit_text(root, name)
    unit = tmp_path / f"{name}.service"
    unit.write_text(text.replace("/usr/bin/", f"{root}/usr/bin/"))
    assert "ExecStart=/usr/bin/" in text
    result = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", unit], capture_output=True,
        text=True, timeout=PATIENCE)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_can_be_enabled(root, tmp_path, name):
    shutil.copytree(root / "lib", tmp_path / "lib")
    output("systemctl", f"--root={tmp_path}", "enable", name)
    wants = tmp_path / "etc/systemd/system/multi-user.target.wants"
    assert [link.name for link in wants.iterdir()] == [f"{name}.service"]


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_exposed_to_2_at_most(root, name):
    output("systemd-analyze", "security", "--offline=true", "--threshold=20",
           "--no-pager", root / f"lib/systemd/system/{name}.service")


@pytest.mark.parametrize("name", UNITS)
def test_systemd_waits_longer_than_a_program_takes_to_stop(root, name):
    grace = next(flag for flag in FLAGS[name] if flag.name == "grace").default
    assert int(setting(root, name, "TimeoutStopSec")) >= 2 * int(
        grace.removesuffix("s"))
