"""webhookctl against a running server, as an operator and a script use it."""

import json
import pathlib
import subprocess
import time

import pytest

from processes import BIN, PATIENCE, clean_environment, run
from receiver import delivering
from service import Service


@pytest.fixture
def ctl(service):
    """Runs a command with the admin key, or with `key`."""
    def call(*args, key=None, code=0):
        result = run("webhookctl", f"--server={service.server.address}", *args,
                     env={"WEBHOOKS_KEY": key or service.admin_key})
        assert result.returncode == code, result
        return result
    return call


@pytest.fixture
def ctl_json(ctl):
    return lambda *args, **kwargs: json.loads(
        ctl("--json", *args, **kwargs).stdout)


@pytest.fixture
def key(ctl_json):
    """The key of a new project."""
    project = ctl_json("project", "create", "acme")
    return ctl_json("key", "create", project["id_project"], "ci")["key"]


def test_a_project_is_made_shown_renamed_limited_and_deleted(ctl, ctl_json):
    made = ctl_json("project", "create", "acme", "--max_webhooks=3")
    id = made["id_project"]
    assert made["max_webhooks"] == "3"
    assert ctl_json("project", "rename", id, "new")["name"] == "new"
    limited = ctl_json("project", "limit", id, "--max_webhooks=none",
                       "--max_requests_per_second=9")
    assert "max_webhooks" not in limited
    assert limited["max_requests_per_second"] == 9
    assert id in ctl("project", "list").stdout
    assert "name" in ctl("project", "get", id).stdout
    ctl("project", "delete", id)
    missing = ctl("project", "get", id, code=3)
    assert missing.stderr.startswith("ERROR: ")
    assert "PROJECT_NOT_FOUND" in missing.stderr


def test_a_limit_may_be_as_large_as_the_servers(ctl, ctl_json):
    made = ctl_json("project", "create", "large",
                    f"--max_webhooks={2**63 - 1}")
    assert made["max_webhooks"] == str(2**63 - 1)
    result = ctl("project", "create", "x", f"--max_webhooks={2**63}", code=1)
    assert "--max_webhooks" in result.stderr


def test_a_key_is_made_listed_and_revoked(service, ctl, ctl_json):
    project = ctl_json("project", "create", "acme")["id_project"]
    made = ctl_json("key", "create", project, "ci", "--expires_in=1h")
    assert made["api_key"]["expires_at"] > made["api_key"]["created_at"]
    shown = ctl("key", "create", project, "other")
    assert "\nkey  whk_" in shown.stdout
    assert len(ctl_json("key", "list", project)) == 2
    assert len(ctl_json("key", "list", project, "--limit=1")) == 1
    ctl("webhook", "list", key=made["key"])
    ctl("key", "revoke", made["api_key"]["id_api_key"])
    ctl("webhook", "list", key=made["key"], code=4)


def test_a_webhook_is_made_listed_rotated_and_deleted(ctl, ctl_json, key):
    made = ctl_json("webhook", "create", "--url=https://a.example/",
                    "--description=Grüße", "--scope=a.b,c", key=key)
    id = made["id_webhook_endpoint"]
    assert made["scope"] == ["a.b", "c"]
    assert ctl_json("webhook", "get", id, key=key) == made
    listed = ctl_json("webhook", "list", "--event_type=c", key=key)
    assert [w["id_webhook_endpoint"] for w in listed] == [id]
    assert ctl_json("webhook", "list", "--active=false", key=key) == []
    rotated = ctl_json("webhook", "rotate-secret", id, "--overlap=90m", key=key)
    assert rotated["secret"] != made["secret"]
    ctl("webhook", "delete", id, key=key)
    ctl("webhook", "get", id, key=key, code=3)


def test_lists_follow_every_page(ctl_json, service, key):
    for i in range(105):
        service.post({"url": None, "scope": None},
                     headers={"x-api-key": key})
    assert len(ctl_json("webhook", "list", key=key)) == 105


def test_a_table_has_aligned_columns(ctl, key):
    ctl("webhook", "create", "--all_events", "--description=x\x1b[31mred",
        key=key, code=6)
    ctl("webhook", "create", "--all_events", "--url=https://a.example/", key=key)
    ctl("webhook", "create", "--all_events", key=key)
    header, *rows = ctl("webhook", "list", key=key).stdout.splitlines()
    column = header.index("URL")
    assert {row[column - 1] for row in rows} == {" "}
    assert {row[column] for row in rows} == {"h", "-"}


