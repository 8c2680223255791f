"""pg_basebackup of a database in use, with the commands of server/SCALING.md."""

import os
import subprocess

from pages import Page
from postgres import PROGRAMS, Cluster, as_user
from processes import BIN, PATIENCE, clean_environment
from receiver import Receiver
from servers import Publisher, await_all, servers

PAGE = Page("server/SCALING.md", "Backup")
BACKUP, CHECK = map(PAGE.block, ["backup", "check"])


def run_block(block, changes, before=()):
    code = block.code
    for old, new in changes.items():
        assert old in code
        code = code.replace(old, str(new))
    return subprocess.run(
        [*before, "bash", "-euc", code], text=True, capture_output=True,
        timeout=2 * PATIENCE, cwd="/", env=clean_environment(
            {"PATH": f"{PROGRAMS}:{BIN}:{os.environ['PATH']}"}))


def back_up(cluster):
    """Runs the command for a backup. Returns its folder."""
    folder = cluster.folder / "backup"
    result = run_block(BACKUP, {"db.example": cluster.folder,
                                "/var/backups/webhooks": folder}, as_user())
    assert result.returncode == 0, result
    return folder


def test_a_backup_under_load_has_all_that_was_acknowledged_before(
        cluster, tmp_path, postgres_url):
    with Receiver() as receiver:
        with servers(tmp_path, postgres_url, 2) as (all, apis):
            webhooks = [apis[0].webhook(receiver.url(path), ["t"])
                        for path in ("/active", "/held")]
            held = f"/webhooks/{webhooks[1]['id_webhook_endpoint']}"
            webhooks[1] = apis[0].call("PUT", held, {"active": False}, 201)
            with Publisher(all.services) as publisher:
                publisher.await_accepted(50)
                accepted = set(publisher.accepted)
                backup = back_up(cluster)
                publisher.await_accepted(len(accepted) + 10)
        assert not receiver.at("/held")
        copy = Cluster(backup=backup)
        try:
            url = postgres_url.replace(str(cluster.folder), str(copy.folder))
            check = run_block(CHECK, {
                "postgres://webhooks@db.example/webhooks": url,
                "/etc/webhooks/secret-key": tmp_path / "secret-key",
                "/etc/webhooks/admin-key": tmp_path / "admin-key"})
            assert check.returncode == 0, check
            with servers(tmp_path, url, 1) as (all, [api]):
                for webhook in webhooks:  # with its secret
                    assert api.call("GET", "/webhooks/" + webhook[
                        "id_webhook_endpoint"]) == webhook
                for id in accepted:
                    assert api.call("GET", f"/events/{id}")["id_event"] == id
                api.call("PUT", held, {"active": True}, 201)
                for path in ("/active", "/held"):
                    await_all(receiver, accepted, path=path)
                new = api.publish("t")["id_event"]
                await_all(receiver, {new}, path="/active")
        finally:
            copy.stop()


def test_no_command_is_left():
    assert PAGE.left() == []
