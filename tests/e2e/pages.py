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
    """A page, by its path from the project's root, or one section of it."""

    def __init__(self, path, section=None):
        """`section` is the heading of one: other tests run the others."""
        self._blocks = {}
        self._taken = set()
        text = (ROOT / path).read_text()
        start, end = 0, len(text)
        if section is not None:
            start = text.index(f"\n## {section}\n")
            next = text.find("\n## ", start + 1)
            end = next if next > 0 else end
        for found in BLOCK.finditer(text, start, end):
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
