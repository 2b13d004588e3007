"""Rows of truth: whatever the file, the same accounts; what is none is counted with its line."""

import gzip
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from auditor.funnels.truth_rows import TruthRow, moment, truth_rows
from auditor.model.log import InputError
from auditor.model.truth import TruthSource

TEN = 1_767_607_200_000
ROWS = [("u1", "2026-01-05T10:00:00Z", "oauth"), ("u2", "2026-01-05 11:00:00+01", "password"), ("7", "1767607200", "")]


def read(path: Path) -> tuple[list[tuple[str, int, str | None]], list[str]]:
    refused: list[str] = []
    rows = list(truth_rows(TruthSource(str(path)), lambda line, why: refused.append(f"{line}: {why}")))
    return [(row.user, row.created, row.method) for row in rows], refused


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def parquet(path: Path, columns: dict[str, list[Any]]) -> Path:
    import pyarrow
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    return path


EXPECTED = [("u1", TEN, "oauth"), ("u2", TEN, "password"), ("7", TEN, None)]


@pytest.mark.parametrize(
    "head", ["user_id,created_at,method", "ID;CreatedAt;Provider", "\ufeffuid\tsigned_up_at\tmethod"]
)
def test_csv_of_any_delimiter_and_usual_names(tmp_path: Path, head: str) -> None:
    mark = next(mark for mark in ",;\t" if mark in head)
    text = "\n".join([head, *(mark.join(row) for row in ROWS)]) + "\n"
    assert read(written(tmp_path / "users", text)) == (EXPECTED, [])


def test_json_lines_whose_members_stand_in_any_order(tmp_path: Path) -> None:
    lines = [
        {"user_id": "u1", "created_at": "2026-01-05T10:00:00Z", "method": "oauth"},
        {"method": "password", "createdAt": TEN, "id": "u2"},
        {"user_id": 7, "created_at": TEN / 1000, "method": None},
    ]
    text = "".join(json.dumps(line) + "\n\n" for line in lines)
    assert read(written(tmp_path / "users.txt", text)) == (EXPECTED, [])


def test_parquet_with_times_of_its_own(tmp_path: Path) -> None:
    ten = datetime(2026, 1, 5, 10, tzinfo=UTC)
    users, methods = ["u1", "u2", "7"], ["oauth", "password", None]
    columns = {"plan": [1, 2, 3], "user_id": users, "method": methods, "created_at": [ten] * 3}
    assert read(parquet(tmp_path / "users.bin", columns)) == (EXPECTED, [])
    assert read(parquet(tmp_path / "n.bin", {"id": [7], "created": [ten]})) == ([("7", TEN, None)], [])


def test_a_packed_csv(tmp_path: Path) -> None:
    path = tmp_path / "users.csv.gz"
    path.write_bytes(gzip.compress(b"user_id,created_at\n" + b"".join(b"u%d,1767607200\n" % n for n in range(50_000))))
    rows, refused = read(path)
    assert (len(rows), rows[-1], refused) == (50_000, ("u49999", TEN, None), [])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"users\.csv\.gz: "):
        read(path)


def test_what_is_no_row_is_refused_with_its_line_and_why(tmp_path: Path) -> None:
    text = 'user_id,created_at\nu1,soon\n,1767607200\nu2\n"u\n3",1767607200\nu4,\n'
    rows, refused = read(written(tmp_path / "users.csv", text))
    assert rows == [("u\n3", TEN, None)]
    no_time = "created_at is no time: "
    assert refused == [f"2: {no_time}'soon'", "3: no user id", "4: 1 of 2 columns", f"7: {no_time}''"]
    rows, refused = read(written(tmp_path / "users.jsonl", '{"id": "a", "created_at": 1767607200}\n[1]\n{"id": 1.5}\n'))
    assert [row[0] for row in rows] == ["a"]
    assert [line.split(" (")[0] for line in refused] == ["2: no JSON object", "3: a user id that is none: 1.5"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,created_at\n", "no column for a user id: name one user_id"),
        ("user_id,plan\n", "no column for a time of signup: name one created_at"),
        ("", "first line is empty"),
        ("[{}]", "a JSON array; write one object a line"),
        ('{"plan": 1}\n', "no column for a user id"),
        ("PAR1 and no more", "a damaged Parquet file"),
    ],
)
def test_a_file_that_says_nothing_is_an_error_that_says_what_to_do(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as wrong:
        read(written(tmp_path / "users", text))
    assert said in str(wrong.value)
    assert str(tmp_path / "users") in str(wrong.value)


def test_a_file_that_is_not_there_and_a_query_for_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "absent.csv")
    with pytest.raises(InputError, match="goes with a database"):
        list(truth_rows(TruthSource("users.csv", "SELECT 1"), print))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-05T10:00:00", TEN),
        ("2026-01-05 10:00:00 UTC", TEN),
        ("2026-01-05 10:00:00.000000+00", TEN),
        (datetime(2026, 1, 5, 10), TEN),  # noqa: DTZ001 - a database without zones
        (date(2026, 1, 5), TEN - 36_000_000),
        ("2026-01-05", TEN - 36_000_000),
        (TEN, TEN),
        (str(TEN), TEN),
        (True, None),
        (-5, None),
        ("yesterday", None),
        (None, None),
        (float("nan"), None),
    ],
)
def test_times_are_taken_as_databases_write_them(value: object, expected: int | None) -> None:
    assert moment(value) == expected


def test_rows_know_their_line(tmp_path: Path) -> None:
    path = written(tmp_path / "users.csv", 'user_id,created_at\nu1,1767607200\n"a\nb",1767607200\nu2,1767607200\n')
    assert [row.line for row in truth_rows(TruthSource(str(path)), print)] == [2, 3, 5]
    assert isinstance(next(iter(truth_rows(TruthSource(str(path)), print))), TruthRow)
