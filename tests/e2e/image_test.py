"""The container image, which ./dev image builds, starts both processes.

It runs in a new network namespace, because it listens on fixed ports.
"""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess

import pytest

from pages import ROOT
from processes import PATIENCE

IMAGES = ROOT / "build" / "image"
BUILDAH = ["buildah", "--storage-driver", "vfs", "--root", IMAGES / "storage",
           "--runroot", IMAGES / "run"]
BODY = '{"url": "https://acme.com/hook", "scope": null}'

# Runs the image, registers a webhook, and stops it as `docker stop` would.
SCRIPT = r"""
ip link set lo up
"$@" run --isolation chroot --env WEBHOOKS_ALLOW_PLAINTEXT=true \
  "$CONTAINER" -- webhooks all &
container=$!
trap 'kill -KILL "$container" 2>/dev/null || true' EXIT
url=http://127.0.0.1:8080
until curl -fsm 2 -o /dev/null "$url/readyz"; do
  kill -0 "$container"
  sleep 0.1
done
# The entry point: of all processes, the one in this network.
for process in /proc/[0-9]*; do
  [ "$(readlink "$process/ns/net")" = "$(readlink /proc/self/ns/net)" ] || continue
  command=$(tr '\0' ' ' <"$process/cmdline")
  [[ $command != "/bin/bash /usr/bin/webhooks all"* ]] || entry=${process#/proc/}
done
key=$(cat "/proc/$entry/root/var/lib/webhooks/api-key")
curl -sS -o /dev/null -w 'created %{http_code}\n' "$url/webhooks" \
  -H "x-api-key: $key" -H 'content-type: application/json' -d "$BODY"
stat -c 'owner %u' "/proc/$entry"
kill -TERM "$entry"
wait "$container"
echo stopped
"""


@pytest.fixture(scope="module")
def container():
    if not (IMAGES / "webhooks.tar").exists():
        pytest.skip("there is no image: ./dev image builds it")
    if os.geteuid() != 0 or not shutil.which("unshare"):
        pytest.skip("only root may run it in a network of its own")
    made = subprocess.run([*BUILDAH, "from", "webhooks"], check=True, text=True,
                          capture_output=True, timeout=PATIENCE).stdout.strip()
    yield made
    subprocess.run([*BUILDAH, "rm", made], check=True, capture_output=True,
                   timeout=PATIENCE)


def test_both_processes_serve_as_one_user_and_stop_in_order(container):
    process = subprocess.Popen(
        ["unshare", "-n", "bash", "-euc", SCRIPT, "image", *BUILDAH],
        text=True, stdout=subprocess.PIPE, start_new_session=True,
        env={**os.environ, "CONTAINER": container, "BODY": BODY})
    try:
        output, _ = process.communicate(timeout=2 * PATIENCE)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    lines = output.splitlines()
    assert "created 201" in lines
    assert "owner 10001" in lines
    assert lines[-1] == "stopped" and process.returncode == 0


def test_the_image_names_what_it_listens_on_and_checks():
    dockerfile = (ROOT / "server/packaging/image/Dockerfile").read_text()
    for words in ("EXPOSE 50051 8080", "HEALTHCHECK", "USER 10001",
                  "VOLUME /var/lib/webhooks"):
        assert words in dockerfile
    assert pathlib.Path(ROOT / "server/packaging/image/entrypoint").stat(
    ).st_mode & 0o111
