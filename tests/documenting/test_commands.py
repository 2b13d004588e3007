"""Every command in the documentation is run, page by page, where a reader would run it."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from auditor.cli.main import auditor
from documenting.pages import ROOT, Block, blocks, pages, parsed
from tests.documenting.reader import Reader

SHELL = ("sh", "bash", "console")

NOT_RUN = {
    "make demo": "sets up an environment, and runs one of the commands of this page",
    "make test": "runs this test",
    "pip install .": "tests/test_wheel.py installs",
    "pip install tracking-auditor": "asks a package registry",
    "git push": "needs a remote",
    "aws s3 cp --recursive s3://BUCKET/segment-logs/SOURCE_ID/DAY/ log/": "needs an account",
    "auditor funnel logs/ --truth postgresql://me@db/shop --truth-query 'SELECT id AS user_id, created_at FROM users'":
        "needs a database: tests/funnels/test_truth_database.py",
    "python -m benchmarks.simulate --people 1000 --seed 1": "takes minutes: tests/simulator/",
    'eval "$(_AUDITOR_COMPLETE=zsh_source auditor)"': "needs zsh",
    "_AUDITOR_COMPLETE=fish_source auditor | source": "needs fish",
}  # fmt: skip
"""What no test can run, and why. Whatever is added here is in no test at all."""


def commands(block: Block) -> Iterator[str]:
    """The commands of a block, without the comments behind them."""
    for line in block.code.replace("\\\n", " ").splitlines():
        command = re.sub(r"(?:^|\s{2,})#.*", "", line).strip()
        if command:
            yield command


def exit_codes(block: Block, count: int) -> list[int]:
    """What each command of a block is to exit with: 0, or what the comment before it says."""
    if not block.test:
        return [0] * count
    word, *codes = block.test.split()
    assert word == "exit", f"{block.place}: a block of commands has no {block.test!r}"
    assert len(codes) == count, f"{block.place}: {count} commands and {len(codes)} exit codes"
    return [int(code) for code in codes]


def shell_blocks(page: Path) -> list[Block]:
    return [block for block in blocks(page) if block.language in SHELL]


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [page for page in pages() if shell_blocks(page)], ids=lambda page: str(page.relative_to(ROOT))
)
def test_the_commands_of_a_page_do_what_it_says(page: Path, tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    for block in shell_blocks(page):
        words = list(commands(block))
        for command, code in zip(words, exit_codes(block, len(words)), strict=True):
            if command not in NOT_RUN:
                done = reader.run(command)
                said = f"{block.place}: `{command}` exits with {done.returncode}, not {code}\n"
                assert done.returncode == code, said + done.stdout[-2000:] + done.stderr
                assert code == 2 or "Traceback" not in done.stderr, said + done.stderr


def mentioned(page: Path) -> Iterator[str]:
    """The commands of ours that a page names in its sentences."""
    for token in parsed(page.read_text(encoding="utf-8")):
        for part in token.children or []:
            if part.type == "code_inline" and part.content.startswith("auditor "):
                yield part.content


def unknown(command: str) -> list[str]:
    """The words of a command line of ours that are no command, and no option of the one that is named."""
    words = shlex.split(command.replace("...", ""))[1:]
    held: click.Command = auditor
    while isinstance(held, click.Group) and words and not words[0].startswith("-"):
        child = held.get_command(click.Context(held), words[0])
        if child is None:
            return [words[0]]
        held, words = child, words[1:]
    known = {name for option in held.params for name in (*option.opts, *option.secondary_opts)}
    return [word for word in words if re.match(r"--?[a-z]", word) and word not in known | {"--help", "--version"}]


@pytest.mark.parametrize("page", [*pages(), ROOT / "CHANGELOG.md"], ids=lambda page: str(page.relative_to(ROOT)))
def test_a_command_in_a_sentence_exists_with_its_options(page: Path) -> None:
    named = list(mentioned(page))
    assert [(command, unknown(command)) for command in named if unknown(command)] == []


def test_a_command_that_does_not_exist_would_be_noticed() -> None:
    assert unknown("auditor chekc LOG...") == ["chekc"]
    assert unknown("auditor check LOG --fail-onn error -o html=report.html") == ["--fail-onn"]
    assert unknown("auditor plan diff OLD NEW --log LOG") == []
    assert sum(len(list(mentioned(page))) for page in pages()) > 50


def test_what_is_not_run_is_still_in_the_documentation_and_grows_by_nobodys_oversight() -> None:
    written = {command for page in pages() for block in shell_blocks(page) for command in commands(block)}
    assert set(NOT_RUN) - written == set()
    assert len(NOT_RUN) == 10
    assert len(written - set(NOT_RUN)) > 40
