"""Three servers and two gateways under load, on PostgreSQL with a standby."""

import contextlib
import tempfile
import time

from grpc.health.v1 import health_pb2, health_pb2_grpc

import grpc
from postgres import Cluster
from receiver import Api
from recorder import Recorder
from servers import Publisher, fleet

CLIENTS = 4
# Seconds between two events of a client.
PAUSE = 0.5
# Seconds, for waits that can be long after an outage.
PATIENCE = 300
SETTINGS = {
    **{f"/plain/{n}": {} for n in range(6)},
    **{f"/ordered/{n}": {"ordered": True} for n in range(2)},
    **{f"/one/{n}": {"max_in_flight": 1} for n in range(2)},
    **{f"/rate/{n}": {"max_per_second": 50} for n in range(2)}}
# The greatest number of requests in flight, by the first part of the path.
MOST_IN_FLIGHT = {"plain": 8, "ordered": 1, "one": 1, "rate": 8}


def await_(condition, what, check=lambda: None):
    """Repeats `condition` until it returns something true. Returns that."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        check()
        assert time.monotonic() < end, f"still not: {what}"
        time.sleep(0.05)
    return found


class World:
    """Everything that runs. Processes must be started by the main thread: they
    end with the thread that has started them."""

    def __init__(self, primary, standby, url, servers, recorder):
        self.primary = primary
        self.standby = standby
        self.servers = servers
        self.recorder = recorder
        self.publisher = None
        self.webhooks = {}  # the ids, by path
        self.database = url.split("?")[0].rpartition("/")[2]

    def register(self, gateways):
        """Registers the webhooks, and makes the publisher for them."""
        api = Api(gateways[0])
        for path, settings in SETTINGS.items():
            self.webhooks[path] = api.webhook(
                self.recorder.url(path), ["t"],
                delivery=settings)["id_webhook_endpoint"]
        self.publisher = Publisher(gateways, clients=CLIENTS // len(gateways),
                                   pause=PAUSE)

    def running(self):
        """Returns the servers that run."""
        return [one for one in self.servers.services
                if one.server is not None and one.server.is_running()]

    def query(self, statement):
        return self.primary.query(self.database, statement)

    def await_(self, condition, what):
        return await_(condition, what, self.publisher.check)

    def await_health(self):
        """Waits until all servers are healthy and share all shards, and every
        webhook gets an event that was published after the call."""
        began = time.monotonic()
        for service in self.running():
            self.await_(lambda: is_healthy(service), "a server is healthy")
        owners = f"{len(self.running())}|1024"
        self.await_(lambda: self.query(
            "SELECT count(DISTINCT owner), count(owner)"
            " FROM webhooks.shards") == [owners], f"{owners} owners and shards")
        for path in SETTINGS:
            self.await_(lambda: self.first_arrival(path, began),
                        f"{path} gets new events")

    def first_arrival(self, path, began):
        """Returns the time of the first arrival of an event whose publication
        began later than `began`, or None."""
        published = self.publisher.began
        for arrival in self.recorder.at(path):
            if arrival.time > began and published.get(arrival.id, 0) > began:
                return arrival.time
        return None

    def first_request(self, path, time):
        """Returns the time of the first request after `time`, or None."""
        return next((arrival.time for arrival in self.recorder.at(path)
                     if arrival.time > time), None)

    def save_logs(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        """Writes what the last process of each kind and number has logged."""
        for number, service in enumerate(self.servers.services):
            process = service.server or service.gateway
            name = "gateway" if service.server is None else "server"
            (folder / f"{name}-{number}.log").write_text(process.log())
        for name in ("primary", "standby"):
            (folder / f"{name}.log").write_text(getattr(self, name).log())


def is_healthy(service):
    with service.channel() as channel, contextlib.suppress(grpc.RpcError):
        return health_pb2_grpc.HealthStub(channel).Check(
            health_pb2.HealthCheckRequest(), timeout=5
        ).status == health_pb2.HealthCheckResponse.SERVING
    return False


@contextlib.contextmanager
def world(beat):
    """Yields a World whose webhooks get events."""
    with contextlib.ExitStack() as stack:
        primary = Cluster()
        stack.callback(primary.stop)
        standby = Cluster(primary)
        stack.callback(standby.stop)
        primary.require_standby()
        url = f"{primary.create_database()},{standby.folder}" + (
            f"&beat={beat}" if beat else "")
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        recorder = stack.enter_context(Recorder())
        servers, gateways = stack.enter_context(fleet(folder, url, 3, 2))
        result = World(primary, standby, url, servers, recorder)
        result.register(gateways)
        yield result
