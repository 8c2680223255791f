"""--check before a start: its output, and that it changes nothing."""

import os
import re
import socket
import subprocess
import time

import pytest

from authority import Authority
from postgres import Cluster
from processes import PATIENCE, run
from secrets_at_rest_test import key_id, new_key
from servers import servers


def check(folder, *flags, name="webhook-server"):
    return run(name, "--check", *(
        [f"--database=sqlite:{folder}/webhooks.db"]
        if name == "webhook-server" else []), *flags)


def check_gateway(server, *flags):
    """Checks a gateway of the server at this address."""
    return run("webhook-gateway", "--check", f"--server={server}", *flags)


@pytest.fixture(params=["webhook-server", "webhook-gateway"])
def check_either(request, tmp_path):
    """Checks one of the processes. The server of the gateway runs."""
    if request.param == "webhook-server":
        return lambda *flags: check(tmp_path, *flags)
    server = request.getfixturevalue("service").server
    return lambda *flags: check_gateway(server.address, *flags)


def files(folder):
    """Returns the time, the mode and the content of each file in a folder."""
    return {entry.name: (entry.stat().st_mtime_ns, entry.stat().st_mode,
                         (folder / entry.name).read_bytes())
            for entry in os.scandir(folder)}


def test_before_the_first_start_all_is_good_and_nothing_is_made(tmp_path):
    result = check(tmp_path)
    assert result.returncode == 0, result
    assert "a start creates it" in result.stdout
    assert result.stderr == ""
    assert files(tmp_path) == {}


@pytest.mark.parametrize("name", ["webhook-server", "webhook-gateway"])
def test_the_files_of_flags_are_named(tmp_path, name):
    flags = tmp_path / "some.flags"
    flags.write_text("--listen=127.0.0.1:0\n")
    assert f"ok: flags of {flags}\n" in check(
        tmp_path, f"--flagfile={flags}", name=name).stdout
    assert "ok: flags, without a --flagfile\n" in check(
        tmp_path, name=name).stdout


def test_after_a_stop_all_is_good_and_nothing_is_changed(stopped):
    stopped.start()
    stopped.post({"url": None, "scope": None})
    stopped.stop()
    before = files(stopped.folder)
    result = check(stopped.folder)
    assert result.returncode == 0, result
    assert re.search(r"ok: database .*: whole, of version \d+\n",
                     result.stdout)
    key = key_id((stopped.folder / "secret-key").read_text().splitlines()[-1])
    assert re.search(rf"ok: secret keys .*: {key} \(encrypts, needed by the "
                     r"database\)\n", result.stdout)
    assert files(stopped.folder) == before


def test_the_secret_keys_are_listed_with_their_use(stopped):
    stopped.start()
    stopped.post({"url": None, "scope": None})
    stopped.stop()
    file = stopped.folder / "secret-key"
    old, new, spare = file.read_text().splitlines()[-1], new_key(), new_key()
    file.write_text(f"{new}\n{spare}\n{old}")
    result = check(stopped.folder)
    assert result.returncode == 0, result
    assert (f": {key_id(new)} (encrypts, not needed by the database), "
            f"{key_id(spare)} (not needed by the database), "
            f"{key_id(old)} (needed by the database)\n") in result.stdout


def test_while_a_server_runs_it_is_not_disturbed(fresh):
    fresh.post({"url": None, "scope": None})
    result = check(fresh.folder)
    assert result.returncode == 0, result
    assert "whole" in result.stdout
    assert fresh.post({"url": None, "scope": None}).status == 201


@pytest.mark.parametrize("flag", ["listen", "metrics_listen"])
def test_an_address_in_use_is_told_and_no_problem(fresh, flag):
    for name, process in (("webhook-server", fresh.server),
                          ("webhook-gateway", fresh.gateway)):
        result = check(fresh.folder, f"--{flag}={process.address}", *(
            [f"--server={fresh.server.address}"]
            if name == "webhook-gateway" else []), name=name)
        assert result.returncode == 0, result
        assert (f"ok: --{flag} {process.address}: in use now"
                in result.stdout)
        result = check(fresh.folder, f"--{flag}=127.0.0.1:0", name=name)
        assert "in use" not in result.stdout


