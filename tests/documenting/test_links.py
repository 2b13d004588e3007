"""Links between the pages lead somewhere, to the very heading."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it.token import Token

from documenting.pages import ROOT, RULE_PAGES, pages, parsed

ALL = [*pages(), *sorted(RULE_PAGES.glob("*.md")), ROOT / "CHANGELOG.md"]


def tokens(page: Path) -> list[Token]:
    return parsed(page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors that a forge gives to the headings of a page."""
    found: set[str] = set()
    held = tokens(page)
    for opening, inline in pairwise(held):
        if opening.type == "heading_open":
            words = "".join(part.content for part in inline.children or [] if part.type in {"text", "code_inline"})
            slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
            count = sum(re.fullmatch(rf"{re.escape(slug)}(-\d+)?", other) is not None for other in found)
            found.add(f"{slug}-{count}" if slug in found else slug)
    return found


def links(page: Path) -> list[str]:
    """Where the links and pictures of a page lead."""
    parts = [part for token in tokens(page) if token.type == "inline" for part in token.children or []]
    found = [part.attrs.get("href") or part.attrs.get("src") for part in parts if part.type in {"link_open", "image"}]
    return [str(link) for link in found]


@pytest.mark.parametrize("page", ALL, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def test_anchors_are_those_of_a_forge(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# 2. Take a `--log`\n\n## `auditor events LOG...`: what\n\n## One\n\n## One\n\n## One\n")
    assert anchors(page) == {"2-take-a---log", "auditor-events-log-what", "one", "one-1", "one-2"}


def test_the_index_lists_every_page_of_the_documentation() -> None:
    index = ROOT / "docs" / "README.md"
    listed = {(index.parent / link).resolve() for link in links(index)}
    assert {page for page in pages() if page.parent == index.parent} - listed == {index}
    assert RULE_PAGES / "README.md" in listed


def test_readme_shows_both_pictures() -> None:
    shown = [link for link in links(ROOT / "README.md") if link.endswith((".svg", ".png"))]
    assert shown == ["docs/pictures/text-report.svg", "docs/pictures/html-report.png"]
