"""Starts: data that they keep, and failures with one clear line."""

import contextlib
import socket
import sqlite3
import stat

import pytest

import rest
from authority import Authority
from load import read_back
from processes import Process, run
from service import REFERENCE

BINARIES = ["webhook-server", "webhook-gateway"]


def assert_one_line(result, *words):
    """Checks that a start failed with one line that has all of `words`."""
    assert result.returncode > 0, result
    assert len(result.stderr.splitlines()) == 1, result.stderr
    for word in words:
        assert word in result.stderr


@pytest.fixture
def database(tmp_path):
    return f"--database=sqlite:{tmp_path}/webhooks.db"


def test_a_second_start_keeps_the_webhooks_and_the_key(fresh):
    made = fresh.post(REFERENCE).json()
    key = fresh.key
    fresh.server.stop()
    fresh.restart_server()
    fresh.await_ready()
    assert fresh.key == key
    assert read_back(fresh, [made]) == [made]


def test_what_holds_secrets_is_for_the_owner_alone(fresh):
    fresh.post(REFERENCE)
    for file in fresh.folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file
    assert stat.S_IMODE((fresh.folder / "api-key").stat().st_mode) == 0o600


def test_the_key_is_random_and_not_in_the_database(fresh):
    assert len(fresh.key) >= 43  # 256 bits in base 64
    fresh.stop()
    for file in fresh.folder.glob("webhooks.db*"):
        assert fresh.key.encode() not in file.read_bytes()


def test_the_key_file_can_be_elsewhere(tmp_path, database):
    key_file = tmp_path / "the-key"
    server = Process("webhook-server", "--listen=127.0.0.1:0", database,
                     f"--api_key_file={key_file}")
    server.stop()
    assert key_file.read_text().strip()
    assert not (tmp_path / "api-key").exists()


def test_the_databases_folder_is_made(tmp_path):
    server = Process("webhook-server", "--listen=127.0.0.1:0",
                     f"--database=sqlite:{tmp_path}/a/b/webhooks.db")
    server.stop()
    assert (tmp_path / "a/b/webhooks.db").exists()


def test_too_few_open_files_are_told_with_the_need(tmp_path, database):
    with Process("webhook-server", "--listen=127.0.0.1:0", database,
                 "--max_connections=1000000") as server:
        line = server.await_line("too few open files .*LimitNOFILE.* "
                                 "limit=([0-9]+) needs=([0-9]+)")
        assert int(line[1]) < int(line[2])
        server.stop()


@pytest.mark.parametrize("name", BINARIES)
def test_a_port_in_use_is_an_error_that_names_it(name, database):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        flags = [database] if name == "webhook-server" else []
        assert_one_line(run(name, f"--listen={address}", *flags), address)


def test_two_servers_do_not_share_a_port(stopped, tmp_path):
    first = stopped.start_server()
    second = run("webhook-server", f"--listen={first.address}",
                 f"--database=sqlite:{tmp_path}/other/webhooks.db")
    assert_one_line(second, first.address)


def test_two_servers_do_not_share_a_database(stopped, database):
    stopped.start_server()
    second = run("webhook-server", "--listen=127.0.0.1:0", database)
    assert_one_line(second, "webhooks.db")


def test_a_folder_that_cannot_be_made_is_an_error_that_names_it(tmp_path):
    (tmp_path / "file").write_text("")
    result = run("webhook-server", "--listen=127.0.0.1:0",
                 f"--database=sqlite:{tmp_path}/file/webhooks.db")
    assert_one_line(result, f"{tmp_path}/file")


def test_a_folder_that_cannot_be_written_is_an_error_that_names_it():
    result = run("webhook-server", "--listen=127.0.0.1:0",
                 "--database=sqlite:/proc/webhooks.db")
    assert_one_line(result, "/proc/webhooks.db")


def test_a_database_that_cannot_be_read_is_an_error_that_names_it(tmp_path):
    path = tmp_path / "webhooks.db"
    path.mkdir()
    result = run("webhook-server", "--listen=127.0.0.1:0",
                 f"--database=sqlite:{path}")
    assert_one_line(result, str(path))


@pytest.mark.parametrize("flag", [
    "api_key_file", "admin_key_file", "secret_key_file"])
def test_a_folder_in_the_place_of_a_key_file_is_an_error_that_names_it(
        flag, tmp_path, database):
    (tmp_path / "folder").mkdir()
    assert_one_line(run("webhook-server", "--listen=127.0.0.1:0", database,
                        f"--{flag}={tmp_path}/folder"), "folder")


def test_a_file_that_is_no_database_is_left_alone(tmp_path, database):
    path = tmp_path / "webhooks.db"
    path.write_bytes(b"garbage" * 1000)
    result = run("webhook-server", "--listen=127.0.0.1:0", database)
    assert_one_line(result, str(path))
    assert path.read_bytes() == b"garbage" * 1000


