"""Several servers on one database of PostgreSQL, and publishers."""

import contextlib
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
    """Servers with their gateways, one pair beside the other."""

    def __init__(self, folder, url):
        self.folder = folder
        self.url = url
        self.services = []

    def start(self, *flags):
        service = Service(self.folder, self.url)
        self.services.append(service)
        service.start_server(*FLAGS, *RETRIES, *flags)
        service.start_gateway()
        service.await_ready()
        return Api(service)

    def stop(self):
        for service in self.services:
            service.stop()


@contextlib.contextmanager
def servers(folder, url, count):
    """Yields the calls of `count` servers."""
    all = Servers(folder, url)
    try:
        yield all, [all.start() for _ in range(count)]
    finally:
        all.stop()


class Publisher(Workers):
    """Publishes through all gateways until it is stopped."""

    def __init__(self, services):
        self.accepted = set()
        super().__init__([lambda one=one: self._run(one) for one in services])

    def await_accepted(self, count):
        self.await_change(lambda: len(self.accepted) >= count)

    def _run(self, service):
        while self.is_working():
            id = str(uuid.uuid4())
            try:
                response = service.request("POST", "/events", {
                    "type": "t", "data": id, "id_event": id})
            except OSError:
                continue  # the process is being killed
            if response.status != 202:
                continue
            with self.changed:
                self.accepted.add(id)
                self.changed.notify_all()


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
