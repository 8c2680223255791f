"""The screens of the web console: how they look, and how they fail."""

import pytest

from console_browser import NPM, PICTURES, browse, prefixed, require_browser
from pages import ROOT
from receiver import FAST, FLAGS, Api, Receiver
from service import Service

PREFIX = "/some/path"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A service, a receiver, and what each screen needs."""
    require_browser()
    service = Service(tmp_path_factory.mktemp("service"))
    with Receiver() as receiver:
        try:
            service.start_server(*FLAGS, *FAST)
            service.start_gateway()
            service.await_ready()
            yield service, examples(Api(service), receiver)
        finally:
            service.stop()


def examples(api, receiver):
    receiver.answer("/billing", 200,
                    (500, {}, b'{"error": "no such customer"}'))
    orders = api.webhook(receiver.url("/orders"), ["order.created"],
                         description="Orders")
    api.webhook(receiver.url("/billing"), None, description="Billing")
    api.webhook(None, ["user.created"], description="Fetched by the CRM")
    for i in range(8):
        for type in ("order.created", "user.created"):
            event = api.publish(type, {"id": i, "name": "Ada \u202e", "tags": []})
    api.await_deliveries(8, state="DELIVERED", event_type="order.created")
    failed = api.delivered(event, "FAILED")
    return {"webhook": orders["id_webhook_endpoint"],
            "delivery": failed["id_delivery"], "event": event["id_event"]}


@pytest.fixture
def run(world):
    service, known = world

    def call(name, asks=None, gateway=None, **arguments):
        return browse("console_screens.mjs", name,
                      gateway or f"http://{service.gateway.address}",
                      service.key, asks, **known, **arguments)
    return call


@pytest.mark.parametrize("width,scheme,language", [
    (320, "light", "en-US"), (320, "dark", "en-US"), (1280, "light", "en-US"),
    (1280, "dark", "en-US"), (320, "light", "de-DE")])
def test_each_screen_is_accessible_and_fits(run, width, scheme, language):
    folder = PICTURES / language[:2]
    folder.mkdir(parents=True, exist_ok=True)
    seen = run("look", width=width, scheme=scheme, pictures=str(folder),
               packages=str(NPM), language=language)
    assert len(seen) == 20
    for name, state in seen.items():
        assert state["violations"] == [], name
        assert state["width"] <= width, f"{name} scrolls sideways"


def test_the_readme_has_a_small_picture(run):
    PICTURES.mkdir(parents=True, exist_ok=True)
    made = PICTURES / "console.png"
    run("picture", file=str(made))
    shown = ROOT / "gateway" / "console" / "console.png"
    assert "(gateway/console/console.png)" in (ROOT / "README.md").read_text()
    for picture in (made, shown):
        assert 10_000 < picture.stat().st_size < 100_000


def test_each_screen_works_below_a_path_of_a_proxy(run, world):
    service, _ = world
    with prefixed(service.gateway.address, PREFIX) as address:
        titles = run("everywhere", gateway=f"http://{address}{PREFIX}")
    assert titles["webhooks"] == "Webhooks"
    assert titles["delivery"].startswith("Delivery")
    assert all(titles.values())


def test_the_console_speaks_another_language(run):
    assert run("german") == {"language": "de"}


def test_calls_are_few_while_few_are_left_and_none_while_hidden(run):
    seen = run("guest")
    assert seen["awake"] > 8
    assert 0 < seen["scarce"] <= seen["awake"] / 4
    assert seen["asleep"] == 0


def test_old_data_stays_while_the_server_is_away(run, world):
    service, _ = world
    seen = run("outage", {"kill": service.server.kill,
                          "start": lambda: restart(service)})
    assert "SERVER_UNREACHABLE" in seen["error"]
    assert "Out of date" in seen["error"]
    assert seen["rows"] > 0
    assert seen["copied"] == seen["id"]


def restart(service):
    service.restart_server(*FLAGS, *FAST)


def test_a_limit_of_calls_is_waited_for(run, world):
    service, _ = world
    with service.channel() as channel:
        admin = service.admin(channel)
        project = next(iter(admin.ListProjects().projects)).id_project

        def limit(calls):
            admin.UpdateProject(id=project, max_requests_per_second=calls)

        seen = run("limited", {
            "exhaust": lambda: exhaust(service, limit),
            "release": lambda: limit(1_000_000)})
    assert seen["waits"]


def exhaust(service, limit):
    limit(1)
    service.get("/webhooks")
