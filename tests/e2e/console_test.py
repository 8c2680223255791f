"""The web console in a browser: the key, webhooks, deliveries and events."""

import json
import re
import subprocess

import pytest

import rest
from console_browser import CONSOLE_NPM, PAGES, browse, require_console
from processes import PATIENCE, Process
from processes import run as start
from receiver import Api

LARGE = 256 << 10
NUMBER = "1152921506151679042"


@pytest.fixture(autouse=True)
def console():
    require_console()


class Project(Api):
    """The REST calls of a new project, and the calls of an administrator."""

    def __init__(self, service, admin):
        super().__init__(service)
        self.admin = admin
        self.id_project = admin.CreateProject(name="console").id_project
        self.key = self.new_key()

    def new_key(self):
        made = self.admin.CreateApiKey(id_project=self.id_project, name="key")
        self.id_api_key = made.api_key.id_api_key
        return made.key

    def call(self, method, path, body=b"", status=200, **kwargs):
        return super().call(method, path, body, status,
                            headers={"x-api-key": self.key}, **kwargs)


@pytest.fixture
def project(api):
    with api.service.channel() as channel:
        yield Project(api.service, api.service.admin(channel))


@pytest.fixture
def run(project):
    """Runs a scenario with the key of the project."""
    def call(script, name, asks=None, **arguments):
        return browse(script, name,
                      f"http://{project.service.gateway.address}",
                      project.key, asks, **arguments)
    return call


def test_files_are_compressed_and_cached(api):
    address = api.service.gateway.address
    index = rest.request(address, "GET", "/console/", {"accept-encoding": "gzip"})
    assert index.header("content-encoding") == "gzip"
    assert index.header("cache-control") == "no-cache"
    policy = index.header("content-security-policy")
    assert "require-trusted-types-for 'script'" in policy
    assert "frame-ancestors 'none'" in policy
    assert index.header("cross-origin-opener-policy") == "same-origin"
    for file in (PAGES / "assets").iterdir():
        if file.suffix == ".gz":
            continue
        answer = rest.request(address, "GET", f"/console/assets/{file.name}", {})
        assert answer.body == file.read_bytes()
        assert "immutable" in answer.header("cache-control")
    sizes = [file.stat().st_size for file in PAGES.rglob("*.gz")]
    assert 0 < sum(sizes) <= 70_000


def test_a_browser_is_led_to_the_console(api):
    address = api.service.gateway.address
    for path, headers, status, location in (
            ("/", {"accept": "text/html"}, 307, "console/"),
            ("/console", {}, 308, "console/"),
            ("/console/index.html", {}, 308, "../console/")):
        answer = rest.request(address, "GET", path, headers)
        assert (answer.status, answer.header("location")) == (status, location)
    assert rest.request(address, "GET", "/", {}).status == 404


def test_without_pages_the_gateway_says_so(tmp_path):
    with Process("webhook-gateway", "--listen=127.0.0.1:0",
                 "--server=127.0.0.1:1",
                 f"--console_folder={tmp_path}") as gateway:
        answer = rest.request(gateway.address, "GET", "/console/", {})
        assert answer.status == 404
        assert answer.reason() == "CONSOLE_NOT_INSTALLED"
        assert rest.request(gateway.address, "GET", "/",
                            {"accept": "text/html"}).status == 404


def test_other_pages_embed_the_console_if_they_may():
    flags = ("--listen=127.0.0.1:0", "--server=127.0.0.1:1")
    with Process("webhook-gateway", *flags, "--console_frame_ancestors="
                 "https://a.example,https://b.example:8443") as gateway:
        page = rest.request(gateway.address, "GET", "/console/", {})
        assert ("; frame-ancestors https://a.example https://b.example:8443;"
                in page.header("content-security-policy"))
    refused = start("webhook-gateway", *flags, "--console_frame_ancestors=*")
    assert refused.returncode != 0
    assert "--console_frame_ancestors" in refused.stdout + refused.stderr


def test_after_too_many_wrong_keys_the_time_to_wait_is_shown(run):
    seen = run("console_key.mjs", "too_many")
    assert re.search(r"Try again in (60|5\d) s", seen)