def test_every_problem_is_told(stopped, tmp_path):
    stopped.start()
    stopped.post({"url": None, "scope": None})
    stopped.stop()
    (stopped.folder / "secret-key").unlink()
    (stopped.folder / "admin-key").write_text("no key")
    result = check(stopped.folder)
    assert result.returncode == 1
    assert "sealed under its keys: put the copy of the file back" in (
        result.stderr)
    assert "admin-key" in result.stderr
    assert "ok: database" in result.stdout
    assert not (stopped.folder / "secret-key").exists()


def test_a_lost_key_file_is_told_as_a_start_does(stopped):
    stopped.start()
    stopped.post({"url": None, "scope": None})
    stopped.stop()
    (stopped.folder / "secret-key").unlink()
    start = run("webhook-server", "--listen=127.0.0.1:0",
                f"--database=sqlite:{stopped.database}")
    assert start.returncode == 1
    assert start.stderr.splitlines()[-1] in check(
        stopped.folder).stderr.splitlines()


def test_folders_are_made_by_a_start_for_the_database_alone(tmp_path):
    data = tmp_path / "new" / "data"
    result = check(data)
    assert (result.returncode, result.stderr) == (0, "")
    result = check(data, f"--admin_key_file={tmp_path}/other/admin-key")
    assert result.returncode == 1
    assert "other" in result.stderr
    assert files(tmp_path) == {}


def test_the_key_of_the_first_project_counts_until_there_is_one(
        stopped, tmp_path):
    key = stopped.folder / "api-key"
    key.write_text("no key")
    assert "api-key" in check(stopped.folder).stderr
    # This start creates the database, and then fails.
    assert run("webhook-server", "--listen=127.0.0.1:0",
               f"--database=sqlite:{stopped.database}").returncode == 1
    assert "api-key" in check(stopped.folder).stderr
    key.unlink()
    stopped.start()
    stopped.stop()
    key.write_text("no key")
    assert check(stopped.folder).returncode == 0


@pytest.mark.parametrize("flag, remedy, other", [
    ("--listen=0.0.0.0:0", "--allow_plaintext", "--allow_plaintext_metrics"),
    ("--metrics_listen=0.0.0.0:0", "--allow_plaintext_metrics",
     "--allow_plaintext")])
def test_plain_text_for_other_machines_is_told(
        check_either, flag, remedy, other):
    result = check_either(flag, other)
    assert result.returncode == 1
    assert re.search(f"{remedy}$", result.stderr, re.M)
    assert check_either(flag, remedy).returncode == 0


def test_a_database_that_was_not_closed_needs_its_keys(fresh):
    fresh.post({"url": None, "scope": None})
    fresh.server.kill()
    assert check(fresh.folder).returncode == 0
    (fresh.folder / "secret-key").unlink()
    result = check(fresh.folder)
    assert result.returncode == 1
    assert "secret-key" in result.stderr
    assert "put the copy of the file back" in result.stderr


def test_what_is_no_database_is_told(tmp_path):
    (tmp_path / "webhooks.db").write_text("x" * 5000)
    result = check(tmp_path)
    assert result.returncode == 1
    assert "webhooks.db" in result.stderr


def test_flags_are_checked(tmp_path, service):
    result = check(tmp_path, "--grace=-1s")
    assert result.returncode == 1
    assert "--grace" in result.stderr
    assert check_gateway(service.server.address, "--threads=0").returncode == 0
    assert check_gateway(service.server.address, "--threads=-1").returncode == 1


def test_certificates_are_checked(tmp_path, check_either):
    authority = Authority(tmp_path)
    good = authority.issue()
    flags = [f"--tls_cert={good.cert}", f"--tls_key={good.key}"]
    result = check_either(*flags)
    assert result.returncode == 0, result
    assert "is valid until" in result.stdout
    old = tmp_path / "old.pem"
    subprocess.run(
        ["openssl", "x509", "-req", "-in", "/dev/stdin", "-signkey", good.key,
         "-days", "-1", "-out", old],
        input=subprocess.run(
            ["openssl", "req", "-new", "-key", good.key, "-subj", "/CN=a"],
            check=True, capture_output=True).stdout,
        check=True, capture_output=True)
    result = check_either(f"--tls_cert={old}", f"--tls_key={good.key}")
    assert result.returncode == 1
    assert "has ended" in result.stderr


