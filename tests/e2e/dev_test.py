"""The script ./dev, without what it installs and builds."""

import fcntl
import shutil
import subprocess

from pages import ROOT
from processes import PATIENCE


def test_a_second_run_keeps_the_log_of_the_first(tmp_path):
    shutil.copy(ROOT / "dev", tmp_path)
    data = tmp_path / "data"
    data.mkdir()
    (data / "server.log").write_text("info listening address=127.0.0.1:1\n")
    with (data / "webhooks.db.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = subprocess.run(["./dev", "run"], cwd=tmp_path, text=True,
                                capture_output=True, timeout=PATIENCE)
    assert result.returncode == 1
    assert "runs already" in result.stderr
    assert "address=127.0.0.1:1" in (data / "server.log").read_text()