def test_types_are_those_of_the_document(api, tmp_path):
    bin = CONSOLE_NPM / "node_modules" / ".bin"
    document = tmp_path / "openapi.json"
    document.write_bytes(rest.request(
        api.service.gateway.address, "GET", "/openapi.json", {}).body)
    for command in (
            [bin / "openapi-typescript", document, "-o",
             CONSOLE_NPM / "schema.d.ts"],
            [bin / "tsc", "--project", CONSOLE_NPM]):
        result = subprocess.run(command, capture_output=True, text=True,
                                timeout=4 * PATIENCE, cwd=CONSOLE_NPM)
        assert result.returncode == 0, result.stdout + result.stderr


def test_a_key_is_kept_by_the_tabs_alone(run, project):
    seen = run("console_key.mjs", "storage")
    empty = {"local": 0, "cookies": "", "databases": 0, "caches": 0}
    for state in (seen["wrong"], seen["right"], *seen["locked"]):
        assert {name: state[name] for name in empty} == empty
        assert "whk_" not in state["address"]
    assert seen["wrong"]["session"] == ""
    assert project.key in seen["right"]["session"]
    assert (seen["reloaded"], seen["secondAsks"], seen["shown"]) == (0, 0, "")
    assert [state["session"] for state in seen["locked"]] == ["", ""]


def test_a_key_is_forgotten_after_half_an_idle_hour(run):
    seen = run("console_key.mjs", "idle")
    assert (seen["before"], seen["used"]) == (0, 0)
    assert seen["after"]["session"] == ""


def test_a_revoked_key_is_asked_for_over_the_page(run, project):
    webhook = project.webhook("https://revoked.example/")

    def revoke():
        old = project.id_api_key
        project.key = project.new_key()
        project.admin.RevokeApiKey(id=old)
        return project.key

    seen = run("console_key.mjs", "revoked", {"revoke": revoke},
               webhook=webhook["id_webhook_endpoint"])
    assert seen["stays"] == "not lost"
    assert seen["kept"]["session"] == ""
    kept = project.call("GET", f"/webhooks/{webhook['id_webhook_endpoint']}")
    assert kept["endpoint_description"] == "not lost"


def test_the_keyboard_is_enough(run, project):
    seen = run("console_key.mjs", "keyboard")
    assert seen == {"skipped": "MAIN", "back": "As a command: Create webhook"}
    made, = project.call("GET", "/webhooks")
    assert made["url"] == "https://keyboard.example/hook"


def test_a_webhook_is_created_once_its_form_is_valid(run, project):
    seen = run("console_webhooks.mjs", "create")
    assert seen["reason"] == "INVALID_URL"
    assert "must be an absolute" in seen["said"]
    assert re.fullmatch("[0-9a-f]{32}", seen["requestId"])
    curl, ctl = seen["commands"]
    assert '"url":"https://acme.example/hook"' in curl
    assert "--scope=a.b,c.d" in ctl
    made, = project.call("GET", "/webhooks")
    assert made["url"] == "https://acme.example/hook"
    assert made["endpoint_description"] == "Made here"
    assert made["scope"] == ["a.b", "c.d"]
    assert made["delivery"]["headers"] == {"x-team": "billing"}
    assert made["delivery"]["max_per_second"] == 7


def test_a_change_of_somebody_else_is_shown_and_nothing_is_lost(run, project):
    webhook = project.webhook("https://both.example/")
    seen = run("console_webhooks.mjs", "conflict",
               webhook=webhook["id_webhook_endpoint"])
    assert set(seen["versions"]) == {
        "mine", "theirs", "https://both.example/", "https://theirs.example/hook"}
    assert seen["shown"] == "mine"
    kept = project.call("GET", f"/webhooks/{webhook['id_webhook_endpoint']}")
    assert kept["endpoint_description"] == "mine"
    assert kept["url"] == "https://theirs.example/hook"


def test_a_test_shows_what_the_receiver_answers(run, project, receiver, place):
    path = place[0]
    receiver.answer(path + "/hang", "hang")
    urls = {"/ok": receiver.url(path + "/ok"), "127.0.0.1:1/": "http://127.0.0.1:1/",
            "/hang": receiver.url(path + "/hang")}
    webhooks = {name: project.webhook(url, delivery={"timeout": "1s"})
                ["id_webhook_endpoint"] for name, url in urls.items()}
    seen = run("console_webhooks.mjs", "tests", webhooks=webhooks)
    assert "Answered 200" in seen["/ok"]
    assert "connection was refused" in seen["127.0.0.1:1/"]
    assert "No answer in time" in seen["/hang"]
    body = receiver.at(path + "/ok")[0].body.decode()
    assert f'"data":{{"b":{NUMBER},"a":1}}' in body