def test_a_database_of_a_newer_version_is_left_alone(stopped, database):
    stopped.start_server().stop()
    with contextlib.closing(sqlite3.connect(stopped.database)) as connection:
        connection.execute("PRAGMA user_version = 1000000")
    before = stopped.database.read_bytes()
    result = run("webhook-server", "--listen=127.0.0.1:0", database)
    assert_one_line(result, str(stopped.database))
    assert stopped.database.read_bytes() == before


@pytest.mark.parametrize("name", BINARIES)
@pytest.mark.parametrize("flag, word", [
    ("--nonsense", "nonsense"), ("--nonsense=1", "nonsense"),
    ("--listen=nonsense", "listen"), ("--listen=127.0.0.1:99999", "listen"),
    ("--log_level=loud", "log_level"), ("--log_format=xml", "log_format"),
    ("nonsense", "nonsense")])
def test_a_flag_that_is_wrong_is_an_error_that_names_it(
        name, flag, word, database):
    flags = [database] if name == "webhook-server" else []
    assert_one_line(run(name, *flags, flag), word)


@pytest.mark.parametrize("flag, word", [
    ("--database=postgres", "postgres"), ("--database=sqlite:", "sqlite:"),
    ("--allow_http_urls=perhaps", "allow_http_urls"),
    ("--allow_targets=127.0.0.1/8", "allow_targets"),
    ("--allow_targets=everything", "allow_targets"),
    ("--retry_schedule=", "retry_schedule"),
    ("--retry_schedule=5s", "retry_schedule"),
    ("--retry_schedule=0s,soon", "retry_schedule"),
    ("--retry_jitter=2", "retry_jitter"), ("--retention=1s", "retention"),
    ("--delivery_timeout=0", "delivery_timeout"),
    ("--connect_timeout=2m", "connect_timeout"),
    ("--max_in_flight=0", "max_in_flight"),
    ("--max_in_flight_per_endpoint=0", "max_in_flight_per_endpoint"),
    ("--catch_up_per_second=0", "catch_up_per_second"),
    ("--deactivate_after=0s", "deactivate_after"),
    ("--ca_file=/dev/null", "ca_file"),
    ("--trusted_gateway_addresses=ten", "trusted_gateway_addresses"),
    ("--trusted_gateway_addresses=fd00::7", "trusted_gateway_addresses"),
    ("--ca_file=/nowhere", "ca_file")])
def test_a_servers_flag_that_is_wrong_is_an_error_that_names_it(flag, word):
    assert_one_line(run("webhook-server", "--listen=127.0.0.1:0", flag), word)


@pytest.mark.parametrize("flag", [
    "--max_body_bytes=-1", "--max_body_bytes=many", "--header_timeout=soon",
    "--body_timeout=-1s", "--idle_timeout=0", "--call_timeout=2h", "--server=",
    "--server=nonsense://x", "--server=192.0.2.1:50051"])
def test_a_gateways_flag_that_is_wrong_is_an_error_that_names_it(flag):
    assert_one_line(run("webhook-gateway", "--listen=127.0.0.1:0", flag),
                    flag.split("=")[0].strip("-"))


@pytest.mark.parametrize("flag, form", [
    ("--grace=20", "a number with a unit (ms, s, m, h)"),
    ("--grace 20", "a number with a unit (ms, s, m, h)"),
    ("--allow_plaintext=perhaps", "true or false")])
def test_an_error_says_the_form_of_a_value(flag, form, flag_file):
    name, value = flag.strip("-").replace("=", " ").split()
    for words in flag.split(), [flag_file("", f"--{name}={value}")]:
        result = run("webhook-server", *words)
        assert_one_line(result, f"bad value '{value}' of --{name}: must be "
                        + form)
    variable = f"WEBHOOKS_{name.upper()}"
    result = run("webhook-server", env={variable: value})
    assert_one_line(result, f"of {variable}: must be {form}")


def test_an_error_says_the_form_of_a_value_to_webhookctl():
    for flag, form in [("--timeout=20", "a number with a unit (ms, s, m, h)"),
                       ("--active=1s", "true or false"),
                       ("--limit=x", "a whole number"),
                       ("--overlap=20", "a number with a unit (ms, s, m, h)")]:
        assert_one_line(run("webhookctl", "webhook", "list", flag), form)


def test_a_value_that_looks_like_a_flag_is_none():
    result = run("webhookctl", "webhook", "list", "--url", "--timeout=20",
                 "--server=unix:/nowhere")
    assert result.returncode == 5, result


@pytest.mark.parametrize("name", BINARIES)
def test_a_variable_that_is_wrong_is_an_error_that_names_it(name, database):
    result = run(name, "--listen=127.0.0.1:0",
                 *([database] if name == "webhook-server" else []),
                 env={"WEBHOOKS_LOG_LEVEL": "loud"})
    assert_one_line(result, "loud")


def test_flags_are_read_from_the_environment(tmp_path):
    server = Process("webhook-server", env={
        "WEBHOOKS_LISTEN": "127.0.0.1:0",
        "WEBHOOKS_DATABASE": f"sqlite:{tmp_path}/from-variable.db"})
    server.stop()
    assert (tmp_path / "from-variable.db").exists()