@pytest.mark.parametrize("args, code", [
    ((), 1), (("project",), 1), (("project", "create"), 1),
    (("nonsense",), 1), (("--nonsense", "health"), 1),
    (("project", "create", ""), 6), (("project", "get", "nonsense"), 3),
    (("webhook", "list"), 4), (("--key_file=/nowhere", "health"), 1)])
def test_what_goes_wrong_has_its_exit_code(ctl, args, code):
    result = ctl(*args, code=code)
    assert result.stdout == ""
    assert "ERROR" in result.stderr


@pytest.mark.parametrize("args", [
    ("--url=",), ("--url", ""), ("--overlap=",), ("--key=",),
    ("--json", "--scope", ""), ("--active=",), ("-state", "")])
def test_a_flag_without_its_value_is_refused(ctl, args):
    result = ctl("webhook", "list", *args, code=1)
    name = args[-2 if args[-1] == "" else -1].strip("-=")
    assert f"--{name}: must not be empty" in result.stderr


def test_an_empty_argument_after_a_switch_is_no_value_of_it(ctl):
    assert "name" in ctl("project", "create", "--json", "", code=6).stderr


def test_a_limit_has_its_exit_code(ctl, ctl_json):
    project = ctl_json("project", "create", "small", "--max_webhooks=0")
    key = ctl_json("key", "create", project["id_project"], "ci")["key"]
    assert "WEBHOOK_LIMIT_REACHED" in ctl(
        "webhook", "create", "--all_events", key=key, code=7).stderr


def test_a_webhook_for_every_event_is_made_on_purpose(ctl, ctl_json, key):
    for flags in ((), ("--all_events=false",), ("--all_events", "--scope=a")):
        refused = ctl("webhook", "create", *flags, key=key, code=1).stderr
        assert "--scope" in refused and "--all_events" in refused
    assert ctl_json("webhook", "list", key=key) == []
    made = ctl_json("webhook", "create", "--all_events", key=key)
    assert made["scope"] == []
    id = made["id_webhook_endpoint"]
    assert ctl_json("webhook", "update", id, "--scope=a", key=key)["scope"] == [
        "a"]
    for flags in (("--all_events",), ("--clear=scope",),
                  ("--all_events", "--clear=url")):
        ctl("webhook", "update", id, "--scope=a", key=key)
        assert ctl_json("webhook", "update", id, *flags, key=key)["scope"] == []
    ctl("webhook", "update", id, "--all_events", "--clear=scope", key=key,
        code=1)


def test_events_are_listed_by_their_type(ctl_json, service, key):
    for kind in ("a.b", "c"):
        service.request("POST", "/events", {"type": kind, "data": None},
                        headers={"x-api-key": key})
    listed = ctl_json("event", "list", "--event_type=c", key=key)
    assert [event["type"] for event in listed] == ["c"]


def test_a_server_that_is_not_there_is_said_to_be_so():
    result = run("webhookctl", "--server=127.0.0.1:1", "--timeout=5s", "health")
    assert result.returncode == 5
    assert "127.0.0.1:1" in result.stderr


def test_health_needs_no_key(service):
    result = run("webhookctl", "health",
                 env={"WEBHOOKS_SERVER": service.server.address})
    assert (result.returncode, result.stdout) == (0, "SERVING\n")


@pytest.mark.parametrize("flags, env", [
    (["--key={key}"], {"WEBHOOKS_KEY_FILE": "/nowhere"}),
    (["--key_file={file}"], {"WEBHOOKS_KEY": "whk_another"}),
    ([], {"WEBHOOKS_KEY_FILE": "{file}"})])
def test_the_key_of_the_command_line_wins(service, flags, env):
    def fill(text):
        return text.format(key=service.key, file=service.folder / "api-key")

    result = run("webhookctl", f"--server={service.server.address}",
                 *map(fill, flags), "webhook", "list",
                 env={name: fill(value) for name, value in env.items()})
    assert result.returncode == 0, result


@pytest.mark.parametrize("flags, env", [
    (["--key=a", "--key_file=b"], {}),
    ([], {"WEBHOOKS_KEY": "a", "WEBHOOKS_KEY_FILE": "b"})])
def test_two_keys_of_one_source_are_refused(flags, env):
    result = run("webhookctl", *flags, "health", env=env)
    assert (result.returncode, result.stdout) == (1, "")


