"""The pages of metrics show the events that happened, and nothing else."""

import contextlib
import json
import os
import pathlib
import re
import subprocess
import time
import urllib.error
import urllib.request
import uuid

import grpc
import pytest

from authority import Authority
from postgres import Cluster
from processes import PATIENCE, Process, run
from receiver import FLAGS, Api, Receiver
from servers import servers
from service import REFERENCE, Service

ROOT = pathlib.Path(__file__).parents[2]
OBSERVABILITY = ROOT / "server/observability"
PROMTOOL = os.environ["E2E_PROMTOOL"]
PAGE = r"serving metrics address=(\S+)"
SAMPLE = re.compile(r"^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$")
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{16}", re.IGNORECASE)

needs_promtool = pytest.mark.skipif(
    not os.path.exists(PROMTOOL), reason="promtool is not there: ./dev deps")


class Page:
    """The content of a page at one time."""

    def __init__(self, process):
        self.address = process.await_line(PAGE)[1]
        url = f"http://{self.address}/metrics"
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            assert answer.headers["content-type"].startswith("text/plain")
            self.text = answer.read().decode()
        self.types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", self.text, re.M))
        self.samples = []
        for line in self.text.splitlines():
            if not line.startswith("#"):
                name, labels, value = SAMPLE.match(line).groups()
                self.samples.append(
                    (name, dict(LABEL.findall(labels or "")), float(value)))

    def value(self, name, **labels):
        """Returns the sum of the samples that have these labels."""
        return sum(value for found, has, value in self.samples
                   if found == name and labels.items() <= has.items())


def promtool(*arguments, text=None):
    result = subprocess.run([PROMTOOL, *arguments], input=text,
                            capture_output=True, text=True, timeout=PATIENCE)
    return result.returncode, result.stdout + result.stderr


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    """A service after answers, deliveries and failures."""
    service = Service(tmp_path_factory.mktemp("service"))
    with Receiver() as receiver:
        try:
            service.start_server(
                *FLAGS, "--metrics_listen=127.0.0.1:0",
                "--retry_schedule=0s,10ms", "--retry_jitter=0")
            service.start_gateway("--metrics_listen=127.0.0.1:0")
            service.await_ready()
            use(Api(service), receiver)
            # Attempts are counted a moment after they are recorded.
            end = time.monotonic() + PATIENCE
            while Page(service.server).value(
                    "webhooks_deliveries_ended_total") < PUBLISHED + 2:
                assert time.monotonic() < end, Page(service.server).text
            yield service
        finally:
            service.stop()


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory):
    """A server on a PostgreSQL whose commits wait for its standby."""
    with contextlib.ExitStack() as stack:
        primary = Cluster()
        stack.callback(primary.stop)
        standby = Cluster(primary)
        stack.callback(standby.stop)
        primary.require_standby()
        service = Service(tmp_path_factory.mktemp("service"),
                          primary.create_database())
        stack.callback(service.stop)
        service.start_server(*FLAGS, "--metrics_listen=127.0.0.1:0")
        yield service


CREATED, REFUSED, PUBLISHED = 30, 7, 40


def use(api, receiver):
    for n in range(CREATED):
        api.call("POST", "/webhooks", {**REFERENCE, "description": str(n)}, 201)
    for _ in range(REFUSED):
        api.call("POST", "/webhooks", {**REFERENCE, "url": "nope"}, 400)
    for n in range(5):
        api.call("GET", f"/webhooks/{uuid.uuid4()}", status=404)
        api.call("GET", f"/no/such/{n}", status=404)
        api.service.request(f"BREW{n}", "/webhooks")
    with api.service.channel() as channel:
        for n in range(3):
            with pytest.raises(grpc.RpcError):
                channel.unary_unary(f"/none.Such/Method{n}")(b"", timeout=30)
    receiver.answer("/failing", 500)
    receiver.answer("/gone", 410)
    api.webhook(receiver.url("/good"), ["good"])
    api.webhook(receiver.url("/failing"), ["failing"])
    api.webhook(receiver.url("/gone"), ["gone"])
    for n in range(PUBLISHED):
        api.publish("good", n)
    api.publish("failing")
    api.publish("gone")
    api.await_deliveries(PUBLISHED, state="DELIVERED")
    api.await_deliveries(2, state="FAILED")