def test_the_gateways_server_is_called(stopped, tmp_path):
    authority = Authority(tmp_path)
    made = authority.issue("DNS:server.example")
    stopped.start_server(f"--tls_cert={made.cert}", f"--tls_key={made.key}")
    address = stopped.server.address
    tls = [f"--server_tls_ca={authority.ca}"]
    named = [*tls, "--server_tls_name=server.example"]
    result = check_gateway(address, *named)
    assert result.returncode == 0, result
    assert f"ok: --server {address} serves\n" in result.stdout
    for flags, reason in ((tls, "not in peer certificate"), ([], "")):
        result = check_gateway(address, *flags)
        assert result.returncode == 1
        assert re.search(f"ERROR: --server {address}: the server cannot be "
                         f"reached: .*{reason}", result.stderr)
    stopped.server.stop()
    result = check_gateway(address, *named)
    assert result.returncode == 1
    assert "Connection refused" in result.stderr
    result = check_gateway("no-such-host.invalid:1")
    assert result.returncode == 1
    assert "no-such-host.invalid" in result.stderr


def test_each_server_of_a_list_is_called(fresh):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = f"127.0.0.1:{closed.getsockname()[1]}"
        result = check_gateway(f"ipv4:{fresh.server.address},{dead}")
    assert result.returncode == 1
    assert f"ok: --server ipv4:{fresh.server.address} serves\n" in result.stdout
    assert re.search(f"ERROR: --server ipv4:{dead}: .*Connection refused",
                     result.stderr)


def check_postgres(folder, url, *flags):
    return run("webhook-server", "--check", f"--database={url}",
               *key_files(folder), *flags)


def key_files(folder):
    return [f"--{name}_key_file={folder}/{name}-key"
            for name in ("api", "admin", "secret")]


def newest_version(cluster, url):
    return cluster.query(url.split("&")[0],
                         "SELECT max(version) FROM webhooks.schema_version")[0]


def test_an_empty_database_of_postgresql_is_not_touched(
        cluster, tmp_path, postgres_url):
    result = check_postgres(tmp_path, postgres_url)
    assert (result.returncode, result.stderr) == (0, "")
    assert re.search(r"ok: database postgres://\S+: PostgreSQL 15\.\d+, "
                     r"reachable, empty; a start creates version \d+\n",
                     result.stdout)
    assert "no synchronous standby is set" in result.stdout
    assert "alive" not in result.stdout
    assert files(tmp_path) == {}
    assert cluster.query(
        postgres_url.split("&")[0],
        "SELECT count(*) FROM pg_namespace WHERE nspname = 'webhooks'") == ["0"]


def test_the_servers_of_a_database_that_are_alive_are_counted(
        cluster, tmp_path, postgres_url):
    with servers(tmp_path, postgres_url, 2) as (all, _):
        result = check_postgres(tmp_path, postgres_url)
        assert (result.returncode, result.stderr) == (0, "")
        version = newest_version(cluster, postgres_url)
        assert f", reachable, of version {version}\n" in result.stdout
        assert "servers that are alive: 2\n" in result.stdout
        assert "(encrypts, needed by the database)" in result.stdout
        for one in all.services:
            one.server.kill()
    result = check_postgres(tmp_path, postgres_url)
    assert result.returncode == 0, result
    assert "servers that are alive: 0, that do not beat: 2\n" in result.stdout
    (tmp_path / "secret-key").unlink()
    result = check_postgres(tmp_path, postgres_url)
    assert result.returncode == 1
    assert "put the copy of the file back" in result.stderr


