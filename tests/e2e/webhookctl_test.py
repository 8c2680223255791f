"""webhookctl against a running server, as an operator and a script use it."""

import json
import re
import subprocess

import pytest

from webhooks.v1 import webhook_service_pb2, webhook_service_pb2_grpc
from processes import BIN, PATIENCE, clean_environment, run
from receiver import delivering
from service import Service


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
    ctl("project", "delete", "--yes", id)
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


def test_a_part_of_an_id_finds_a_webhook_of_a_later_page(ctl_json, service,
                                                         key):
    count = 1001
    with service.channel() as channel:
        stub = webhook_service_pb2_grpc.WebhookServiceStub(channel)
        ids = []
        while len(ids) < count:
            calls = [stub.Create.future(
                webhook_service_pb2.CreateWebhookRequest(all_events=True),
                timeout=PATIENCE, metadata=(("x-api-key", key),))
                for _ in range(min(32, count - len(ids)))]
            ids += [call.result().id_webhook_endpoint for call in calls]
    last = max(ids)
    for part in last[-12:], last[:-1]:
        assert ctl_json("webhook", "get", part, key=key)[
            "id_webhook_endpoint"] == last


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
    # A command without a call needs no permission for the address.
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


def test_a_job_needs_a_start_or_all(ctl, ctl_json, key):
    id = ctl_json("webhook", "create", "--all_events", key=key)[
        "id_webhook_endpoint"]
    create = ("retry-job", "create", id)
    stderr = ctl(*create, key=key, code=1).stderr
    assert "--start_time" in stderr and "--all" in stderr
    ctl(*create, "--all", "--start_time=2026-11-01T00:00:00Z", key=key, code=1)
    job = ctl_json(*create, "--all", "--selection=never_matched",
                   "--event_type=a.b", "--dry_run", key=key)
    assert "start_time" not in job
    assert (job["selection"], job["event_type"], job["dry_run"]) == (
        "NEVER_MATCHED", "a.b", True)
    assert "--selection" in ctl(*create, "--all", "--selection=some", key=key,
                                code=1).stderr


def test_a_wrong_kind_of_key_is_answered_with_a_flag(ctl, key):
    assert "--key_file" in ctl("project", "list", key=key, code=4).stderr
    assert "--project" in ctl("webhook", "list", code=4).stderr


def test_a_webhook_without_a_url_is_not_made_in_silence(ctl, key):
    assert "no URL" in ctl("webhook", "create", "--scope=a.b", key=key).stderr
    assert ctl("webhook", "create", "--scope=a.b", "--url=https://a.example/",
               key=key).stderr == ""


def test_a_webhook_without_a_scope_is_shown_with_all(ctl, key):
    made = ctl("webhook", "create", "--all_events", key=key).stdout
    assert re.search(r"^scope +all$", made, re.MULTILINE)


def test_an_event_is_delivered_to_a_webhook(ctl, ctl_json, key):
    id = ctl_json("webhook", "create", "--scope=a.b", key=key)[
        "id_webhook_endpoint"]
    event = ctl_json("event", "publish", "c.d", "1", key=key)["id_event"]
    made = ctl_json("event", "deliver", event, id, key=key)
    assert (made["id_event"], made["state"]) == (event, "HELD")
    again = ctl("event", "deliver", event, id, key=key, code=8)
    assert made["id_delivery"] in again.stderr


def test_an_administrator_names_a_project_by_id_or_name(ctl, ctl_json):
    name = "named by its name"
    id = ctl_json("project", "create", name)["id_project"]
    for project in (id, name):
        made = ctl_json("webhook", "create", "--all_events",
                        f"--project={project}")
        assert made["id_project"] == id
    assert len(ctl_json("webhook", "list", f"--project={name}")) == 2
    assert ctl_json("project", "get", name)["id_project"] == id
    key = ctl_json("key", "create", name, "ci")
    assert [k["id_api_key"] for k in ctl_json("key", "list", name)] == [
        key["api_key"]["id_api_key"]]
    assert "PROJECT_NOT_FOUND" in ctl("webhook", "list", "--project=none",
                                      code=3).stderr
    assert "INVALID_PROJECT" in ctl("project", "list", f"--project={id}",
                                    code=6).stderr
    # The key of a project opens only that project, and cannot list names.
    ctl("webhook", "list", f"--project={id}", key=key["key"])
    ctl("webhook", "list", f"--project={name}", key=key["key"], code=4)


def test_a_name_of_several_projects_is_refused_with_their_ids(ctl, ctl_json):
    ids = [ctl_json("project", "create", "twice")["id_project"]
           for _ in range(2)]
    for command in (("project", "delete", "twice"),
                    ("webhook", "list", "--project=twice")):
        stderr = ctl(*command, code=1).stderr
        assert all(id in stderr for id in ids)
    for id in ids:
        ctl("project", "delete", "--yes", id)


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


def test_a_flag_can_be_typed_with_dashes(service):
    for flag in (f"--key-file={service.folder}/admin-key",
                 f"-key-file={service.folder}/admin-key"):
        result = run("webhookctl", f"--server={service.server.address}", flag,
                     "project", "list")
        assert result.returncode == 0, result.stderr


def test_durations_have_one_form_in_flags_and_json(ctl, ctl_json, key):
    made = ctl_json("webhook", "create", "--url=https://a.example/", "--scope=a.b",
                    '--delivery={"timeout": "0m5.5s", "max_in_flight": 3, '
                    '"schedule": ["0s", "1m30s", "7200s"]}', key=key)
    assert made["delivery"]["timeout"] == "5.500s"
    assert made["delivery"]["schedule"] == ["0s", "90s", "7200s"]
    assert made["delivery"]["max_in_flight"] == 3
    stderr = ctl("webhook", "rotate-secret", made["id_webhook_endpoint"],
                 "--overlap=90", key=key, code=1).stderr
    assert "ms, s, m, h" in stderr


def test_a_project_is_removed_only_by_its_name(service, ctl_json):
    id = ctl_json("project", "create", "to remove")["id_project"]

    def delete(*flags, typed=""):
        return subprocess.run(
            [BIN / "webhookctl", f"--server={service.server.address}",
             f"--key_file={service.folder}/admin-key", "project", "delete", id,
             *flags], input=typed, capture_output=True, text=True,
            timeout=PATIENCE, env=clean_environment())

    for typed in "", "remove\n":
        result = delete(typed=typed)
        assert result.returncode == 1
        assert "to remove" in result.stderr and "--yes" in result.stderr
    assert ctl_json("project", "get", id)["id_project"] == id
    assert delete(typed="to remove\n").returncode == 0
    id = ctl_json("project", "create", "another")["id_project"]
    assert delete("--yes").returncode == 0