def test_calls_are_counted_by_method_and_code(used):
    page = Page(used.server)
    count = "webhooks_rpc_duration_seconds_count"
    create = "webhooks.v1.WebhookService/Create"
    # Three more webhooks were created for deliveries.
    assert page.value(count, method=create, code="OK") == CREATED + 3
    assert page.value(count, method=create,
                      code="INVALID_ARGUMENT") == REFUSED
    assert page.value(count, method="webhooks.v1.WebhookService/Get",
                      code="NOT_FOUND") == 5
    assert page.value(count, method="other", code="UNIMPLEMENTED") == 3
    assert page.value("webhooks_rpc_duration_seconds_bucket", method=create,
                      code="OK", le="+Inf") == CREATED + 3


def test_requests_are_counted_by_method_route_and_code(used):
    page = Page(used.gateway)
    count = "webhooks_http_request_duration_seconds_count"
    assert page.value(count, method="POST", route="/webhooks",
                      code="201") == CREATED + 3
    assert page.value(count, method="POST", route="/webhooks",
                      code="400") == REFUSED
    assert page.value(count, method="GET", route="/webhooks/{id}",
                      code="404") == 5
    assert page.value(count, method="GET", route="other", code="404") == 5
    assert page.value(count, method="other") == 5


def test_attempts_and_deliveries_are_counted(used):
    page = Page(used.server)
    count = "webhooks_delivery_attempt_duration_seconds_count"
    assert page.value(count, outcome="delivered", error="none") == PUBLISHED
    assert page.value(count, outcome="retry", error="HTTP_STATUS") == 1
    assert page.value(count, outcome="failed", error="HTTP_STATUS") == 2
    ended = "webhooks_deliveries_ended_total"
    assert page.value(ended, state="DELIVERED") == PUBLISHED
    assert page.value(ended, state="FAILED") == 2
    deactivated = "webhooks_endpoints_deactivated_total"
    assert page.value(deactivated, reason="GONE") == 1
    assert page.value(deactivated, reason="FAILING") == 0
    assert page.value("webhooks_deliveries_waiting") == 0
    assert page.value("webhooks_delivery_attempts_in_flight") == 0
    assert page.value("webhooks_delivery_oldest_due_seconds") == 0


def test_the_store_is_measured(used):
    page = Page(used.server)
    writes = page.value("webhooks_storage_call_duration_seconds_count",
                        kind="write")
    assert writes > CREATED + PUBLISHED
    # Calls may be counted between the reads of the two values.
    assert page.value("webhooks_storage_batch_calls_sum") >= writes
    assert page.value("webhooks_storage_commit_duration_seconds_count") > 0
    assert page.value("webhooks_storage_wal_bytes") > 0
    for kind in ("read", "write"):
        assert page.value("webhooks_storage_wait_duration_seconds_count",
                          kind=kind) > 0
    assert page.value("webhooks_storage_call_duration_seconds_count",
                      kind="read") > 0


def test_sqlite_has_no_series_of_postgresql(used, on_postgres):
    more = set(Page(on_postgres.server).types) - set(Page(used.server).types)
    assert {"webhooks_shards_owned", "webhooks_database_connected",
            "webhooks_storage_transactions_repeated_total"} <= more
    for name in more:
        assert re.match("webhooks_(database|servers|shards|beats|takeovers"
                        "|storage_transactions)_", name)


def test_a_database_with_its_standby_is_measured(on_postgres):
    page = Page(on_postgres.server)
    assert page.value("webhooks_database_connected") == 1
    assert page.value("webhooks_database_synchronous_standbys") == 1
    assert page.value("webhooks_database_replication_lag_bytes") >= 0
    assert "webhooks_database_replication_lag_bytes" in page.types
    assert {labels["state"] for name, labels, _ in page.samples
            if name == "webhooks_database_delivery_rows"} == {"live", "dead"}


def test_the_end_of_a_server_is_seen_in_the_metrics_of_another(
        cluster, tmp_path, postgres_url):
    with servers(tmp_path, postgres_url, 0) as (all, _):
        for _ in range(2):
            all.start("--metrics_listen=127.0.0.1:0")
        survivor, victim = (one.server for one in all.services)

        def await_page(*states):
            end = time.monotonic() + PATIENCE
            while (page := Page(survivor)) and any(
                    page.value(name) != value for name, value in states):
                assert time.monotonic() < end, page.text
            return page

        before = await_page(("webhooks_servers_alive", 2),
                            ("webhooks_shards_owned", 512))
        assert before.value("webhooks_takeovers_total") == 0
        assert before.value("webhooks_shards_lost_total") == 512
        # The survivor has been there for longer, and maintains.
        assert "webhooks_database_delivery_rows" not in Page(victim).types
        victim.kill()
        after = await_page(("webhooks_servers_alive", 1),
                           ("webhooks_shards_owned", 1024))
        assert after.value("webhooks_takeovers_total") == 1
        assert after.value("webhooks_shards_gained_total") == 1536


