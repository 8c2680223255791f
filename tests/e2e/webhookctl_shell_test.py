"""The help of webhookctl, and the completion of its command lines in shells."""

import subprocess

import pytest

from processes import BIN, PATIENCE, clean_environment, run

TOPICS = {"project", "key", "certificate", "server", "webhook", "event",
          "delivery", "retry-job", "listen", "backup", "restore", "export",
          "import", "health", "completion", "help"}
STATES = {"pending", "in_flight", "delivered", "failed", "held", "cancelled"}


def shell(*command, **options):
    """Runs a shell that finds webhookctl in its path."""
    environment = clean_environment()
    environment["PATH"] = f"{BIN}:{environment['PATH']}"
    return subprocess.run(command, capture_output=True, text=True,
                          timeout=PATIENCE, env=environment, **options)


@pytest.mark.parametrize("line, wanted", [
    ("webhookctl ", TOPICS),
    ("webhookctl pro", {"project"}),
    ("webhookctl --json key ", {"create", "list", "revoke"}),
    ("webhookctl --server a:1 key ", {"create", "list", "revoke"}),
    ("webhookctl key --key_file /a ", {"create", "list", "revoke"}),
    # The words that bash makes of --server=127.0.0.1:1 and --timeout=5s.
    ("webhookctl --server = 127.0.0.1 : 1 key ", {"create", "list", "revoke"}),
    ("webhookctl --timeout = 5s --json key re", {"revoke"}),
    ("webhookctl --server ", set()),
    ("webhookctl --server = ", set()),
    ("webhookctl --key_file key ", TOPICS),
    ("webhookctl webhook rotate-secret --ov", {"--overlap="}),
    ("webhookctl webhook create --des", {"--description="}),
    ("webhookctl delivery list --fo", {"--follow"}),
    ("webhookctl delivery list --state ", STATES),
    ("webhookctl delivery list --state = ", STATES),
    ("webhookctl delivery list --state = he", {"held"}),
    ("webhookctl completion ", {"bash", "zsh", "fish"}),
    ("webhookctl help retry", {"retry-job"})])
def test_bash_completes_commands_flags_and_values(line, wanted):
    words = line + ("''" if line.endswith(" ") else "")
    script = (
        f"source <(webhookctl completion bash)\n"
        f"COMP_WORDS=({words})\n"
        "COMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n"
        "_webhookctl\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n")
    result = shell("bash", "-euc", script)
    assert result.stderr == ""
    assert set(result.stdout.split()) == wanted


# A command line, and the completions of its last word.
COMPLETED = [
    ("webhookctl pro", {"project"}),
    ("webhookctl key ", {"create", "list", "revoke"}),
    ("webhookctl delivery list --state ", STATES),
    ("webhookctl delivery list --state=he", {"--state=held"}),
    ("webhookctl webhook create --des", {"--description="}),
    ("webhookctl completion f", {"fish"})]


@pytest.mark.parametrize("line, wanted", COMPLETED)
def test_fish_completes_them_too(line, wanted):
    result = shell("fish", "--no-config", "-c",
                   "webhookctl completion fish | source\n"
                   f"complete -C '{line}'")
    assert result.stderr == ""
    assert set(result.stdout.split()) == wanted


@pytest.mark.parametrize("line, wanted", COMPLETED)
def test_zsh_completes_them_too(line, wanted):
    # compadd gives zsh the words that it completes with.
    script = ("compdef() { }\n"
              "compadd() { print -l -- ${@:#-*} ${(M)@:#--?*} }\n"
              "_files() { }\n"
              "source <(webhookctl completion zsh)\n"
              f"words=({line}" + (' ""' if line.endswith(" ") else "") + ")\n"
              "CURRENT=$#words\n_webhookctl\n")
    result = shell("zsh", "-f", "-c", script)
    assert result.stderr == ""
    assert set(result.stdout.split()) == wanted


def test_other_shells_are_named(ctl):
    assert "bash, zsh, fish" in ctl("completion", "csh", code=1).stderr


@pytest.mark.parametrize("words", [
    ["webhook", "create", "--help"], ["--help", "webhook", "create"],
    ["help", "webhook", "create"]])
def test_a_command_has_a_help_of_its_own(words):
    result = run("webhookctl", *words)
    assert result.returncode == 0
    assert result.stdout.startswith("webhookctl webhook create [--url=VALUE]")
    assert " [--all_events] " in result.stdout
    assert "--description (default" in result.stdout
    assert "--overlap" not in result.stdout


def test_the_help_of_a_topic_lists_its_commands():
    result = run("webhookctl", "help", "webhook")
    assert "webhook rotate-secret WEBHOOK" in result.stdout
    assert "project create" not in result.stdout
    assert run("webhookctl", "help", "nothing").returncode == 1


@pytest.mark.parametrize("word", ["--help", "help"])
def test_help_lists_every_command(word):
    result = run("webhookctl", word)
    assert result.returncode == 0
    for words in ("project create NAME", "webhook rotate-secret", "--key_file",
                  "Exit codes"):
        assert words in result.stdout
