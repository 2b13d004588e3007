"""The pages of the documentation, and the code blocks in them.

A comment right before a block says what is done with it, unseen by the reader:

* ``<!-- output: auditor events LOG -->``: the block is what that command prints (``documenting.outputs``);
* ``<!-- test: ... -->``: what a test is to know of it, such as ``exit 1`` or ``config``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parent.parent
RULE_PAGES = ROOT / "docs" / "rules"
_COMMENT = re.compile(r"<!--\s*(output|test):\s*(.*?)\s*-->", re.DOTALL)
_PARSER = MarkdownIt("gfm-like", {"linkify": False})


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its code, the line of the opening fence (from 1), and what comments say of it."""

    page: Path
    line: int
    language: str
    code: str
    output: str = ""
    test: str = ""

    @property
    def place(self) -> str:
        """Page and line, for messages and names of tests."""
        return f"{named(self.page)}:{self.line}"


def named(page: Path) -> str:
    """A page as messages name it: from the root of the project."""
    return str(page.relative_to(ROOT)) if ROOT in page.parents else str(page)


def pages() -> list[Path]:
    """Every page that people write, in order: those of the rules are generated."""
    written = [path for path in sorted((ROOT / "docs").rglob("*.md")) if RULE_PAGES not in path.parents]
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *written, ROOT / "sample_logs" / "README.md"]


def parsed(text: str) -> list[Token]:
    """Markdown as a forge reads it."""
    return _PARSER.parse(text)


def blocks(page: Path, text: str | None = None) -> Iterator[Block]:
    """The fenced blocks of a page, from top to bottom."""
    before = ""
    for token in parsed(page.read_text(encoding="utf-8") if text is None else text):
        if token.type == "fence":
            assert token.map is not None
            said = dict(_COMMENT.findall(before))
            language = token.info.split()[0] if token.info.strip() else ""
            yield Block(page, token.map[0] + 1, language, token.content, said.get("output", ""), said.get("test", ""))
        before = token.content if token.type == "html_block" else ""


def block(page: str, test: str) -> str:
    """The code of the first block of a page, relative to the root, of which a comment says ``test: TEST``."""
    return next(held.code for held in blocks(ROOT / page) if held.test == test)