def test_a_deactivated_webhook_comes_first_and_says_why(
        run, project, receiver, place):
    path = place[0]
    receiver.answer(path, 410)
    project.webhook("https://quiet.example/", scope=["never.sent"])
    gone = project.webhook(receiver.url(path))["id_webhook_endpoint"]
    project.delivered(project.publish(), "FAILED")
    seen = run("console_webhooks.mjs", "trouble", deactivated=gone)
    assert "Deactivated" in seen["first"] and path in seen["first"]
    assert seen["id"] == gone
    assert [webhook["url"] for webhook in project.call("GET", "/webhooks")] == [
        "https://quiet.example/"]


def test_a_retry_job_retries_as_many_as_its_preview_says(
        run, project, receiver, place):
    path = place[0]
    receiver.answer(path, 500)
    webhook = project.webhook(receiver.url(path))["id_webhook_endpoint"]
    project.call("POST", "/events:batch", {
        "events": [{"type": "a.b", "data": i} for i in range(250)]}, 202)
    project.await_deliveries(250, state="FAILED", page_size=1000)
    receiver.answer(path, 200)
    seen = run("console_webhooks.mjs", "retry", webhook=webhook)
    assert seen["preview"] == "Retry 250 deliveries"
    assert "250 retried" in seen["done"]
    assert "job=" in seen["address"]
    project.await_deliveries(250, state="DELIVERED", page_size=1000)


def test_a_failure_is_mended_without_a_reload(run, project, receiver, place):
    path = place[0]
    receiver.answer(path, 500)
    project.webhook(receiver.url(path + "?token=s3cret"))
    receiver.answer(path + "?token=s3cret", 500)
    failed = project.delivered(project.publish(), "FAILED")

    def mend():
        receiver.answer(path + "?token=s3cret", 200)

    seen = run("console_deliveries.mjs", "mend", {"mend": mend},
               delivery=failed["id_delivery"])
    assert "All attempts" in seen["before"] and "500" in seen["before"]
    assert seen["attempts"] == 3
    assert "200" in seen["after"]
    assert seen["same"] is True
    assert "attempt 3" in seen["support"]
    assert "SCHEDULE_ENDED" in seen["support"]
    assert "s3cret" not in seen["support"]


def test_filters_survive_back_reload_and_a_copied_link(
        run, project, receiver, place):
    path = place[0]
    receiver.answer(path, 500)
    project.webhook(receiver.url(path), scope=["a.failed"])
    project.webhook(receiver.url(path + "/ok"))
    project.delivered(project.publish("a.failed"), "FAILED")
    project.delivered(project.publish("another"))
    seen = run("console_deliveries.mjs", "filters")
    assert seen["all"] == 3
    assert seen["states"] == [["FAILED", "a.failed"]] * 3


def test_new_rows_wait(run, project):
    project.webhook(None)
    project.publish()

    def publish():
        for _ in range(7):
            project.publish()

    seen = run("console_deliveries.mjs", "fresh", {"publish": publish})
    assert len(seen["before"]) == 1
    assert seen["waiting"] == seen["before"]
    assert len(seen["after"]) == 8
    assert seen["after"][-1] == seen["before"][0]


def test_rows_that_match_no_more_are_marked(run, project, receiver, place):
    path = place[0]
    receiver.answer(path, 500)
    project.webhook(receiver.url(path))
    first = project.delivered(project.publish(), "FAILED")
    project.delivered(project.publish(), "FAILED")

    def retry():
        receiver.answer(path, 200)
        project.call("POST", f"/deliveries/{first['id_delivery']}:retry")

    seen = run("console_deliveries.mjs", "gone", {"retry": retry})
    assert seen == ["", "gone"]


