"""Starts and stops the two binaries."""

import contextlib
import os
import pathlib
import re
import resource
import signal
import subprocess
import threading

BIN = pathlib.Path(os.environ["E2E_BIN"])
LISTENING = r'\blistening\b.*\baddress(?:=|":")([^\s"]+)'
PATIENCE = 30  # seconds, for waits that normally take milliseconds


def run(name, *flags, env=None, cwd=None):
    """Runs a binary that is expected to end by itself."""
    return subprocess.run([BIN / name, *flags], env=clean_environment(env),
                          capture_output=True, text=True, timeout=PATIENCE,
                          cwd=cwd)


def clean_environment(extra=None):
    env = {k: v for k, v in os.environ.items() if not k.startswith("WEBHOOKS_")}
    return {**env, **(extra or {})}


@contextlib.contextmanager
def limited(popen):
    """Kills a process that runs longer than PATIENCE, so that a wait for its
    output ends."""
    limit = threading.Timer(PATIENCE, popen.kill)
    limit.start()
    try:
        yield popen
    finally:
        limit.cancel()


class Process:
    """A running binary and its log. It is killed at the end of a block, or when
    the process of the test ends. Ctrl-C does not reach it."""

    def __init__(self, name, *flags, env=None):
        self._popen = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", BIN / name, *flags],
            env=clean_environment(env), text=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, process_group=0)
        self._lines = []
        self._ended = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.address = self.await_line(LISTENING)[1]
        except BaseException:
            self.kill()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.is_running():
            self.kill()

    def _read(self):
        for line in self._popen.stdout:
            with self._changed:
                self._lines.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def log(self):
        with self._changed:
            return "\n".join(self._lines)

    def lines(self, pattern):
        with self._changed:
            return [line for line in self._lines if re.search(pattern, line)]

    def await_lines(self, pattern, count):
        """Waits for `count` lines with `pattern`. Returns all of these."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._ended or sum(
                    bool(re.search(pattern, line)) for line in self._lines
                ) >= count, PATIENCE)
        return self.lines(pattern)

    def await_line(self, pattern):
        """Waits for a line that matches `pattern`. Returns the first match."""
        matches = []

        def arrived():
            matches[:] = filter(None, (re.search(pattern, line)
                                       for line in self._lines))
            return matches or self._ended

        with self._changed:
            self._changed.wait_for(arrived, PATIENCE)
            log = "\n".join(self._lines)
        assert matches, f"no line of the log matches {pattern!r}:\n{log}"
        return matches[0]

    def is_running(self):
        return self._popen.poll() is None

    def send(self, number):
        self._popen.send_signal(number)

    def signal_stop(self):
        self.send(signal.SIGTERM)

    def await_end(self):
        """Waits for the end. Returns the exit code."""
        code = self._popen.wait(PATIENCE)
        self._reader.join()
        return code

    def limit_files(self, count):
        """Limits its file descriptors to numbers below `count`."""
        resource.prlimit(self._popen.pid, resource.RLIMIT_NOFILE,
                         (count, count))

    def open_files(self):
        return len(os.listdir(f"/proc/{self._popen.pid}/fd"))

    def status(self, name):
        """Returns a field of the status of the process (proc(5))."""
        with open(f"/proc/{self._popen.pid}/status", encoding="ascii") as lines:
            return next(line.split(":", 1)[1].strip() for line in lines
                        if line.startswith(f"{name}:"))

    def pause(self):
        self.send(signal.SIGSTOP)

    def resume(self):
        self.send(signal.SIGCONT)

    def kill(self):
        self._popen.kill()
        self._popen.wait()
        self._reader.join()

    def stop(self):
        """Stops it as an operator does. Checks that the exit code is 0."""
        self.resume()
        self.signal_stop()
        try:
            code = self.await_end()
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        assert code == 0, f"exit code {code}:\n{self.log()}"
