"""Our rule files kept parsed between runs: always what stands in the files, and never in the way."""

import os
import shutil
import sys
from pathlib import Path
from subprocess import run

import pytest

from auditor.config.settings import ConfigError, Settings
from auditor.config.yaml_source import YamlError
from auditor.engine.checking import options_of
from auditor.language import loader
from auditor.language.kept import KeptDocuments

RULE = "id: a\nsummary: {}\n\nexamples:\n- {{name: one}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "group").mkdir()
    (tmp_path / "group" / "a.yml").write_text(RULE.format("first"), encoding="utf-8")
    return tmp_path


def test_a_second_run_parses_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "group" / "a.yml"
    kept = KeptDocuments(folder)
    first = kept.document(path, "a.yml")
    kept.keep()
    monkeypatch.setattr("auditor.language.kept.read", lambda *_: pytest.fail("parsed again"))
    again = KeptDocuments(folder).document(path, "a.yml")
    assert again.data == first.data == {"id": "a", "summary": "first"}
    assert again.line(("summary",)) == 2
    assert again.line(()) == 1


@pytest.mark.parametrize("text", [RULE.format("other"), RULE.format("a longer one")])
def test_a_changed_file_is_parsed_again(folder: Path, text: str) -> None:
    path = folder / "group" / "a.yml"
    kept = KeptDocuments(folder)
    kept.document(path, "a.yml")
    kept.keep()
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(1, 1))
    data = KeptDocuments(folder).document(path, "a.yml").data
    assert f"summary: {data['summary']}" == text.split("\n")[1]


def test_a_file_that_is_gone_is_kept_no_longer(folder: Path) -> None:
    path, other = folder / "group" / "a.yml", folder / "group" / "b.yml"
    other.write_text("id: b\n", encoding="utf-8")
    kept = KeptDocuments(folder)
    for one in (path, other):
        kept.document(one, one.name)
    kept.keep()
    assert len(KeptDocuments(folder).held) == 2
    path.write_text(RULE.format("changed it"), encoding="utf-8")
    other.unlink()
    kept = KeptDocuments(folder)
    kept.document(path, path.name)
    kept.keep()
    assert list(KeptDocuments(folder).held) == ["group/a.yml"]


@pytest.mark.parametrize("rubbish", [b"", b"\x00\xff", b"\x93\x01\x02\x03", b"\x81\xa1a\x01"])
def test_what_is_no_such_file_is_no_matter(folder: Path, rubbish: bytes) -> None:
    path = folder / "group" / "a.yml"
    kept = KeptDocuments(folder)
    kept.file.parent.mkdir()
    kept.file.write_bytes(rubbish)
    kept = KeptDocuments(folder)
    assert kept.document(path, "a.yml").data["summary"] == "first"
    kept.keep()
    assert len(KeptDocuments(folder).held) == 1


def test_a_folder_that_takes_no_file_is_let_be(folder: Path) -> None:
    path = folder / "group" / "a.yml"
    (folder / "__pycache__").write_text("in the way", encoding="utf-8")
    kept = KeptDocuments(folder)
    kept.document(path, "a.yml")
    kept.keep()
    assert (folder / "__pycache__").read_text(encoding="utf-8") == "in the way"


def test_a_broken_file_is_not_kept(folder: Path) -> None:
    path = folder / "group" / "a.yml"
    path.write_text("id: [\n", encoding="utf-8")
    kept = KeptDocuments(folder)
    with pytest.raises(YamlError, match=r"a\.yml:"):
        kept.document(path, "a.yml")
    kept.keep()
    assert not kept.file.exists()


def test_kept_rules_are_those_of_the_files_with_their_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all built-in rules; and a mistake in a kept document is still told with its line."""
    rules = tmp_path / "rules"
    shutil.copytree(loader.rules_folder(), rules, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(loader, "rules_folder", lambda: rules)
    fresh = loader.load(Settings(), options_of)
    assert (rules / "__pycache__").is_dir()
    assert loader.load(Settings(), options_of).rules == fresh.rules

    path = rules / "naming" / "event-name-invalid-for-destination.yml"
    text = path.read_text(encoding="utf-8").replace("severity:", "severty:", 1)
    line = next(number for number, part in enumerate(text.split("\n"), 1) if "severty" in part)
    path.write_text(text, encoding="utf-8")
    for _ in range(2):  # parsed, then kept
        with pytest.raises(ConfigError, match=rf"{path.name}:{line}: .*severty"):
            loader.load(Settings(), options_of)


def test_a_plain_check_does_not_load_yaml(tmp_path: Path) -> None:
    """Startup is a feature: YAML costs as much as the rest of the loading."""
    (tmp_path / "log.jsonl").write_text(
        '{"type":"track","event":"a","messageId":"m","anonymousId":"x","timestamp":"2026-01-01T00:00:00Z"}\n'
    )
    said = "import sys; from auditor.cli.main import auditor; auditor(['check','log.jsonl'], standalone_mode=False); "
    said += "print('yaml' in sys.modules)"
    for _ in range(2):
        words = [sys.executable, "-c", said]
        done = run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.endswith("False\n"), done.stdout + done.stderr
