"""CSV with places: rows by the words of their header, whatever they are separated by, and the line of each row."""

import csv
import io
from typing import Any

from auditor.model.plan import PlanError

_SEPARATORS = ",;\t"


class CsvText:
    """A table: ``data`` as rows by column, ``columns`` as the header spells them. Raises ``PlanError``."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.columns: list[str] = []
        self.data: list[dict[str, str]] = []
        self._lines: list[int] = []
        header, _, _ = text.lstrip().partition("\n")
        separator = max(_SEPARATORS, key=header.count)
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        line = 1
        try:
            for row in rows:
                if self.columns and any(cell.strip() for cell in row):
                    self._row(row, line)
                elif not self.columns:
                    self.columns = [cell.strip() for cell in row]
                line = rows.line_num + 1
        except csv.Error as error:
            raise PlanError(f"{file}:{rows.line_num}: not valid CSV: {error}") from error

    def refuse_twins(self) -> None:
        """Raises ``PlanError`` if two columns have one name."""
        if twice := sorted({name for name in self.columns if name and self.columns.count(name) > 1}):
            raise PlanError(f'{self.file}:1: the column "{twice[0]}" stands twice in the header; rename or remove one')

    def _row(self, row: list[str], line: int) -> None:
        if len(row) > len(self.columns):
            raise PlanError(
                f"{self.file}:{line}: {len(row)} cells under {len(self.columns)} columns; is a cell not quoted?"
            )
        self.data.append(dict(zip(self.columns, (cell.strip() for cell in row), strict=False)))
        self._lines.append(line)

    def line(self, path: tuple[str | int, ...]) -> int | None:
        """The line (from 1) on which a row begins; the header's for the table as a whole."""
        return self._lines[path[0]] if path and isinstance(path[0], int) else 1


def plain(word: Any) -> str:
    """A header without spaces, marks and capitals, as columns are compared."""
    return "".join(char for char in str(word).lower() if char.isalnum())
