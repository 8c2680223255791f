"""Certificates for tests, made with the openssl command."""

import dataclasses
import pathlib
import ssl
import subprocess

from processes import PATIENCE

LOOPBACK = "DNS:localhost,IP:127.0.0.1"


@dataclasses.dataclass
class Certificate:
    """Two PEM files."""

    cert: pathlib.Path
    key: pathlib.Path
    name: str = ""  # for tests to note what it goes by

    def install(self, other):
        """Puts another's files in the place of these, each at once."""
        for new, old in ((other.cert, self.cert), (other.key, self.key)):
            copy = old.with_suffix(".new")
            copy.write_bytes(new.read_bytes())
            copy.rename(old)

    def serial(self):
        return int(openssl("x509", "-in", self.cert, "-noout", "-serial"
                           ).strip().split("=")[1], 16)


class Authority:
    """Issues certificates; `ca` is its own, in PEM."""

    def __init__(self, folder, name="authority"):
        self._folder = pathlib.Path(folder)
        self._count = 0
        self.ca = self._folder / f"{name}.pem"
        self._key = self._folder / f"{name}.key"
        self._name = name
        request(self.ca, self._key, f"/CN={name}", [
            "basicConstraints=critical,CA:TRUE",
            "keyUsage=critical,keyCertSign,cRLSign"])

    def issue(self, alternative_names=LOOPBACK, common_name="test",
              extensions=()):
        self._count += 1
        stem = self._folder / f"{self._name}-{self._count}"
        made = Certificate(stem.with_suffix(".cert"), stem.with_suffix(".key"))
        added = ["basicConstraints=critical,CA:FALSE",
                 "keyUsage=critical,digitalSignature",
                 "extendedKeyUsage=serverAuth,clientAuth", *extensions]
        if alternative_names:
            added.append(f"subjectAltName={alternative_names}")
        request(made.cert, made.key, f"/CN={common_name}", added,
                "-CA", self.ca, "-CAkey", self._key)
        return made

    def context(self, client=None, protocols=("http/1.1",)):
        """What a client that trusts this authority does TLS with."""
        context = ssl.create_default_context(cafile=self.ca)
        context.set_alpn_protocols(list(protocols))
        if client is not None:
            context.load_cert_chain(client.cert, client.key)
        return context


def request(cert, key, subject, extensions, *options):
    added = [word for extension in extensions
             for word in ("-addext", extension)]
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-noenc", "-days", "200",
            "-keyout", key, "-out", cert, "-subj", subject, *added, *options)


def openssl(*arguments):
    result = subprocess.run(["openssl", *map(str, arguments)], text=True,
                            capture_output=True, timeout=PATIENCE)
    assert result.returncode == 0, result.stderr
    return result.stdout