@pytest.mark.parametrize("content", [
    "# a comment\nsecret", "whk_\u00fc", "whk_\x01", ""])
def test_what_is_no_key_is_refused_and_not_shown(tmp_path, content):
    file = tmp_path / "key"
    file.write_text(content)
    result = run("webhookctl", f"--key_file={file}", "webhook", "list")
    assert result.returncode == 1
    assert "--key_file" in result.stderr
    assert "secret" not in result.stderr


def test_a_folder_is_no_key_file(tmp_path):
    result = run("webhookctl", f"--key_file={tmp_path}", "health")
    assert result.returncode == 1
    assert "is no file" in result.stderr


def test_settings_of_webhooks_are_not_read_from_the_environment(
        service, ctl_json, key):
    result = run("webhookctl", "--json", f"--server={service.server.address}",
                 "webhook", "create", "--all_events",
                 env={"WEBHOOKS_KEY": key, "WEBHOOKS_URL": "https://a.example"})
    assert "url" not in json.loads(result.stdout)


def test_a_newcomer_sees_a_webhook_fire(tmp_path):
    with delivering(tmp_path) as api:
        def ctl(*args):
            result = run(
                "webhookctl", f"--server={api.service.server.address}",
                *args, env={"WEBHOOKS_KEY": api.service.key})
            assert result.returncode == 0, result
            return result.stdout

        listen = subprocess.Popen(
            [BIN / "webhookctl", f"--server={api.service.server.address}",
             "listen", "--scope=a.b"],
            env=clean_environment({"WEBHOOKS_KEY": api.service.key}),
            stdout=subprocess.PIPE, text=True)
        try:
            assert " listens at " in listen.stdout.readline()
            ctl("event", "publish", "a.b", '{"x":1}')
            line = listen.stdout.readline()
            assert " verified " in line and '"data":{"x":1}' in line
            api.await_deliveries(1, state="DELIVERED")
            rows = json.loads(ctl("--json", "delivery", "list",
                                  "--state=delivered"))
            shown = ctl("delivery", "get", rows[0]["id_delivery"])
            assert "status=200" in shown
            assert "DELIVERED" in ctl("delivery", "explain",
                                      rows[0]["id_event"],
                                      rows[0]["id_webhook_endpoint"])
            listen.terminate()
            assert listen.wait(PATIENCE) == 0
            assert json.loads(ctl("--json", "webhook", "list")) == []
        finally:
            listen.kill()
            listen.wait()
            listen.stdout.close()


