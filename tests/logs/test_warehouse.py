"""Warehouse tables as CSV, as Parquet and as JSON lines (domain.md 6.2, 6.3)."""

import csv
import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from auditor.logs import rows
from auditor.logs.reader import read_log
from auditor.logs.warehouse import table_of
from auditor.model.log import InputError, Log
from tests.logs.made import accounted, lines

Read = Callable[..., Log]
Row = dict[str, Any]


def row(number: int = 1, **columns: Any) -> Row:
    """The columns that every table has."""
    return {
        "id": f"m{number}", "received_at": f"2026-01-05 10:00:{number:02d}.500 UTC", "uuid_ts": "2026-01-05 10:30:00",
        "sent_at": f"2026-01-05 10:00:{number:02d}.400 UTC", "anonymous_id": "a", "user_id": "u",
        "original_timestamp": f"2026-01-05 10:00:{number:02d}.123 UTC",
        "timestamp": f"2026-01-05 10:00:{number:02d} UTC",
        "context_library_name": "analytics.js", "context_library_version": "next-1.84.3",
        "context_page_url": "https://x.example/a", "context_page_path": "/a", **columns,
    }  # fmt: skip


def table(*records: Row, delimiter: str = ",") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(records[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()


def parquet(*records: Row) -> bytes:
    held = io.BytesIO()
    pyarrow.parquet.write_table(pa.Table.from_pylist(list(records)), held)
    return held.getvalue()


TRACKS = {"event": "signed_up", "event_text": "Signed Up"}
PAGE = {"path": "/a", "url": "https://x.example/a", "title": "A", "referrer": ""}
TABLES: dict[str, tuple[str, Row, dict[str, Any]]] = {
    "identifies": (
        "identifies.csv", row(email="a@b.example", created_at="2026-01-05 09:59:00 UTC"),
        {"type": "identify", "traits": {"email": "a@b.example", "createdAt": "2026-01-05T09:59:00+00:00"}},
    ),
    "tracks": ("tracks.csv", row(**TRACKS), {"type": "track", "event": "Signed Up", "properties": None}),
    "an event's": (
        "signed_up.csv", row(**TRACKS, plan="pro"),
        {"type": "track", "event": "Signed Up", "properties": {"plan": "pro"}},
    ),
    "pages": ("export-001.csv", row(name="A", **PAGE), {"type": "page", "name": "A", "path": "/a"}),
    "screens": ("prod.screens_000.csv", row(name="Home"), {"type": "screen", "name": "Home"}),
    "groups": ("x.csv", row(group_id="g", size="3"), {"type": "group", "group_id": "g", "traits": {"size": "3"}}),
    "aliases": ("x.csv", row(previous_id="p"), {"type": "alias", "user_id": "u", "previous_id": "p"}),
}  # fmt: skip
ALL = {
    "message_id": "m1", "t": 1767607201123, "sent": 1767607201400, "received": 1767607201500, "side": "browser",
    "anonymous_id": "a", "version": "next-1.84.3", "url": "https://x.example/a",
}  # fmt: skip


@pytest.mark.parametrize(("name", "record", "expected"), TABLES.values(), ids=list(TABLES))
@pytest.mark.parametrize("made", [table, parquet, lambda record: table(record, delimiter=";")])
def test_a_row_of_each_table_is_its_call(
    read: Read, made: Callable[..., bytes], name: str, record: Row, expected: dict[str, Any]
) -> None:
    (event,) = read(made(record), name).events
    wanted = {**ALL, **expected}
    if expected["type"] in ("track", "page", "screen") and event.properties == {}:
        event.properties = None
    assert {member: getattr(event, member) for member in wanted} == wanted


def test_names_of_columns_may_be_capitals_as_snowflake_has_them(read: Read) -> None:
    record = {key.upper(): value for key, value in row(**TRACKS, plan="pro").items()}
    record["ORIGINAL_TIMESTAMP"] = "2026-01-05 10:00:01.123 +0000"
    (event,) = read(table(record), "SIGNED_UP.csv").events
    assert (event.event, event.t, event.properties) == ("Signed Up", 1767607201123, {"plan": "pro"})


@pytest.mark.parametrize("name", ["users.csv", "accounts.csv"])
def test_users_and_accounts_are_known_non_events(read: Read, name: str) -> None:
    record = {"id": "u", "received_at": "2026-01-05 10:00:00 UTC", "uuid_ts": "2026-01-05 10:00:00", "email": "x"}
    log = read(table(record, record), name)
    assert (log.records, log.skipped, log.rejected, len(log.events)) == (2, 2, 0, 0)


@pytest.mark.parametrize(
    ("columns", "name", "expected"),
    [
        (row(), "identifies.csv", "identifies"), (row(), "prod.identifies_000.gz", "identifies"),
        (row(name=""), "screens.csv", "screens"), (row(name=""), "what.csv", None),
        (row(email=""), "what.csv", "identifies"),
        (row(**TRACKS), "signed_up.csv", "tracks"), (row(**TRACKS, plan=""), "tracks.csv", "event"),
        (row(**PAGE), "identifies.csv", "pages"), (row(previous_id=""), "tracks.csv", "aliases"),
    ],
)  # fmt: skip
def test_the_columns_tell_the_table_and_where_they_leave_it_open_the_name(
    columns: Row, name: str, expected: str | None
) -> None:
    assert table_of(columns, name) == expected


def test_rows_of_a_table_that_cannot_be_told_are_rejects_that_say_what_to_do(read: Read) -> None:
    log = read(table(row(1, name="x"), row(2, name="y")), "part-000.csv")
    assert [(reject.line, log.rejected) for reject in log.rejects] == [(2, 2), (3, 2)]
    assert "name the file after the table" in log.rejects[0].reason


def test_tracks_and_the_tables_of_the_events_hold_the_same_calls_which_count_once(tmp_path: Path) -> None:
    (tmp_path / "tracks.csv").write_bytes(
        table(row(1, **TRACKS), row(2, event="paid", event_text="Paid"), row(3, event="old", event_text="Old"))
    )
    (tmp_path / "signed_up.csv").write_bytes(table(row(1, **TRACKS, plan="pro")))
    (tmp_path / "paid.parquet").write_bytes(parquet(row(2, event="paid", event_text="Paid", amount=3)))
    log = accounted(read_log([str(tmp_path)]))
    assert (log.records, log.skipped, len(log.events), log.copies) == (5, 2, 3, {})
    assert {event.event: event.properties for event in log.events} == {
        "Signed Up": {"plan": "pro"}, "Paid": {"amount": 3}, "Old": {},
    }  # fmt: skip
    alone = accounted(read_log([str(tmp_path / "tracks.csv")]))
    assert (len(alone.events), alone.skipped) == (3, 0)


def test_a_row_twice_in_one_table_is_a_copy_like_any_other(read: Read) -> None:
    log = read(
        table(row(1, **TRACKS, plan="a"), row(1, **TRACKS, plan="a"), row(2, **TRACKS, plan="b")), "signed_up.csv"
    )
    assert (len(log.events), log.copies["m1"].changed) == (2, False)


def test_rudderstacks_tables_are_told_by_their_library(read: Read) -> None:
    record = row(
        context_library_name="RudderLabs JavaScript SDK", context_session_id="1767607200", context_session_start="true",
        context_traits_email="a@b.example", context_request_ip="203.0.113.4", channel="web",
    )  # fmt: skip
    (event,) = read(table(record), "identifies.csv").events
    assert (event.rudderstack, event.session, event.side) == (True, "1767607200", "browser")
    assert event.context is not None
    assert event.context.sessionStart is True
    assert (event.traits or event.context.traits) == {"email": "a@b.example"}


def test_a_column_of_a_whole_object_beside_those_of_its_members_stops_nothing(read: Read) -> None:
    (event,) = read(table({"context_page": "{}", **row(email="x"), "context_library": "y"}), "identifies.csv").events
    assert (event.path, event.library) == ("/a", "analytics.js")


def test_rows_as_json_lines_are_told_by_their_columns(read: Read) -> None:
    log = read(lines(row(1, **TRACKS, plan="pro"), row(2, email="a@b.example"), row(3, **PAGE)))
    assert sorted(event.type for event in log.events) == ["identify", "page", "track"]


def test_tables_in_a_zip_are_told_by_their_names_and_by_those_of_their_folders(read: Read) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("dump/identifies/000.parquet", parquet(row(1, name="x")))
        archive.writestr("dump/screens/000.csv", table(row(2, name="Home")))
    log = read(held.getvalue(), "dump.zip")
    assert [(event.type, event.message_id) for event in log.events] == [("identify", "m1"), ("screen", "m2")]


# --- CSV --------------------------------------------------------------------------------------------------


def test_a_row_knows_its_line_and_its_byte_even_behind_rows_that_span_lines(read: Read) -> None:
    good = [row(n, **TRACKS, note=f'one,\n"two" {n}\n\n') for n in (1, 2)]
    data = table(*good) + b"cut,off\n" + table(row(3, **TRACKS, note="x")).split(b"\n", 1)[1]
    log = read(data, "signed_up.csv")
    assert [(event.message_id, event.line) for event in log.events] == [("m1", 2), ("m2", 6), ("m3", 11)]
    assert log.events[0].properties == {"note": 'one,\n"two" 1\n\n'}
    (reject,) = log.rejects
    assert (reject.line, reject.offset) == (10, data.index(b"cut,off"))
    assert reject.reason == "2 columns, but the first line names 15"


def test_a_quote_that_is_never_closed_costs_one_line(read: Read) -> None:
    data = table(*(row(n, **TRACKS, plan="x") for n in range(1, 8)))
    head, *body = data.split(b"\n")
    body[2] = body[2].replace(b",x", b',"x')
    body[4] = body[4].replace(b",x", b',5" x')
    log = read(b"\n".join([head, *body]), "signed_up.csv")
    assert sorted(event.message_id or "" for event in log.events) == ["m1", "m2", "m4", "m5", "m6", "m7"]
    assert [reject.line for reject in log.rejects] == [4]
    assert {event.message_id: event.properties for event in log.events}["m5"] == {"plan": '5" x'}


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (b"\xff" + b"," * 14, "not valid UTF-8: byte 0xff"),
        (b"x", "1 column, but the first line names 15"),
        (b"," * 20, "21 columns, but the first line names 15"),
        (b'"x"y' + b"," * 14, "not valid CSV: ',' expected after '\"'"),
    ],
    ids=["no UTF-8", "too few", "too many", "a quote amid"],
)
def test_a_damaged_row_is_one_reject(read: Read, bad: bytes, said: str) -> None:
    data = table(row(1, **TRACKS, plan="x"), row(2, **TRACKS, plan="x"))
    head, first, second, _ = data.split(b"\n")
    log = read(b"\n".join([head, first, bad, second, b""]), "signed_up.csv")
    assert len(log.events) == 2
    assert [(reject.line, reject.reason) for reject in log.rejects] == [(3, said)]


