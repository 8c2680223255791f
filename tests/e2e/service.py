"""A server on its own database and a gateway in front of it."""

import json
import pathlib
import time

import grpc

import rest
from webhooks.v1 import admin_service_pb2, admin_service_pb2_grpc
from processes import PATIENCE, Process

REFERENCE = {
    "url": "https://acme.com/webhook_receiver",
    "description": "Webhook to receive connection events",
    "scope": ["connection.created"],
}


class Service:
    """Both processes, started one by one; stop() ends those that run."""

    def __init__(self, folder, url=None):
        """`url` is that of a database of PostgreSQL; none: one of SQLite."""
        self.folder = pathlib.Path(folder)
        self.url = url
        self.database = self.folder / "webhooks.db"
        self.server = None
        self.gateway = None

    @property
    def key(self):
        return (self.folder / "api-key").read_text().strip()

    def start_server(self, *flags, listen="127.0.0.1:0", options="", env=None):
        if not any(flag.startswith("--allow_targets") for flag in flags):
            # It could send only to other machines.
            flags = (*flags, "--deliver=false")
        if not any(flag.startswith("--trusted_gateway") for flag in flags):
            flags = (*flags, "--trusted_gateway_addresses=127.0.0.1")
        self.server = Process(
            "webhook-server", f"--listen={listen}",
            *self._files(options), *flags, env=env)
        return self.server

    def _files(self, options):
        if self.url is None:
            return [f"--database=sqlite:{self.database}{options}"]
        return [f"--database={self.url}", *(
            f"--{name.replace('-', '_')}_file={self.folder / name}"
            for name in ("api-key", "admin-key", "secret-key"))]

    def start_gateway(self, *flags, server=None, env=None):
        """`server` is the address of the server, in place of that of its own."""
        self.gateway = Process(
            "webhook-gateway", "--listen=127.0.0.1:0",
            f"--server={server or self.server.address}", *flags, env=env)
        return self.gateway

    def start(self, *flags):
        self.start_server(*flags)
        self.start_gateway()
        self.await_ready()
        return self

    def restart_server(self, *flags, **options):
        """Starts a server on the address and database of the last one."""
        return self.start_server(*flags, listen=self.server.address, **options)

    def await_ready(self):
        self.await_status("/readyz", 200)

    def await_status(self, path, status):
        """Repeats GET `path` until the answer has `status`."""
        end = time.monotonic() + PATIENCE
        # /readyz needs no key, and another server may have that of the project.
        while (answer := self.get(
                path, headers={"x-api-key": "none"})).status != status:
            assert time.monotonic() < end, answer
            time.sleep(0.02)
        return answer

    def stop(self):
        running = [p for p in (self.gateway, self.server)
                   if p is not None and p.is_running()]
        try:
            for process in running:
                process.stop()
        finally:
            for process in running:
                if process.is_running():
                    process.kill()

    def request(self, method, path, body=b"", headers=None):
        """Sends a request with the key, on a new connection."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        given = dict(headers or {})
        if "x-api-key" not in given:
            given["x-api-key"] = self.key
        if body:
            given.setdefault("content-type", "application/json")
        return rest.request(self.gateway.address, method, path, given, body)

    def get(self, path, **kwargs):
        return self.request("GET", path, **kwargs)

    def post(self, body, **kwargs):
        return self.request("POST", "/webhooks", body, **kwargs)

    @property
    def admin_key(self):
        return (self.folder / "admin-key").read_text().strip()

    def admin(self, channel):
        """Returns the calls of AdminService with the admin key."""
        return Admin(channel, self.admin_key)

    def channel(self):
        return grpc.insecure_channel(self.server.address)

    def metadata(self):
        return (("x-api-key", self.key),)


class Admin:
    """Calls of AdminService by their names, with fields as arguments."""

    def __init__(self, channel, key):
        self._stub = admin_service_pb2_grpc.AdminServiceStub(channel)
        self._key = key

    def __getattr__(self, name):
        method = admin_service_pb2.DESCRIPTOR.services_by_name[
            "AdminService"].methods_by_name[name]
        request = getattr(admin_service_pb2, method.input_type.name)
        return lambda **fields: getattr(self._stub, name)(
            request(**fields), timeout=PATIENCE,
            metadata=(("x-api-key", self._key),))

    def new_key(self, name="another"):
        """Returns the key of a new project."""
        project = self.CreateProject(name=name)
        return self.CreateApiKey(id_project=project.id_project, name=name).key
