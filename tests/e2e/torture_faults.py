"""The faults of torture.py. Each ends when what it has stopped runs again."""

import time

from receiver import FLAGS
from servers import RETRIES


# Seconds until the last requests of a killed server have arrived.
IN_FLIGHT = 0.5


def shard_of(webhook):
    return int(webhook[-4:], 16) % 1024


class Faults:
    """Each public function is a fault, and returns a description of it."""

    def __init__(self, world, randomness):
        self._world = world
        self._random = randomness
        # Seconds from each kill to the first delivery to each webhook of the
        # server that was killed.
        self.takeovers = []

    def names(self):
        return [name for name, value in vars(Faults).items()
                if callable(value) and name[0] != "_" and name != "names"]

    def kill(self):
        """Kills a server, which starts again when it has been replaced."""
        service = self._server()
        owners = self._owners()
        service.server.kill()
        killed = time.monotonic()
        dead = self._world.await_(
            lambda: set(owners.values()) - self._members() - {""},
            "a dead server is replaced")
        paths = [path for path, id in self._world.webhooks.items()
                 if owners[shard_of(id)] in dead]
        arrivals = [self._world.await_(
            lambda: self._world.first_request(path, killed + IN_FLIGHT),
            f"{path} is taken over") for path in paths]
        seconds = sorted(arrival - killed for arrival in arrivals)
        self.takeovers += seconds
        self._wait(0, 3)
        self._restart(service)
        return f"{len(dead)} dead, takeovers " + " ".join(
            f"{s:.2f}" for s in seconds)

    def pause(self):
        """Stops a server for a while with SIGSTOP."""
        server = self._server().server
        server.pause()
        try:
            return self._wait(1, 60)
        finally:
            server.resume()

    def stop(self):
        """Stops a server in order, and starts it again."""
        service = self._server()
        service.server.stop()
        waited = self._wait(0, 5)
        self._restart(service)
        return waited

    def join(self):
        """One more server joins; if it is there, it leaves."""
        services = self._world.servers.services
        if services[-1].gateway is None:
            services[-1].server.stop()
            services.pop()
            return "leaves"
        self._world.servers.start_server()
        return "joins"

    def sessions(self):
        """Ends sessions of the database, or cancels what they do."""
        world = self._world
        end = time.monotonic() + 10
        count = 0
        while time.monotonic() < end:
            world.primary.end_sessions(world.database, self._random.choice(
                ("pg_terminate_backend", "pg_cancel_backend")))
            count += 1
            time.sleep(self._random.uniform(0, 0.5))
        return f"{count} times"

    def standby(self):
        """Stops the standby, so that no commit ends, and continues it."""
        self._world.standby.freeze()
        try:
            return self._wait(20, 20)
        finally:
            self._world.standby.thaw()

    def failover(self):
        """Kills the primary and promotes the standby; the old primary becomes
        the new standby."""
        world = self._world
        world.primary.kill()
        waited = self._wait(0, 5)
        world.standby.promote()
        world.primary, world.standby = world.standby, world.primary
        self._wait(0, 5)
        world.standby.follow(world.primary)
        world.primary.require_standby()
        return waited

    def unreachable(self):
        """Stops the primary, so that it does not answer, and continues it."""
        self._world.primary.freeze()
        try:
            return self._wait(30, 30)
        finally:
            self._world.primary.thaw()

    def restart(self):
        """Kills the primary and starts it again."""
        self._world.primary.kill()
        waited = self._wait(0, 5)
        self._world.primary.start()
        return waited

    def _server(self):
        return self._random.choice(self._world.running())

    def _wait(self, least, most):
        seconds = self._random.uniform(least, most)
        time.sleep(seconds)
        return f"{seconds:.1f} s"

    def _restart(self, service):
        """Starts a server at its address, which a client may have for a while
        as its own."""
        for _ in range(10):
            try:
                return service.restart_server(*FLAGS, *RETRIES)
            except AssertionError as failure:
                if "address" not in str(failure).lower():
                    raise
                time.sleep(1)
        raise AssertionError("the address of a server stays in use")

    def _owners(self):
        """Returns the owner of each shard, "" for none."""
        return dict(enumerate(self._world.query(
            "SELECT encode(owner, 'hex') FROM webhooks.shards ORDER BY shard")))

    def _members(self):
        return set(self._world.query(
            "SELECT encode(id, 'hex') FROM webhooks.servers"))
