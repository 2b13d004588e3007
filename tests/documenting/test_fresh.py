"""What is generated of the documentation is as it would be generated now: `make docs` writes it anew."""

import html
import re
import shutil
import struct
from pathlib import Path

import pytest

from documenting import __main__ as documenting
from documenting import pictures, rule_pages
from documenting.outputs import Stale, refreshed
from documenting.pages import ROOT, Block, blocks, named, pages


def test_the_pages_of_the_rules_are_those_of_the_rules() -> None:
    assert [named(path) for path in rule_pages.stale()] == [], "run `make docs`"
    assert len(rule_pages.expected()) > 70


@pytest.mark.parametrize("page", [p for p in pages() if any(b.output for b in blocks(p))], ids=named)
def test_a_page_quotes_what_the_commands_print(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert refreshed(page, text) == text, "run `make docs`"


def test_a_quotation_is_shortened_as_its_comment_says() -> None:
    page = ROOT / "made-up.md"
    text = "# Page\n\n<!-- output: auditor rules list\ncut: alias- .. anonymous-id-is\n{} -->\n```text\nold\n```\nend\n"
    lines = refreshed(page, text.format("cut: client .. user-id-not")).splitlines()
    assert lines[6] == "..."
    assert lines[7].startswith("anonymous-id-is-user-id")
    assert [line for line in lines if line.startswith("...")] == ["...", "..."]
    assert lines[-1] == "end"
    with pytest.raises(Stale, match=r"no lines from 'zebra' to 'x'"):
        refreshed(page, text.format("cut: zebra .. x"))
    with pytest.raises(Stale, match="has no 'cult'"):
        refreshed(page, text.format("cult: a .. b"))


def test_a_command_that_cannot_do_its_job_is_no_quotation() -> None:
    text = "<!-- output: auditor check no-such-log.jsonl -->\n```text\n```\n"
    with pytest.raises(Stale, match="exits with 2"):
        refreshed(ROOT / "made-up.md", text)


# --- Pictures ------------------------------------------------------------------------------------------------------


def words(svg: str) -> list[str]:
    """The texts of a picture, whatever they look like: another version of rich draws the same words."""
    return [html.unescape(text).replace("\xa0", " ").strip() for text in re.findall(r"<text[^>]*>(.*?)</text>", svg)]


def test_the_picture_of_the_text_report_shows_what_the_command_prints() -> None:
    held = pictures.TEXT.read_text(encoding="utf-8")
    assert words(held) == words(pictures.text_report()), "run `make docs`"
    assert any("was tracked 212 ms before identify" in text for text in words(held))


def test_the_picture_of_the_text_report_is_in_colour_and_loads_nothing() -> None:
    held = pictures.TEXT.read_text(encoding="utf-8")
    assert len(set(re.findall(r"fill: (#\w{6})", held))) >= 4
    assert re.findall(r"url\((?!#)|@import|<image|href=", held) == []


def test_the_picture_of_the_html_report_is_a_small_png() -> None:
    held = pictures.HTML.read_bytes()
    assert held[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", held[16:24]) == (1280, 1000)
    assert len(held) < 250_000


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("chromium") is None, reason="needs Debian's chromium, which is not installed")
def test_the_picture_of_the_html_report_can_be_made() -> None:
    made = pictures.html_report()
    assert made[:4] == b"\x89PNG"
    assert 20_000 < len(made) < 250_000


def test_without_a_browser_the_other_parts_are_written_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(pictures.NoChromium, match="stays as it is"):
        pictures.html_report()


def test_one_command_writes_all_of_it_and_says_what_had_to_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text("<!-- output: auditor --version -->\n```text\n```\n", encoding="utf-8")
    bad.write_text("<!-- output: auditor check gone.jsonl -->\n```text\nold\n```\n", encoding="utf-8")
    monkeypatch.setattr(documenting, "pages", lambda: [good, bad])
    monkeypatch.setattr(rule_pages, "RULE_PAGES", tmp_path / "rules")
    monkeypatch.setattr(pictures, "FOLDER", tmp_path / "pictures")
    for name in ("TEXT", "HTML"):
        monkeypatch.setattr(pictures, name, tmp_path / "pictures" / getattr(pictures, name).name)
    monkeypatch.setattr(pictures.shutil, "which", lambda _: None)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "gone.md").touch()
    assert documenting.main() == 1
    assert re.fullmatch(r".*\n```text\nauditor [\d.]+\n```\n", good.read_text(encoding="utf-8"))
    assert "old" in bad.read_text(encoding="utf-8")
    assert rule_pages.stale() == []
    assert (tmp_path / "pictures" / pictures.TEXT.name).is_file()
    said = capsys.readouterr().err
    assert "good.md: quotes what the commands print now" in said
    assert "bad.md" in said or "gone.jsonl" in said
    assert "it stays as it is" in said


def test_a_block_knows_its_comment() -> None:
    text = "<!-- test: exit 1 -->\n```sh\na\n```\n\n```yaml\nb: 1\n```\n\n"
    text += "* in a list\n\n  <!-- test: config -->\n  ```yaml\n  c: 1\n  ```\n"
    found = [(b.line, b.language, b.code, b.test) for b in blocks(ROOT / "made-up.md", text)]
    assert found == [(2, "sh", "a\n", "exit 1"), (6, "yaml", "b: 1\n", ""), (13, "yaml", "c: 1\n", "config")]
    assert isinstance(next(blocks(ROOT / "made-up.md", text)), Block)