def test_the_command_line_wins_over_the_environment(tmp_path):
    server = Process(
        "webhook-server", f"--database=sqlite:{tmp_path}/flag.db", env={
            "WEBHOOKS_LISTEN": "127.0.0.1:0",
            "WEBHOOKS_DATABASE": f"sqlite:{tmp_path}/variable.db"})
    server.stop()
    assert (tmp_path / "flag.db").exists()
    assert not (tmp_path / "variable.db").exists()


@pytest.fixture
def flag_file(tmp_path):
    def write(*lines):
        path = tmp_path / "flags"
        path.write_text("".join(f"{line}\n" for line in lines))
        return f"--flagfile={path}"
    return write


def test_flags_are_read_from_a_file(tmp_path, flag_file):
    server = Process("webhook-server", flag_file(
        "# where", "", "--listen=127.0.0.1:0",
        f"--database=sqlite:{tmp_path}/of-file.db"))
    server.stop()
    assert (tmp_path / "of-file.db").exists()


@pytest.mark.parametrize("file_is_last", [False, True])
def test_the_command_line_wins_over_a_file_and_that_over_the_environment(
        tmp_path, flag_file, file_is_last):
    words = [flag_file(f"--database=sqlite:{tmp_path}/of-file.db",
                       "--listen=127.0.0.1:0"),
             f"--database=sqlite:{tmp_path}/of-line.db"]
    server = Process("webhook-server", *(words[::-1] if file_is_last else words),
                     env={"WEBHOOKS_LISTEN": "127.0.0.1:1"})
    server.stop()
    assert (tmp_path / "of-line.db").exists()
    assert not (tmp_path / "of-file.db").exists()


@pytest.mark.parametrize("name", BINARIES)
@pytest.mark.parametrize("line", [
    "--nonsense=1", "nonsense", "--log_level=nonsense"])
def test_a_bad_line_of_a_file_is_an_error_that_names_it(name, line, flag_file):
    assert_one_line(run(name, flag_file(line)), "nonsense")


@pytest.mark.parametrize("name", [*BINARIES, "webhookctl"])
def test_a_file_that_names_itself_is_refused(name, flag_file, tmp_path):
    assert_one_line(run(name, flag_file("", f"--flagfile={tmp_path}/flags")),
                    "line 2")


def test_a_bad_flag_of_a_file_is_found_by_its_line(flag_file):
    assert_one_line(run("webhook-server", flag_file(
        "# mine", "--nodeliver", "--listen 127.0.0.1:0")), "line 3")


def test_a_blank_that_would_belong_to_a_value_is_found_by_its_line(flag_file):
    assert_one_line(run("webhook-server", flag_file("", "--grace=5s ")),
                    "line 2")


@pytest.mark.parametrize("name", [*BINARIES, "webhookctl"])
def test_a_file_that_is_not_there_is_an_error_that_names_it(name):
    assert_one_line(run(name, "--flagfile=/nowhere/flags"), "/nowhere/flags")


def test_webhookctl_reads_flags_from_a_file(flag_file):
    result = run("webhookctl", "--timeout=5s", "health",
                 flag_file("--server=unix:/nowhere", "--timeout=0"))
    assert result.returncode == 5, result


@pytest.mark.parametrize("name, flags", [
    ("webhook-server", ["listen", "database", "api_key_file",
                        "allow_http_urls", "log_level", "log_format"]),
    ("webhook-gateway", ["listen", "server", "max_body_bytes",
                         "header_timeout", "body_timeout", "idle_timeout",
                         "call_timeout", "log_level", "log_format"])])
def test_help_explains_every_flag(name, flags):
    result = run(name, "--help")
    assert result.returncode == 0
    for flag in flags:
        assert f"--{flag} (" in result.stdout


def test_a_server_listens_on_several_addresses(tmp_path, database):
    socket_path = tmp_path / "socket"
    with Process("webhook-server", database,
                 f"--listen=127.0.0.1:0,unix:{socket_path}") as server:
        server.await_line(f"listening address=unix:{socket_path}")
        with Process("webhook-gateway", "--listen=127.0.0.1:0",
                     f"--server=unix:{socket_path}") as gateway:
            assert rest.request(gateway.address, "GET", "/readyz",
                                {}).status == 200
            gateway.stop()
        server.stop()


def test_the_first_line_has_the_version_and_the_state_of_tls(stopped, tmp_path):
    version = run("webhook-server", "--version").stdout.strip()
    stopped.start_server()
    assert stopped.server.lines(
        f"info starting version={version} tls=plaintext$")
    stopped.start_gateway()
    assert stopped.gateway.lines(
        f"info starting version={version} tls=plaintext "
        f"server={stopped.server.address} server_tls=plaintext$")
    stopped.stop()
    authority = Authority(tmp_path)
    made = authority.issue()
    flags = [f"--tls_cert={made.cert}", f"--tls_key={made.key}"]
    stopped.start_server(*flags, f"--tls_client_ca={authority.ca}")
    assert stopped.server.lines("starting .*tls=mTLS$")
    stopped.start_gateway(*flags, f"--server_tls_ca={authority.ca}")
    assert stopped.gateway.lines("starting .* tls=TLS .*server_tls=TLS$")
