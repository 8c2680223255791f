"""What is said of the programs: tables of flags, man pages, completion."""

import re
import subprocess
import sys

import pytest

from pages import ROOT
from processes import BIN, PATIENCE, clean_environment, run

sys.path.append(str(ROOT / "server" / "packaging"))

import manual  # noqa: E402

SHARE = BIN.parent / "share"
PAGES = {"webhook-server": 8, "webhook-gateway": 8, "webhookctl": 1}
FLAGS = {name: manual.read_help(BIN / name).flags for name in PAGES}


def man_file(name):
    return SHARE / "man" / f"man{PAGES[name]}" / f"{name}.{PAGES[name]}"


def test_the_tables_of_flags_are_what_the_programs_say():
    names = []
    for path in ("server/FLAGS.md", "gateway/FLAGS.md"):
        page = (ROOT / path).read_text()
        names += [table["name"] for table in manual.TABLE.finditer(page)]
        assert manual.with_tables(page, BIN) == page, "./dev format renews them"
    assert sorted(names) == sorted(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_every_flag_is_in_the_help_with_a_sentence(name):
    words = run(name, "--help").stdout
    assert len(FLAGS[name]) == words.count("(default: ") > 20
    for flag in FLAGS[name]:
        assert re.search(r"^[A-Z].*\.$", flag.text), flag
        assert "  " not in flag.text, flag


@pytest.mark.parametrize("name", PAGES)
def test_a_man_page_is_sound_and_whole(name):
    result = subprocess.run(
        ["man", "--warnings", "-P", "cat", "-l", man_file(name)],
        capture_output=True, text=True, timeout=PATIENCE,
        env=clean_environment({"MANWIDTH": "1000", "LC_ALL": "C.UTF-8"}))
    assert (result.returncode, result.stderr) == (0, "")
    for title in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS",
                  "SEE ALSO"):
        assert f"\n{title}\n" in result.stdout
    for flag in FLAGS[name]:
        assert re.search(rf"^ +--{flag.name}(=VALUE)?( |$)", result.stdout,
                         re.MULTILINE), flag
        assert flag.text in result.stdout, flag


def test_an_exit_code_is_in_the_help_of_the_program_that_has_it():
    assert {name for name in PAGES if "; 74: " in run(name, "--help").stdout
            } == {"webhook-server"}


def test_the_man_page_of_webhookctl_has_its_commands():
    words = man_file("webhookctl").read_text()
    assert ".SH COMMANDS" in words
    assert re.search(r"^\.TP\n\\fBproject create NAME .*\nCreates a project\.$",
                     words, re.MULTILINE)


def complete(name, line):
    """What bash offers for the last of the words, with the file that is
    installed."""
    words = line + (" ''" if line.endswith(" ") else "")
    script = (
        f"source '{SHARE}/bash-completion/completions/{name}'\n"
        f"COMP_WORDS=({words})\nCOMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n"
        f"function=$(complete -p {name} | sed -E 's/.* -F (\\S+) .*/\\1/')\n"
        "\"$function\"\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n")
    environment = clean_environment()
    environment["PATH"] = f"{BIN}:{environment['PATH']}"
    result = subprocess.run(["bash", "-euc", script], capture_output=True,
                            text=True, timeout=PATIENCE, env=environment)
    assert result.stderr == ""
    return set(result.stdout.split())


@pytest.mark.parametrize("name, line, wanted", [
    ("webhook-server", "webhook-server --allow_", {
        "--allow_http_urls", "--allow_plaintext",
        "--allow_plaintext_metrics", "--allow_targets="}),
    ("webhook-gateway", "webhook-gateway --server_c", {
        "--server_connections="}),
    ("webhook-server", "webhook-server --database = sq", set()),
    ("webhook-server", "webhook-server ", set()),
    ("webhookctl", "webhookctl pro", {"project"}),
    ("webhookctl", "webhookctl webhook update --cl", {"--clear="}),
    ("webhookctl", "webhookctl webhook create --des", {"--description="})])
def test_bash_completes(name, line, wanted):
    assert complete(name, line) == wanted


@pytest.mark.parametrize("name", ["webhook-server", "webhook-gateway"])
def test_bash_completes_every_flag(name):
    assert {word.rstrip("=") for word in complete(name, f"{name} --")} == {
        "--help", "--version", *(f"--{flag.name}" for flag in FLAGS[name])}


def test_bash_completes_every_flag_of_a_command():
    known = {"--help", "--version",
             *(f"--{flag.name}" for flag in FLAGS["webhookctl"])}
    common = complete("webhookctl", "webhookctl health --")
    assert {"--flagfile=", "--version", "--json", "--server="} <= common
    seen = set(common)
    for command in re.findall(r"^  ([a-z][a-z -]*?)(?: [A-Z].*| \[.*)?$",
                              run("webhookctl", "--help").stdout, re.M):
        seen |= complete("webhookctl", f"webhookctl {command} --")
    assert {word.rstrip("=") for word in seen} == known
