"""A server and its gateway that use TLS."""

import json

import grpc

import rest
from authority import Authority
from service import Service


class SafeService(Service):
    """Both processes with certificates that `authority` issued."""

    def __init__(self, folder):
        super().__init__(folder)
        self.authority = Authority(folder)
        self.certificate = self.authority.issue()
        self.client = None

    def tls_flags(self, *flags):
        return (f"--tls_cert={self.certificate.cert}",
                f"--tls_key={self.certificate.key}", *flags)

    def start_server(self, *flags, **options):
        return super().start_server(*self.tls_flags(), *flags, **options)

    def start_gateway(self, *flags, **options):
        return super().start_gateway(
            *self.tls_flags(), f"--server_tls_ca={self.authority.ca}", *flags,
            **options)

    def request(self, method, path, body=b"", headers=None):
        return rest.request(
            self.gateway.address, method, path,
            {"x-api-key": self.key, "content-type": "application/json",
             **(headers or {})},
            body if isinstance(body, bytes) else json.dumps(body).encode(),
            self.context())

    def context(self, **options):
        return self.authority.context(self.client, **options)

    def credentials(self, authority=None, client=None):
        client = client or self.client
        return grpc.ssl_channel_credentials(
            (authority or self.authority).ca.read_bytes(),
            client and client.key.read_bytes(),
            client and client.cert.read_bytes())

    def channel(self, **options):
        return grpc.secure_channel(self.server.address,
                                   self.credentials(**options))
