"""Progress on stderr: only for people at a terminal, only of what takes a while, and never on stdout."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import pytest

from auditor.cli import progress
from auditor.logs.inputs import sources_of
from auditor.logs.reader import read_sources
from auditor.logs.sources import Source, in_memory
from auditor.logs.watching import place_in, size_of, watch
from tests.conftest import ROOT
from tests.terminals import at_terminal
from tests.test_shape import commands

SAMPLE = ROOT / "sample_logs" / "identify-after-track.jsonl"
LOGS = ROOT / "sample_logs"

COMMANDS = {
    "check": ["check", "--format", "json"],
    "funnel": ["funnel", "--format", "json"],
    "identities": ["identities", "--format", "json", "-d", "unify"],
    "plan infer": ["plan", "infer"],
}
"""Each reads the log that is named behind it."""


def slow(pipe: IO[bytes]) -> None:
    """A log that comes so slowly that the run takes more than a second."""
    time.sleep(progress.AFTER + 1.2)
    at_once(pipe)


def at_once(pipe: IO[bytes]) -> None:
    with pipe:
        pipe.write(SAMPLE.read_bytes())


# --- When it is shown ---------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS.values(), ids=list(COMMANDS))
def test_a_run_of_more_than_a_second_shows_how_far_it_is_and_stdout_holds_the_report_alone(command: list[str]) -> None:
    code, out, said = at_terminal(*command, "-", feed=slow)
    assert code in (0, 1)
    assert "reading" in said
    assert "reading" not in out.splitlines()[0]
    assert "\x1b" not in out
    if "json" in command:
        json.loads(out)
    assert said.endswith("\x1b[2K")  # and it is gone when the run is over


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "variables"),
    [
        (["--quiet"], {}),
        ([], {"AUDITOR_QUIET": "1"}),
        ([], {"CI": "true"}),
        ([], {"TERM": "dumb"}),
    ],
    ids=["--quiet", "AUDITOR_QUIET", "CI", "TERM=dumb"],
)
def test_nothing_is_shown_where_nobody_wants_it(options: list[str], variables: dict[str, str]) -> None:
    code, out, said = at_terminal("check", "-", "--format", "json", *options, feed=slow, **variables)
    assert (code, said) == (1, "")
    json.loads(out)


def test_a_short_run_shows_nothing() -> None:
    assert at_terminal("check", "-", feed=at_once)[::2] == (1, "")


@pytest.mark.slow
def test_nothing_is_shown_in_a_pipe_even_with_forced_colour() -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "FORCE_COLOR": "1", "CI": ""}
    words = [sys.executable, "-m", "auditor", "check", "-", "--color", "always"]
    pipe = subprocess.PIPE
    running = subprocess.Popen(words, stdin=pipe, stderr=pipe, stdout=pipe, env=environment)
    time.sleep(progress.AFTER + 1.2)
    _, said = running.communicate(SAMPLE.read_bytes(), timeout=60)
    assert (running.returncode, said) == (1, b"")


@pytest.mark.slow
@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)], ids=["auto", "NO_COLOR"])
def test_it_has_colour_where_colour_is_wanted(variables: dict[str, str], coloured: bool) -> None:
    _, _, said = at_terminal("check", "-", feed=slow, **variables)
    assert bool(re.search(r"\x1b\[3\d", said)) is coloured


def test_every_command_that_reads_a_log_can_be_quiet() -> None:
    reading = {words: {name for option in command.params for name in option.opts} for words, command in commands()}
    loud = [words for words, names in reading.items() if "--strict" in names and "--quiet" not in names]
    assert loud == []
    assert sum("--quiet" in names for names in reading.values()) >= 10


# --- What it says -------------------------------------------------------------------------------------------


class Noting:
    """A watcher that keeps what it sees."""

    def __init__(self) -> None:
        self.inputs: Sequence[Source] = ()
        self.places: list[int | None] = []
        self.ended = False

    def reading(self, inputs: Sequence[Source]) -> None:
        self.inputs = inputs

    def read(self) -> None:
        self.ended = True
        self.places = [place_in(source) for source in self.inputs]


def test_a_watcher_is_told_of_the_inputs_and_of_the_end() -> None:
    noting = Noting()
    watch(noting)
    try:
        read_sources(sources_of([str(SAMPLE), str(LOGS / "clean.jsonl")]))
    finally:
        watch(None)
    assert noting.ended
    assert [size_of(source) for source in noting.inputs] == [s.stat().st_size for s in (SAMPLE, LOGS / "clean.jsonl")]
    read_sources(sources_of([str(SAMPLE)]))
    assert len(noting.inputs) == 2  # nobody watches any more


def test_a_source_says_where_it_stands_packed_or_not(tmp_path: Path) -> None:
    for name in ("clean.jsonl", "clean-archive.json.gz"):
        (source,) = sources_of([str(LOGS / name)])
        assert place_in(source) is None
        blocks = source.blocks()
        next(blocks)
        place = place_in(source)
        assert place is not None
        assert 0 < place <= (size_of(source) or 0)
        blocks.close()
        assert place_in(source) is None
    memory = in_memory("events", b"{}")
    assert (size_of(memory), place_in(memory)) == (None, None)


def test_bytes_are_summed_over_the_inputs() -> None:
    files = [SAMPLE, LOGS / "clean.jsonl", LOGS / "clean-amplitude.zip"]
    sizes = [file.stat().st_size for file in files]
    shown = progress.Progress("rules", colour=False)
    inputs = sources_of([str(file) for file in files])
    shown.reading(inputs)
    assert (shown.total, shown.done) == (sum(sizes), 0)
    list(inputs[0].blocks())
    assert shown.done == sizes[0]
    blocks = inputs[1].blocks()
    next(blocks)
    assert shown.done == sizes[0] + sizes[1]  # it is smaller than a block
    inputs[2].head()
    assert shown.done == sum(sizes)
    shown.reading([*inputs, in_memory("events", b"{}")])
    assert shown.total is None
