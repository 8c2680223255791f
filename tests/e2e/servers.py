"""Several servers on one database of PostgreSQL, and publishers."""

import contextlib
import functools
import time
import uuid

from processes import PATIENCE
from receiver import FLAGS, Api
from service import Service
from workers import Workers

# A dead server is noticed after 5 beats.
BEAT = "200ms"
RETRIES = ("--retry_schedule=0s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s,1s",
           "--retry_jitter=0")


class Servers:
    """Servers on one database, with gateways."""

    def __init__(self, folder, url):
        self.folder = folder
        self.url = url
        self.services = []

    def start(self, *flags):
        """Starts a server with a gateway of its own. Returns its calls."""
        service = self.start_server(*flags)
        service.start_gateway()
        service.await_ready()
        return Api(service)

    def start_server(self, *flags):
        service = Service(self.folder, self.url)
        self.services.append(service)
        service.start_server(*FLAGS, *RETRIES, *flags)
        return service

    def start_gateway(self):
        """Starts a gateway in front of all servers. Returns it as a service
        without a server."""
        addresses = ",".join(
            one.server.address for one in self.services if one.server)
        service = Service(self.folder, self.url)
        self.services.append(service)
        service.start_gateway(server=f"ipv4:{addresses}")
        service.await_ready()
        return service

    def stop(self):
        """Stops all, the last that was started first."""
        with contextlib.ExitStack() as stack:
            for service in self.services:
                stack.callback(service.stop)


@contextlib.contextmanager
def servers(folder, url, count):
    """Yields the calls of `count` servers."""
    all = Servers(folder, url)
    try:
        yield all, [all.start() for _ in range(count)]
    finally:
        all.stop()


@contextlib.contextmanager
def fleet(folder, url, servers, gateways):
    """Yields servers, and gateways that are in front of all of these."""
    all = Servers(folder, url)
    try:
        for _ in range(servers):
            all.start_server()
        yield all, [all.start_gateway() for _ in range(gateways)]
    finally:
        all.stop()


class Publisher(Workers):
    """Publishes through all gateways until it is stopped, with `clients` for
    each. A client waits `pause` seconds after each event."""

    def __init__(self, services, clients=1, pause=0):
        self.accepted = set()
        # For each client, the accepted events in the order of their publication.
        self.sequences = [[] for _ in range(clients * len(services))]
        # The time before the publication of each accepted event.
        self.began = {}
        self._pause = pause
        super().__init__([
            functools.partial(self._run, services[n % len(services)], sequence)
            for n, sequence in enumerate(self.sequences)])

    def await_accepted(self, count):
        self.await_change(lambda: len(self.accepted) >= count)

    def _run(self, service, sequence):
        while self.is_working():
            id = str(uuid.uuid4())
            began = time.monotonic()
            try:
                response = service.request("POST", "/events", {
                    "type": "t", "data": id, "id_event": id})
            except OSError:
                continue  # the process is being killed
            if response.status == 202:
                with self.changed:
                    self.accepted.add(id)
                    self.began[id] = began
                    sequence.append(id)
                    self.changed.notify_all()
            self.wait(self._pause)


def await_all(receiver, accepted, path="/", patience=PATIENCE):
    """Waits until every event has arrived at the path. Returns the number of
    repeats."""
    def arrived():
        return {request.id for request in receiver.at(path)}

    end = time.monotonic() + patience
    while not accepted <= arrived():
        assert time.monotonic() < end, f"{len(accepted - arrived())} missing"
        time.sleep(0.05)
    return len(receiver.at(path)) - len(arrived())


def await_owners(cluster, url, owners):
    """Waits until `owners` servers have every shard between them."""
    end = time.monotonic() + PATIENCE
    database = url.split("&")[0]
    query = ("SELECT count(DISTINCT owner), count(owner)"
             " FROM webhooks.shards")
    while cluster.query(database, query) != [f"{owners}|1024"]:
        assert time.monotonic() < end, cluster.query(database, query)
        time.sleep(0.05)