def test_texts_of_others_are_shown_exactly_and_as_text(
        run, project, receiver, place):
    path = place[0]
    image = '<img src=x onerror="window.hit=1">'
    receiver.answer(path, (200, {}, f"answer {image}".encode()))
    webhook = project.webhook(
        receiver.url(path), description=f"description {image}")
    begin = (f'{{"z":{NUMBER},"a":1.50,"b":1e2,"bidi":"\u202e",'
             f'"html":{json.dumps(image)},"fill":"')
    data = begin + "x" * (LARGE - len(begin.encode()) - 2) + '"}'
    assert len(data.encode()) == LARGE
    event = project.call(
        "POST", "/events",
        f'{{"type":"exact.bytes","data":{data}}}'.encode(), 202)
    delivery = project.delivered(event)
    seen = run("console_deliveries.mjs", "hostile", event=event["id_event"],
               delivery=delivery["id_delivery"],
               webhook=webhook["id_webhook_endpoint"])
    assert seen["copied"] == data
    assert seen["exact"] == data.replace("\u202e", "U+202E")
    assert f'"z": {NUMBER},\n  "a": 1.50,\n  "b": 1e2,' in seen["indented"]
    for name, state in seen["seen"].items():
        assert state == {"images": 0, "foreign": 0, "hit": None}, name


def test_data_is_published_as_it_was_typed(run, project):
    data = f'{{"b":{NUMBER},"a":[1.0,"\u202e"]}}'
    event = run("console_deliveries.mjs", "publish", data=data)
    answer = project.service.get(f"/events/{event}",
                                 headers={"x-api-key": project.key})
    assert f'"data":{data}' in answer.body.decode()


def test_an_event_says_why_it_was_not_delivered(run, project, receiver, place):
    path = place[0]
    receiver.answer(path + "/bad", 500)
    project.webhook(receiver.url(path + "/ok"), scope=["a.b"])
    project.webhook(receiver.url(path + "/bad"), scope=["a.b"])
    project.webhook(receiver.url(path + "/other"), scope=["c.d"])
    project.webhook(None, scope=["a.b"])
    inactive = project.webhook(receiver.url(path + "/off"), scope=["a.b"])
    project.call("PUT", f"/webhooks/{inactive['id_webhook_endpoint']}",
                 {"active": False}, 201)
    event = project.publish("a.b")
    project.delivered(event, "FAILED")
    project.webhook(receiver.url(path + "/newer"), scope=["a.b"])
    seen = run("console_deliveries.mjs", "reasons", event=event["id_event"],
               count=6)
    actions = {reason: found["actions"] for reason, found in seen.items()}
    assert actions == {
        "DELIVERED": ["Send again"],
        "SCHEDULE_ENDED": ["Retry now"],
        "NOT_IN_SCOPE": ["Deliver to it"],
        "WEBHOOK_WITHOUT_URL": ["Add a URL"],
        "WEBHOOK_INACTIVE": ["Activate"],
        "WEBHOOK_IS_NEWER": ["Deliver to it"],
    }
    assert "500" in seen["SCHEDULE_ENDED"]["sentence"]
    receiver.await_requests(1, path + "/other")


def test_the_laboratory_names_the_secret_or_the_first_wrong_byte(
        run, project, receiver, place):
    path = place[0]
    webhook = project.webhook(receiver.url(path))["id_webhook_endpoint"]
    project.call("POST", f"/webhooks/{webhook}:rotateSecret",
                 {"overlap": "3600s"})
    project.delivered(project.publish(data={"id": 1}))
    got = receiver.at(path)[0]
    signatures = got.headers["webhook-signature"].split(" ")
    assert len(signatures) == 2
    # As if the receiver had only the older secret's signature.
    headers = "\n".join(f"{name}: {value}" for name, value in {
        **got.headers, "webhook-signature": signatures[1]}.items())
    body = got.body.decode()
    changed = json.dumps(json.loads(body))
    seen = run("console_deliveries.mjs", "signature", webhook=webhook,
               headers=headers, body=body, changed=changed)
    genuine, forged = " ".join(seen["genuine"]), " ".join(seen["forged"])
    assert "made with secret 2" in genuine
    assert "panora-signature is valid" in genuine
    assert "byte for byte" in genuine
    byte = next(i for i, (a, b) in enumerate(zip(body, changed)) if a != b)
    assert "No secret matches webhook-signature" in forged
    assert f"first at byte {byte}." in forged
    assert "something parsed it and wrote it again" in forged