def test_a_csv_has_a_byte_order_mark_crlf_and_a_packing_or_not(read: Read) -> None:
    plain = table(row(1, **TRACKS, plan="é"), row(2, **TRACKS, plan="y"))
    for data in (plain, b"\xef\xbb\xbf" + plain, plain.replace(b"\n", b"\r\n"), plain.rstrip(), gzip.compress(plain)):
        log = read(data, "signed_up.csv")
        assert [(event.message_id, event.line) for event in log.events] == [("m1", 2), ("m2", 3)]
        assert log.events[0].properties == {"plan": "é"}
        assert log.rejected == 0


def test_a_packed_csv_that_is_cut_off_gives_its_good_rows_and_one_reject(read: Read) -> None:
    packed = gzip.compress(table(*(row(n % 60, **TRACKS, plan=str(n * 7919)) for n in range(500))))
    log = read(packed[: len(packed) // 2], "signed_up.csv")
    assert log.arrivals > 50
    assert [(reject.line, reject.reason) for reject in log.rejects] == [
        (log.arrivals + 2, "the gzip archive ends early: the file is cut off")
    ]


def test_a_rejected_row_is_written_out_as_the_object_of_its_columns_and_can_be_read_again(tmp_path: Path) -> None:
    file = tmp_path / "signed_up.csv"
    file.write_bytes(table(row(1, **TRACKS, plan="x"), {**row(2, **TRACKS, plan="y"), **dict.fromkeys(
        ("received_at", "sent_at", "original_timestamp", "timestamp"), "")}))  # fmt: skip
    written: list[bytes] = []
    log = accounted(read_log([str(file)], on_reject=lambda _, data: written.append(data)))
    assert (log.rejected, log.rejects[0].line) == (1, 3)
    assert log.rejects[0].reason.startswith("no time")
    again = tmp_path / "again.jsonl"
    again.write_bytes(written[0].replace(b"{", b'{"received_at":"2026-01-05 10:00:00",', 1) + b"\n")
    assert [event.event for event in read_log([str(again)]).events] == ["Signed Up"]


def test_a_csv_that_is_no_table_of_events_is_left_out_of_a_folder_and_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_bytes(b"id,amount\n1,2\n")
    assert read_log([str(tmp_path)]).skipped_files == [str(tmp_path / "sales.csv")]


# --- Parquet ----------------------------------------------------------------------------------------------


def test_parquet_holds_times_and_numbers_as_what_they_are(read: Read) -> None:
    from datetime import UTC, datetime

    record = {
        **row(1, **TRACKS, amount=3, paid=True),
        "original_timestamp": datetime(2026, 1, 5, 10, 0, 1, 123000, tzinfo=UTC),
        "timestamp": datetime(2026, 1, 5, 10, 0, 1),  # noqa: DTZ001 - as a column without a zone has it
    }
    log = read(parquet(record, {**record, "id": "m2", "amount": None}), "any.parquet")
    first, second = log.events
    assert (first.t, first.line, first.properties) == (1767607201123, 1, {"amount": 3, "paid": True})
    assert (second.line, second.properties) == (2, {"paid": True})


def test_parquet_of_a_posthog_export_is_posthogs(read: Read) -> None:
    record = {
        "uuid": "p1", "event": "Paid", "distinct_id": "u1", "timestamp": "2026-01-05 10:00:00",
        "properties": '{"$lib": "web", "$device_id": "d", "$is_identified": true}', "person_properties": "{}",
    }  # fmt: skip
    (event,) = read(parquet(record), "x").events
    assert (event.type, event.user_id, event.anonymous_id, event.library) == ("track", "u1", "d", "posthog-js")
    (event,) = read(table(record), "x.csv").events
    assert (event.user_id, event.line) == ("u1", 2)


def test_parquet_of_something_else_and_damaged_parquet_are_sentences(tmp_path: Path) -> None:
    (tmp_path / "sales").write_bytes(parquet({"amount": 3}))
    (tmp_path / "cut").write_bytes(parquet(row())[:-40])
    for name, said in (
        ("sales", "a Parquet file whose columns are no event table's"),
        ("cut", "a damaged Parquet file"),
    ):
        with pytest.raises(InputError, match=said):
            read_log([str(tmp_path / name)])
    assert len(read_log([str(tmp_path)]).skipped_files) == 2


def test_without_pyarrow_a_sentence_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "find_spec", lambda _: None)
    (tmp_path / "a.parquet").write_bytes(parquet(row()))
    with pytest.raises(InputError, match=r"a\.parquet: a Parquet file: pip install 'tracking-auditor\[columnar\]'"):
        read_log([str(tmp_path / "a.parquet")])