def test_an_outage_of_the_database_is_seen(tmp_path):
    cluster = Cluster()
    try:
        url = f"{cluster.create_database()}&beat=200ms"
        with servers(tmp_path, url, 0) as (all, _):
            all.start("--metrics_listen=127.0.0.1:0")
            server = all.services[0].server

            def await_connection(value):
                end = time.monotonic() + PATIENCE
                while (page := Page(server)).value(
                        "webhooks_database_connected") != value:
                    assert time.monotonic() < end, page.text
                return page

            cluster.kill()
            page = await_connection(0)
            assert page.value("webhooks_beats_missed_total") > 0
            cluster.start()
            page = await_connection(1)
            assert page.value("webhooks_database_reconnects_total") > 0
    finally:
        cluster.stop()


def test_the_processes_are_measured(used):
    for process, name in ((used.server, "server"), (used.gateway, "gateway")):
        page = Page(process)
        assert page.value("webhooks_build_info", process=name) == 1
        assert page.value("process_cpu_seconds_total") > 0
        assert page.value("process_resident_memory_bytes") > 1 << 20
        assert 3 < page.value("process_open_fds") < page.value(
            "process_max_fds")
        assert page.value("process_start_time_seconds") > 1.7e9


def test_what_waits_and_what_is_in_flight_is_seen(tmp_path):
    service = Service(tmp_path)
    with Receiver() as receiver:
        try:
            service.start_server(*FLAGS, "--metrics_listen=127.0.0.1:0",
                                 "--max_in_flight_per_endpoint=1", "--grace=0s")
            service.start_gateway()
            service.await_ready()
            receiver.answer("/", "hang")
            api = Api(service)
            api.webhook(receiver.url())
            for n in range(5):
                api.publish(data=n)
            receiver.await_requests(1)
            page = Page(service.server)
            assert page.value("webhooks_delivery_attempts_in_flight") == 1
            assert page.value("webhooks_deliveries_waiting") == 5
            assert page.value("webhooks_delivery_endpoints") == 1
            assert page.value("webhooks_delivery_oldest_due_seconds") > 0
        finally:
            service.stop()


def test_held_and_cancelled_deliveries_are_counted(tmp_path):
    service = Service(tmp_path)
    try:
        service.start_server(*FLAGS, "--metrics_listen=127.0.0.1:0")
        service.start_gateway()
        service.await_ready()
        api = Api(service)
        held = api.webhook("https://held.example/", ["held"])
        path = f"/webhooks/{held['id_webhook_endpoint']}"
        api.call("PATCH", path, {"active": False})
        for n in range(3):
            api.publish("held", n)
        page = Page(service.server)
        assert page.value("webhooks_deliveries_waiting") == 3
        assert page.value("webhooks_deliveries_held") == 3
        assert page.value("webhooks_deliveries_cancelled_total") == 0
        api.call("DELETE", path, status=201)
        end = time.monotonic() + PATIENCE
        while page.value("webhooks_deliveries_cancelled_total") != 3:
            assert time.monotonic() < end, page.text
            page = Page(service.server)
        assert page.value("webhooks_deliveries_held") == 0
    finally:
        service.stop()


def test_the_ends_of_certificates_are_shown_and_files_that_cannot_be_used(
        stopped, tmp_path):
    authority = Authority(tmp_path)
    made = authority.issue()
    expiry = "webhooks_certificate_expiry_timestamp_seconds"
    failed = "webhooks_reload_failed"
    tls = [f"--tls_cert={made.cert}", f"--tls_key={made.key}",
           "--metrics_listen=127.0.0.1:0"]
    stopped.start_server(*tls, f"--tls_client_ca={authority.ca}")
    stopped.start_gateway(*tls, f"--server_tls_ca={authority.ca}",
                          f"--server_tls_cert={made.cert}",
                          f"--server_tls_key={made.key}")
    # Both certificates are valid for 200 days, from nearly the same time.
    end = time.time() + 200 * 86400
    for process, flags in (
            (stopped.server, ("tls_cert", "tls_client_ca")),
            (stopped.gateway, ("tls_cert", "server_tls_cert",
                               "server_tls_ca"))):
        page = Page(process)
        for flag in flags:
            assert abs(page.value(expiry, flag=flag) - end) < 3600, page.text
        assert page.value(failed) == 0
    made.key.write_text("no key")
    for process, flag in ((stopped.server, "tls_cert"),
                          (stopped.gateway, "server_tls_cert")):
        process.await_line("certificates cannot be used")
        give_up = time.monotonic() + PATIENCE
        while Page(process).value(failed, flag=flag) != 1:
            assert time.monotonic() < give_up, Page(process).text
    assert Page(stopped.server).value(failed, flag="secret_key_file") == 0


