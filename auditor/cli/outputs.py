"""Where reports go: one to stdout, others to files, each redacted or not as its readers demand."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from auditor.cli.setup import in_colour, wants_redaction, width, with_links
from auditor.model.finding import Report
from auditor.reports.formats import OVERVIEW, REPLAYED, SHARED, lacking, renderer
from auditor.reports.view import View

SUMMARY = "GITHUB_STEP_SUMMARY"
"""The file that GitHub shows as the summary of a job."""


@dataclass(frozen=True)
class Outputs:
    """What was asked for: the format on stdout, (format, file) pairs, and whether ids are shown."""

    form: str
    files: tuple[tuple[str, Path], ...]
    redact: bool | None
    color: str
    again: tuple[str, ...] = ("LOG...",)

    def __post_init__(self) -> None:
        """Before anything is read. Raises a usage error for a format that needs what is not installed."""
        for form in (self.form, *(form for form, _ in self.files)):
            if said := lacking(form):
                raise click.UsageError(said)

    def redacted(self, form: str) -> bool:
        """Whether a format shows pseudonyms: as asked for, else in CI and where the report will be shared."""
        return wants_redaction(self.redact, shared=form in SHARED)

    @property
    def overview(self) -> bool:
        """Whether some format shows the log as a whole: the funnel, and the plan's coverage."""
        return OVERVIEW in (self.form, *(form for form, _ in self.files))

    @property
    def private(self) -> bool:
        """Whether the report must know its pseudonyms."""
        forms = (self.form, *(form for form, _ in self.files))
        return any(self.redacted(form) or form in REPLAYED for form in forms)

    def write(self, report: Report) -> None:
        """Write them all. Raises a usage error where a file cannot be written."""
        for form, path in self.files:
            _to_file(path, "w", self._rendered(report, form, View(width=100)))
        if os.environ.get(SUMMARY) and "github" in (self.form, *(form for form, _ in self.files)):
            _to_file(Path(os.environ[SUMMARY]), "a", self._rendered(report, "markdown", View()))
        view = View(width(), in_colour(self.color), self.again, with_links(self.color))
        _to_stdout(self._rendered(report, self.form, view))

    def _rendered(self, report: Report, form: str, view: View) -> Iterator[str]:
        if self.redacted(form):
            from auditor.runners.redaction import redacted_report  # most reports show ids as they are

            report = redacted_report(report)
        return renderer(form)(report, view)


def _to_file(path: Path, mode: str, pieces: Iterator[str]) -> None:
    try:
        with path.open(mode, encoding="utf-8", errors="replace", newline="") as file:
            file.writelines(pieces)
    except OSError as error:
        raise click.UsageError(f"{path}: cannot be written ({error.strerror})") from error


def _to_stdout(pieces: Iterator[str]) -> None:
    """As UTF-8, whatever the locale says."""
    sys.stdout.flush()
    for piece in pieces:
        sys.stdout.buffer.write(piece.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()
