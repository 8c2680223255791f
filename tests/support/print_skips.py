#!/usr/bin/python3
"""Prints each skipped test of ctest's JUnit file, with the reason."""

import re
import sys
import xml.etree.ElementTree as ElementTree


def reasons(output):
    """The reasons that pytest -rs or GoogleTest gave in a test's output."""
    found = re.findall(r"^SKIPPED .*$", output, re.MULTILINE)
    found += re.findall(r"Skipped\n(.+?)\n(?=\n|\[)", output, re.DOTALL)
    return [" ".join(reason.split()) for reason in found]


def main(path):
    for case in ElementTree.parse(path).iter("testcase"):
        given = reasons(case.findtext("system-out") or "")
        if case.find("skipped") is not None or case.get("status") == "disabled":
            given = given or [case.get("status")]
        for reason in given:
            print(f"skipped: {case.get('name')}: {reason}")


if __name__ == "__main__":
    main(sys.argv[1])
