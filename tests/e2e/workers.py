"""Threads that run during a test."""

import threading

from processes import PATIENCE


class Workers:
    """Runs each of `jobs` in its own thread during a block. The end of the
    block raises the exception of a job. Jobs run while is_working(), and make
    their changes under `changed`."""

    def __init__(self, jobs):
        self.changed = threading.Condition()
        self._stopping = threading.Event()
        self._failures = []
        self._threads = [threading.Thread(target=self._work, args=[job])
                         for job in jobs]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self.check()

    def check(self):
        """Raises the exception of a job that has failed."""
        for failure in self._failures:
            raise failure

    def _work(self, job):
        try:
            job()
        except BaseException as failure:  # __exit__ raises it
            self._failures.append(failure)

    def wait(self, seconds):
        """Waits, but no longer than until the end of the block."""
        self._stopping.wait(seconds)

    def is_working(self):
        return not self._stopping.is_set()

    def await_change(self, condition):
        """Waits until `condition` holds. Checks it after each change."""
        with self.changed:
            assert self.changed.wait_for(condition, PATIENCE)