def test_a_migration_of_a_database_of_postgresql_is_told_and_not_done(
        cluster, tmp_path, postgres_url):
    with servers(tmp_path, postgres_url, 1):
        pass
    database = postgres_url.split("&")[0]
    newest = newest_version(cluster, postgres_url)
    cluster.query(database, "ALTER TABLE webhooks.servers DROP COLUMN version,"
                  " DROP COLUMN started_at, DROP COLUMN leaving")
    cluster.query(database,
                  "DELETE FROM webhooks.schema_version WHERE version > 1")
    result = check_postgres(tmp_path, postgres_url)
    assert result.returncode == 0, result
    assert (f"of version 1; a start migrates it to version {newest}\n"
            in result.stdout)
    assert newest_version(cluster, postgres_url) == "1"
    cluster.query("postgres", "CREATE ROLE poor LOGIN")
    cluster.query(database, "GRANT USAGE ON SCHEMA webhooks TO poor")
    cluster.query(database,
                  "GRANT SELECT ON ALL TABLES IN SCHEMA webhooks TO poor")
    result = check_postgres(tmp_path, postgres_url.replace("postgres@", "poor@"))
    assert result.returncode == 1
    grant = re.search("run: (GRANT .*)\n", result.stderr)[1]
    start = run("webhook-server", "--listen=127.0.0.1:0", *key_files(tmp_path),
                f"--database={postgres_url.replace('postgres@', 'poor@')}")
    assert start.returncode == 1
    assert start.stderr.endswith(f"run: {grant}\n")
    cluster.query(database, grant)
    result = check_postgres(tmp_path, postgres_url.replace("postgres@", "poor@"))
    assert (result.returncode, result.stderr) == (0, "")


def test_the_folder_of_key_files_must_exist_beside_a_database_server(
        tmp_path, postgres_url):
    for command in ["--check", "--listen=127.0.0.1:0"]:
        result = run("webhook-server", command, f"--database={postgres_url}",
                     cwd=tmp_path)
        assert result.returncode == 1
        assert re.search("data/secret-key.*--secret_key_file", result.stderr)
    assert files(tmp_path) == {}


def test_a_missing_password_is_told_with_the_place_for_it(tmp_path):
    cluster = Cluster()
    try:
        url = cluster.create_database().replace("postgres@", "poor@")
        cluster.query("postgres", "CREATE ROLE poor LOGIN PASSWORD 'p'")
        (cluster.folder / "data/pg_hba.conf").write_text(
            "local all poor scram-sha-256\nlocal all all trust\n")
        cluster.query("postgres", "SELECT pg_reload_conf()")
        end = time.monotonic() + PATIENCE
        while (result := check_postgres(tmp_path, url)).returncode == 0:
            assert time.monotonic() < end, result
        assert re.search("ERROR: .*; put the password into a file.*passfile.*"
                         "PGPASSFILE", result.stderr)
        secret = url.replace("poor@", "poor:p@")
        result = check_postgres(tmp_path, secret)
        assert "poor:p@" not in result.stdout + result.stderr
        assert "put the password" not in result.stderr
    finally:
        cluster.stop()


def test_the_number_of_awaited_standbys_counts(tmp_path):
    primary = Cluster()
    try:
        url = primary.create_database()
        standby = Cluster(primary)
        try:
            primary.require_standby("ANY 2 (*)")
            result = check_postgres(tmp_path, url)
            assert result.returncode == 1
            assert "1 connected: commits wait for 2" in result.stderr
        finally:
            standby.stop()
    finally:
        primary.stop()


def test_a_standby_that_the_url_requires_is_checked(tmp_path):
    primary = Cluster()
    try:
        url = f"{primary.create_database()}&require_sync=true"
        result = check_postgres(tmp_path, url)
        assert result.returncode == 1
        assert re.search("ERROR: .*no synchronous standby is set.*require_sync",
                         result.stderr)
        standby = Cluster(primary)
        try:
            primary.require_standby()
            result = check_postgres(tmp_path, url)
            assert (result.returncode, result.stderr) == (0, "")
            assert "a synchronous standby is set, 1 connected" in result.stdout
        finally:
            standby.stop()
        end = time.monotonic() + PATIENCE
        while (result := check_postgres(tmp_path, url)).returncode == 0:
            assert time.monotonic() < end, result
        assert re.search("ERROR: .*a synchronous standby is set, 0 connected: "
                         "commits wait for 1", result.stderr)
    finally:
        primary.stop()
    result = check_postgres(tmp_path, url)
    assert result.returncode == 1
    assert re.fullmatch("ERROR: database .* failed: No such file .*\n",
                        result.stderr)
