"""A private PostgreSQL, which ends with the process of the test."""

import contextlib
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

from processes import PATIENCE

PROGRAMS = pathlib.Path("/usr/lib/postgresql/15/bin")
USER = "postgres"


def as_user():
    """Returns words before a command: PostgreSQL refuses to run as root."""
    words = ["setpriv", "--pdeathsig", "QUIT"]
    if os.getuid() == 0:
        words += [f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    return words


class Cluster:
    """Listens on a socket in a new folder alone. stop() deletes it. Ctrl-C does
    not reach its processes."""

    def __init__(self, primary=None, backup=None):
        """With `primary`, it is a standby of that. With `backup`, it starts
        from the base backup in that folder, which it takes."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pg"))
        if os.getuid() == 0:
            user = pwd.getpwnam(USER)
            os.chown(self.folder, user.pw_uid, user.pw_gid)
        self._popen = None
        self._databases = 0
        if backup is not None:
            shutil.move(backup, self.folder / "data")
        elif primary is None:
            self._run("initdb", "--pgdata", self.folder / "data", "--username",
                      USER, "--auth", "trust", "--encoding", "UTF8",
                      "--locale", "C", "--no-sync")
        else:
            self._copy(primary)
        self.start()

    def _copy(self, primary):
        self._run("pg_basebackup", "--pgdata", self.folder / "data",
                  "--write-recovery-conf", "--checkpoint=fast", "--no-sync",
                  "--host", primary.folder, "--username", USER)

    def _run(self, program, *words):
        subprocess.run([*as_user(), PROGRAMS / program, *words],
                       check=True, capture_output=True, timeout=2 * PATIENCE,
                       cwd=self.folder)

    def start(self):
        with open(self.folder / "log", "ab") as log:
            self._popen = subprocess.Popen(
                [*as_user(), PROGRAMS / "postgres", "-D", self.folder / "data",
                 "-k", self.folder, "-c", "listen_addresses=", "-c", "fsync=off",
                 "-c", "max_connections=300"],
                stdout=log, stderr=log, cwd=self.folder, process_group=0)
        end = time.monotonic() + PATIENCE
        while subprocess.run(
                [PROGRAMS / "pg_isready", "-q", "-h", self.folder]).returncode:
            assert self._popen.poll() is None, self.log()
            assert time.monotonic() < end, self.log()
            time.sleep(0.05)

    def log(self):
        return (self.folder / "log").read_text()

    def kill(self):
        """Ends it as a crash does."""
        self._popen.send_signal(signal.SIGQUIT)
        self._popen.wait(PATIENCE)

    def stop(self):
        if self._popen is not None and self._popen.poll() is None:
            self.thaw()
            self.kill()
        shutil.rmtree(self.folder)

    def follow(self, primary):
        """Starts it again, after it has ended, as a standby of `primary`."""
        shutil.rmtree(self.folder / "data")
        self._copy(primary)
        self.start()

    def freeze(self):
        """Stops all of its processes."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self):
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number):
        self._popen.send_signal(number)  # the first: it starts the others
        children = subprocess.run(
            ["pgrep", "-P", str(self._popen.pid)], capture_output=True,
            text=True, check=False).stdout.split()
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), number)

    def promote(self):
        self._run("pg_ctl", "promote", "--pgdata", self.folder / "data")

    def require_standby(self, names="*"):
        """Commits wait for a standby from now on. Returns when there is one."""
        self.query("postgres",
                   f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        self.query("postgres", "SELECT pg_reload_conf()")
        end = time.monotonic() + PATIENCE
        while self.query("postgres", "SELECT count(*) FROM pg_stat_replication"
                         " WHERE sync_state IN ('sync', 'quorum')") != ["1"]:
            assert time.monotonic() < end, self.log()
            time.sleep(0.05)

    def end_sessions(self, database, function):
        """Calls pg_terminate_backend or pg_cancel_backend for two sessions of
        servers."""
        self.query(
            database,
            f"SELECT {function}(pid) FROM pg_stat_activity"
            " WHERE application_name = 'webhook-server'"
            " AND datname = current_database() ORDER BY random() LIMIT 2")

    def create_database(self):
        """Creates an empty database. Returns its URL."""
        self._databases += 1
        name = f"test_{self._databases}"
        self.query("postgres", f"CREATE DATABASE {name} TEMPLATE template0")
        return f"postgres://{USER}@/{name}?host={self.folder}"

    def query(self, database, statement):
        """Runs a statement in the database at a URL or with a name. Returns the
        lines of its result, with | between the values."""
        if "://" not in database:
            database = f"postgres://{USER}@/{database}?host={self.folder}"
        done = subprocess.run(
            [PROGRAMS / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d",
             database, "-c", statement],
            capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()
