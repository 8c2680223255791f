"""Servers that reach PostgreSQL through PgBouncer in its transaction mode."""

import contextlib
import os
import pathlib
import subprocess
import tempfile
import time

import pytest

from postgres import USER, as_user
from processes import PATIENCE
from receiver import Receiver
from servers import Publisher, await_all, await_owners, servers

PROGRAM = pathlib.Path(os.environ["E2E_PGBOUNCER"])
POOL = 6
PORT = 6432

pytestmark = pytest.mark.skipif(
    not PROGRAM.exists(), reason="PgBouncer is not there: ./dev deps")


@contextlib.contextmanager
def pgbouncer(cluster):
    """Yields the folder with the socket of a PgBouncer for the cluster."""
    with tempfile.TemporaryDirectory(prefix="pgb") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        settings = folder / "pgbouncer.ini"
        settings.write_text(f"""[databases]
* = host={cluster.folder}
[pgbouncer]
listen_addr =
listen_port = {PORT}
unix_socket_dir = {folder}
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {POOL}
ignore_startup_parameters = options
""")
        (folder / "users").write_text(f'"{USER}" ""\n')
        if os.getuid() == 0:
            subprocess.run(["chown", "-R", USER, folder], check=True)
        bouncer = subprocess.Popen([*as_user(), PROGRAM, settings],
                                   stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, process_group=0)
        try:
            end = time.monotonic() + PATIENCE
            while not (folder / f".s.PGSQL.{PORT}").exists():
                assert bouncer.poll() is None, bouncer.stdout.read()
                assert time.monotonic() < end
                time.sleep(0.02)
            yield folder
        finally:
            bouncer.kill()
            bouncer.wait()


def test_servers_share_the_connections_of_a_pool(
        cluster, tmp_path, postgres_url):
    database = postgres_url.split("/")[3].split("?")[0]
    cluster.query(database, f"ALTER DATABASE {database}"
                  " SET search_path = webhooks")
    with pgbouncer(cluster) as folder, Receiver() as receiver, servers(
            tmp_path, f"postgres://{USER}@/{database}?host={folder}"
            f"&port={PORT}&prepare=false&beat=200ms", 2) as (all, apis):
        for number in range(8):
            apis[0].webhook(receiver.url(f"/{number}"), ["t"])
        await_owners(cluster, postgres_url, 2)
        with Publisher(all.services, clients=4) as publisher:
            publisher.await_accepted(200)
        for number in range(8):
            await_all(receiver, publisher.accepted, f"/{number}")
        used = cluster.query(
            database, "SELECT count(*) FROM pg_stat_activity WHERE"
            " datname = current_database() AND pid <> pg_backend_pid()")
        assert int(used[0]) <= POOL
