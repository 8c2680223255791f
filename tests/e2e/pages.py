"""Reads the code blocks of pages, which tests run unchanged.

A comment precedes each block: `<!-- test: NAME -->`, the name for a test, or
`<!-- not tested: REASON -->`.
"""

import dataclasses
import pathlib
import re

ROOT = pathlib.Path(__file__).parent.parent.parent
BLOCK = re.compile(r"(?:<!-- (?P<mark>[^\n]*?) -->\n+)?"
                   r"^(?P<fence>```+)(?P<language>\w*)\n(?P<code>.*?)^(?P=fence)$",
                   re.MULTILINE | re.DOTALL)


@dataclasses.dataclass
class Block:
    language: str
    code: str


class Page:
    """A page, by its path from the project's root."""

    def __init__(self, path):
        self._blocks = {}
        self._taken = set()
        text = (ROOT / path).read_text()
        for found in BLOCK.finditer(text):
            line = f"{path}:{text[:found.start('fence')].count(chr(10)) + 1}"
            mark = found["mark"] or ""
            if re.fullmatch(r"not tested: \S.*", mark):
                continue
            name = mark.removeprefix("test: ")
            assert mark.startswith("test: ") and name not in self._blocks, (
                f"{line}: a block of code needs a comment that names its test, "
                "as no other, or says why it has none")
            self._blocks[name] = Block(found["language"], found["code"])

    def block(self, name):
        self._taken.add(name)
        return self._blocks[name]

    def left(self):
        """Returns the names of the blocks that no test has taken."""
        return sorted(set(self._blocks) - self._taken)
