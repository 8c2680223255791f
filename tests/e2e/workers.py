"""Threads that work beside a test."""

import threading

from processes import PATIENCE


class Workers:
    """Runs each of `jobs` in a thread of its own, from the beginning of a block
    to its end, which raises what a job has raised. Jobs go on while is_working() and tell of what they change under
    `changed`."""

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
        for failure in self._failures:
            raise failure

    def _work(self, job):
        try:
            job()
        except BaseException as failure:  # the test's to see
            self._failures.append(failure)

    def is_working(self):
        return not self._stopping.is_set()

    def await_change(self, condition):
        """Returns once `condition` holds; it is asked after each change."""
        with self.changed:
            assert self.changed.wait_for(condition, PATIENCE)