def test_no_label_holds_what_a_caller_chose(used):
    for process in (used.server, used.gateway):
        for name, labels, _ in Page(process).samples:
            for value in labels.values():
                assert not UUID.search(value), (name, labels)
                assert "://" not in value and "127.0.0.1" not in value
                assert "BREW" not in value and "none.Such" not in value


@needs_promtool
def test_promtool_finds_the_pages_clean(used, on_postgres):
    for process in (used.server, used.gateway, on_postgres.server):
        assert promtool("check", "metrics",
                        text=Page(process).text) == (0, "")


@needs_promtool
def test_promtool_finds_the_rules_valid():
    code, output = promtool("check", "rules", OBSERVABILITY / "alerts.yml")
    assert code == 0, output


@needs_promtool
def test_the_rules_do_what_they_should():
    code, output = promtool("test", "rules",
                            pathlib.Path(__file__).parent / "alerts.yml")
    assert code == 0, output


def expressions():
    """Yields the expressions of the dashboard, and the file of the rules."""
    dashboard = json.loads((OBSERVABILITY / "dashboard.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"]
    # The whole file: a name in a comment must exist as well.
    yield (OBSERVABILITY / "alerts.yml").read_text()


def test_what_dashboard_and_rules_name_is_on_the_pages(used, on_postgres):
    types = {**Page(used.server).types, **Page(used.gateway).types,
             **Page(on_postgres.server).types}
    named = set()
    for expression in expressions():
        named |= set(re.findall(r"\b(?:webhooks|process)_[a-z_]+\b",
                                expression))
    assert len(named) > 15
    for name in named:
        family = re.sub("_(bucket|count|sum)$", "", name)
        assert name in types or types.get(family) == "histogram", name


@needs_promtool
def test_the_dashboards_expressions_can_be_read(tmp_path):
    rules = [{"record": f"panel:{n}", "expr": re.sub(
        r"\$__rate_interval", "5m", expression).replace("$instance", ".*")}
        for n, expression in enumerate(list(expressions())[:-1])]
    file = tmp_path / "rules.json"
    file.write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}))
    code, output = promtool("check", "rules", file)
    assert code == 0, output


def test_nothing_is_served_without_the_flag(fresh):
    for process in (fresh.server, fresh.gateway):
        assert process.lines("serving metrics") == []


@pytest.mark.parametrize("name", ["webhook-server", "webhook-gateway"])
@pytest.mark.parametrize("value", ["nonsense", "127.0.0.1:99999", "192.0.2.1:0"])
def test_a_bad_address_is_an_error_that_names_the_flag(name, value, tmp_path):
    flags = ([f"--database=sqlite:{tmp_path}/webhooks.db"]
             if name == "webhook-server" else [])
    result = run(name, "--listen=127.0.0.1:0", f"--metrics_listen={value}",
                 *flags)
    assert result.returncode > 0
    assert len(result.stderr.splitlines()) == 1
    assert "metrics_listen" in result.stderr and value[:9] in result.stderr


@pytest.mark.parametrize("name", ["webhook-server", "webhook-gateway"])
def test_other_machines_reach_a_page_only_where_they_may(name, tmp_path):
    flags = ([f"--database=sqlite:{tmp_path}/webhooks.db"]
             if name == "webhook-server" else [])
    result = run(name, "--listen=127.0.0.1:0", "--metrics_listen=0.0.0.0:0",
                 "--allow_plaintext", *flags)
    assert result.returncode > 0
    assert "--allow_plaintext_metrics" in result.stderr


def test_two_processes_do_not_share_a_page(used):
    address = Page(used.server).address
    result = run("webhook-gateway", "--listen=127.0.0.1:0",
                 f"--metrics_listen={address}")
    assert result.returncode > 0
    assert address in result.stderr


def test_a_page_goes_with_its_process(tmp_path):
    with Process("webhook-gateway", "--listen=127.0.0.1:0",
                 "--metrics_listen=127.0.0.1:0") as process:
        address = Page(process).address
        process.stop()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"http://{address}/metrics", timeout=PATIENCE)