def test_what_arrives_is_listed_as_json(tmp_path):
    with delivering(tmp_path) as api:
        listen = subprocess.Popen(
            [BIN / "webhookctl", f"--server={api.service.server.address}",
             "--json", "listen", "--scope=a.b"],
            env=clean_environment({"WEBHOOKS_KEY": api.service.key}),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            assert " listens at " in listen.stderr.readline()
            api.publish("a.b", {"x": 12345678901234567890})
            line = json.loads(listen.stdout.readline())
            assert line["verified"] is True
            assert line["body"]["data"] == {"x": 12345678901234567890}
        finally:
            listen.terminate()
            listen.wait()
            listen.stdout.close()
            listen.stderr.close()


def connections_to(port):
    """The connections of this machine to a port of it that stand."""
    lines = [line for table in ("tcp", "tcp6") for line in
             pathlib.Path("/proc/net", table).read_text().splitlines()[1:]]
    return [line for line in map(str.split, lines)
            if line[2].endswith(f":{port:04X}") and line[3] == "01"]


def test_whoever_listens_keeps_no_connection_that_a_stop_waits_for(tmp_path):
    service = Service(tmp_path)
    try:
        server = service.start_server("--allow_http_urls",
                                      "--allow_targets=127.0.0.0/8")
        listen = subprocess.Popen(
            [BIN / "webhookctl", f"--server={server.address}", "listen"],
            env=clean_environment({"WEBHOOKS_KEY": service.key}),
            stdout=subprocess.PIPE, text=True)
        try:
            assert " listens at " in listen.stdout.readline()
            port = int(server.address.rsplit(":", 1)[1])
            end = time.monotonic() + PATIENCE
            while connections_to(port):
                assert time.monotonic() < end
        finally:
            listen.kill()
            listen.wait()
            listen.stdout.close()
    finally:
        service.stop()


def test_listen_says_what_the_server_lacks(ctl, key):
    result = ctl("listen", key=key, code=6)
    assert "--allow_http_urls" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("flags, missing", [
    (["--allow_targets=10.0.0.1"], "--allow_targets=127.0.0.1"),
    (["--allow_targets=127.0.0.1", "--deliver=false"], "does not deliver")])
def test_listen_does_not_wait_for_what_will_not_come(tmp_path, flags, missing):
    service = Service(tmp_path)
    try:
        server = service.start_server("--allow_http_urls", *flags)
        for args, code in (["listen"], 6), (["webhook", "list"], 0):
            result = run("webhookctl", "--json", f"--server={server.address}",
                         *args, env={"WEBHOOKS_KEY": service.key})
            assert result.returncode == code
            if code:
                assert missing in result.stderr
        assert json.loads(result.stdout) == []
    finally:
        service.stop()


def test_a_webhook_is_changed(ctl, ctl_json, key):
    id = ctl_json("webhook", "create", "--all_events",
                  "--url=https://a.example/", key=key)[
        "id_webhook_endpoint"]
    changed = ctl_json(
        "webhook", "update", id, "--active=false", "--scope=a.b,c.d",
        '--delivery={"ordered": true, "timeout": "5s"}', key=key)
    assert changed["active"] is False
    assert changed["url"] == "https://a.example/"
    assert changed["scope"] == ["a.b", "c.d"]
    assert changed["delivery"]["ordered"] is True
    assert ctl_json("webhook", "update", id, "--active=true",
                    key=key)["active"]
    assert "--delivery" in ctl("webhook", "update", id, "--delivery={", key=key,
                               code=1).stderr
    ctl("webhook", "update", id, key=key, code=1)


def test_what_a_webhook_has_is_cleared(ctl, ctl_json, key):
    id = ctl_json("webhook", "create", "--url=https://a.example/",
                  "--description=Mine", "--scope=a.b",
                  '--delivery={"schedule": ["0s", "60s"]}',
                  key=key)["id_webhook_endpoint"]
    shown = ctl("webhook", "get", id, key=key).stdout.splitlines()
    assert ["delivery.schedule", "0s,60s"] in [line.split() for line in shown]
    changed = ctl_json("webhook", "update", id, "--url=https://b.example/",
                       "--clear=description,scope,delivery", key=key)
    assert changed["url"] == "https://b.example/"
    assert changed["scope"] == []
    assert not {"endpoint_description", "delivery"} & set(changed)
    for wrong in ["url", "secret", "id"]:
        assert wrong in ctl(
            "webhook", "update", id, "--url=https://c.example/",
            f"--clear={wrong}", key=key, code=1).stderr
    assert ctl_json("webhook", "get", id, key=key) == changed


def test_an_event_is_published_once_and_in_its_time(ctl, ctl_json, key):
    id = "0192f3c0-1111-7000-8000-000000000001"
    for _ in range(2):
        assert ctl_json("event", "publish", "a.b", "1", f"--id_event={id}",
                        "--deliver_at=2020-11-23T19:56:26Z",
                        key=key)["id_event"] == id
    times = ["--start_time=2000-01-01T00:00:00Z",
             "--end_time=2100-01-01T00:00:00Z"]
    [event] = ctl_json("event", "list", *times, key=key)
    assert event["deliver_at"] == "2020-11-23T19:56:26Z"
    for what in "event", "delivery":
        assert ctl_json(what, "list", *times, "--start_time="
                        "2099-01-01T00:00:00Z", key=key) == []


def test_a_key_goes_to_no_other_machine_in_plain_text(ctl, key):
    result = run("webhookctl", "--server=192.0.2.1:1", "health",
                 env={"WEBHOOKS_KEY": key})
    assert result.returncode == 1
    assert "--allow_plaintext" in result.stderr
    # What calls no server needs none.
    assert run("webhookctl", "completion", "bash",
               env={"WEBHOOKS_SERVER": "192.0.2.1:1"}).returncode == 0


def test_no_proxy_of_the_environment_is_used(ctl, service, key):
    assert run("webhookctl", f"--server={service.server.address}", "webhook",
               "list", env={"WEBHOOKS_KEY": key,
                            "http_proxy": "http://127.0.0.1:1",
                            "grpc_proxy": "http://127.0.0.1:1"}
               ).returncode == 0


def test_an_output_that_cannot_be_written_is_an_error():
    with open("/dev/full", "w") as full:
        result = subprocess.run([BIN / "webhookctl", "completion", "bash"],
                                stdout=full, stderr=subprocess.PIPE,
                                timeout=PATIENCE, env=clean_environment())
    assert result.returncode == 1
    assert b"standard output" in result.stderr


def test_what_could_follow_is_told(ctl):
    stderr = ctl("key", code=1).stderr
    assert "key create, key list, key revoke" in stderr
    assert "webhook" not in stderr.replace("webhookctl", "")


def test_a_limit_that_is_not_told_is_an_error(ctl, ctl_json):
    project = ctl_json("project", "create", "acme")
    assert "no flag" in ctl("project", "limit", project["id_project"],
                            code=1).stderr


def test_failed_deliveries_are_retried_by_a_job(ctl, ctl_json, key):
    id = ctl_json("webhook", "create", "--all_events",
                  "--url=https://a.example/", key=key)[
        "id_webhook_endpoint"]
    job = ctl_json("retry-job", "create", id,
                   "--start_time=2026-11-01T00:00:00Z", key=key)
    assert job["start_time"] == "2026-11-01T00:00:00Z"
    name = job["id_retry_job"]
    ctl("retry-job", "get", name, key=key)
    assert ctl_json("retry-job", "cancel", name, key=key)["state"] in (
        "CANCELLED", "DONE")
    for wrong in "now", "infinite-future":
        assert "--end_time" in ctl("retry-job", "create", id,
                                   f"--end_time={wrong}", key=key,
                                   code=1).stderr


def test_a_flag_of_another_command_is_refused(ctl, key):
    result = ctl("webhook", "get", "x", "--scope=a.b", key=key, code=1)
    assert "--scope" in result.stderr
    assert "webhook get WEBHOOK" in result.stderr


def test_a_test_fails_where_the_receiver_fails(tmp_path):
    with delivering(tmp_path) as api:
        id = api.webhook("http://127.0.0.1:1/", ["a.b"])["id_webhook_endpoint"]
        result = run("webhookctl", f"--server={api.service.server.address}",
                     "webhook", "test", id,
                     env={"WEBHOOKS_KEY": api.service.key})
        assert result.returncode == 1
        assert "CONNECTION_REFUSED" in result.stderr


def test_a_key_is_read_from_its_file(service):
    result = run("webhookctl", f"--server={service.server.address}",
                 f"--key_file={service.folder}/admin-key", "project", "list")
    assert result.returncode == 0
    assert "default" in result.stdout


@pytest.mark.parametrize("line, wanted", [
    ("webhookctl ", {"project", "key", "certificate", "webhook", "event",
                     "delivery", "retry-job", "listen", "backup",
                     "health", "completion", "help"}),
    ("webhookctl pro", {"project"}),
    ("webhookctl --json key ", {"create", "list", "revoke"}),
    ("webhookctl --server a:1 key ", {"create", "list", "revoke"}),
    ("webhookctl key --key_file /a ", {"create", "list", "revoke"}),
    # As bash breaks --server=127.0.0.1:1 and --timeout=5s.
    ("webhookctl --server = 127.0.0.1 : 1 key ", {"create", "list", "revoke"}),
    ("webhookctl --timeout = 5s --json key re", {"revoke"}),
    ("webhookctl --server ", set()),
    ("webhookctl --server = ", set()),
    ("webhookctl --key_file key ", {"project", "key", "certificate", "webhook",
                                    "event", "delivery", "retry-job",
                                    "listen", "backup", "health",
                                    "completion", "help"}),
    ("webhookctl webhook rotate-secret --ov", {"--overlap="}),
    ("webhookctl webhook create --des", {"--description="})])
def test_bash_completes_commands_and_flags(line, wanted):
    words = line + ("''" if line.endswith(" ") else "")
    script = (
        f"source <({BIN}/webhookctl completion bash)\n"
        f"COMP_WORDS=({words})\n"
        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
        "_webhookctl\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n")
    result = subprocess.run(["bash", "-euc", script], capture_output=True,
                            text=True, timeout=30, env=clean_environment())
    assert result.stderr == ""
    assert set(result.stdout.split()) == wanted


@pytest.mark.parametrize("word", ["--help", "help"])
def test_help_lists_every_command(word):
    result = run("webhookctl", word)
    assert result.returncode == 0
    for words in ("project create NAME", "webhook rotate-secret", "--key_file",
                  "Exit codes"):
        assert words in result.stdout
