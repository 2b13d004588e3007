"""Which files are read, and how they are unpacked."""

import gzip
import io
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from auditor.logs.inputs import sources_of
from auditor.logs.reader import read_log
from auditor.model.log import InputError, Log
from tests.logs.made import accounted, call, encoded, lines, names

Read = Callable[..., Log]
ONE, TWO, THREE = call(1), call(2), call(3)


def labels(*inputs: object) -> list[str]:
    return [Path(source.label).name for source in sources_of([str(given) for given in inputs])]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "logs" / "deep" / ".hidden").mkdir(parents=True)
    (tmp_path / "logs" / "b.jsonl").write_bytes(lines(ONE))
    (tmp_path / "logs" / "deep" / "a.gz").write_bytes(gzip.compress(lines(TWO)))
    (tmp_path / "logs" / ".secret.jsonl").write_bytes(lines(THREE))
    (tmp_path / "logs" / "deep" / ".hidden" / "c.jsonl").write_bytes(lines(THREE))
    return tmp_path / "logs"


def test_a_folder_is_read_with_its_subfolders_and_without_hidden_files(folder: Path) -> None:
    assert labels(folder) == ["b.jsonl", "a.gz"]
    assert names(accounted(read_log([str(folder)]))) == ["Event 1", "Event 2"]


def test_a_file_is_read_once_however_often_and_by_whatever_path_it_is_named(folder: Path) -> None:
    file = folder / "b.jsonl"
    (folder / "deep" / "symbolic").symlink_to(file)
    os.link(file, folder / "deep" / "hard")
    assert labels(file, file, folder, folder / "deep" / ".." / "b.jsonl", f"{folder}/*.jsonl") == ["b.jsonl", "a.gz"]
    assert names(read_log([str(file), str(folder)])) == ["Event 1", "Event 2"]


def test_a_file_that_is_met_in_a_folder_and_named_as_well_must_be_a_log(folder: Path) -> None:
    (folder / "image").write_bytes(bytes(100))
    assert read_log([str(folder)]).skipped_files == [str(folder / "image")]
    with pytest.raises(InputError, match="binary data"):
        read_log([str(folder), str(folder / "image")])


def test_links_that_go_in_a_circle_end(folder: Path) -> None:
    (folder / "deep" / "round").symlink_to(folder)
    (folder / "self").symlink_to(folder / "self")
    (folder / "nowhere").symlink_to(folder / "gone")
    outside = folder.parent / "outside"
    outside.mkdir()
    (outside / "linked.jsonl").write_bytes(lines(THREE))
    (folder / "link").symlink_to(outside)
    assert sorted(labels(folder)) == ["a.gz", "b.jsonl", "linked.jsonl"]
    assert sorted(labels(f"{folder}/*")) == ["a.gz", "b.jsonl", "linked.jsonl"]
    with pytest.raises(InputError, match="no such file"):
        sources_of([str(folder / "self")])


def test_a_glob_reads_what_it_matches(folder: Path) -> None:
    assert labels(f"{folder}/**/*.gz") == ["a.gz"]
    assert labels(f"{folder}/d*") == ["a.gz"]


@pytest.mark.parametrize("given", ["gone.jsonl", "*.gone", "gone/deep.jsonl", "x" * 5000, "nul\x00"])
def test_an_input_that_is_missing_is_said_to_be_and_nothing_is_read(folder: Path, given: str) -> None:
    with pytest.raises(InputError, match=r"no such file or folder; nothing was checked|cannot be opened"):
        sources_of([str(folder), str(folder / given)])


def test_all_missing_inputs_are_named_at_once() -> None:
    with pytest.raises(InputError, match=r"gone1, gone2: no such file or folder"):
        sources_of(["gone1", "gone2"])


def test_a_file_whose_name_looks_like_a_glob_is_a_file(folder: Path) -> None:
    (folder / "a[1].jsonl").write_bytes(lines(ONE))
    assert labels(folder / "a[1].jsonl") == ["a[1].jsonl"]


def test_a_folder_without_logs_gives_a_log_of_nothing(tmp_path: Path) -> None:
    assert accounted(read_log([str(tmp_path)])).records == 0


def test_what_cannot_be_opened_is_a_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests may run as root, whom no permission stops."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match=r"b\.jsonl: cannot be opened \(Permission denied\)"):
        read_log([str(folder / "b.jsonl")])
    with pytest.raises(InputError, match="cannot be opened"):
        read_log([str(folder)])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_entered_is_a_sentence(folder: Path) -> None:
    (folder / "deep").chmod(0)
    try:
        with pytest.raises(InputError, match=r"deep: cannot be opened \(Permission denied\)"):
            sources_of([str(folder)])
    finally:
        (folder / "deep").chmod(0o755)


def test_a_file_name_of_any_bytes_can_be_shown(tmp_path: Path) -> None:
    file = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.jsonl")
    Path(file).write_bytes(lines(ONE, b"x"))
    log = accounted(read_log([str(tmp_path)]))
    assert log.files[0].endswith("caf\ufffd.jsonl")
    assert log.files[0].encode()


# --- What a folder may hold -------------------------------------------------------------------------------

NO_LOGS = {
    "binary": bytes(range(256)) * 40,
    "README.md": b"# Logs\n\nSee [the page](x) and:\n\n    {type: track}\n",
    "label.yaml": b"expect:\n- category: x\n",
    "settings.ini": b"[section]\nkey = 1\n",
    "users.csv": b"id,created\nu1,2026\n",
    "page.html": b"<!doctype html>\n<p>{}</p>\n",
    "wide.txt": "{}".encode("utf-16"),
    "wide-too.txt": '{"type": 1}'.encode("utf-16-le"),
}


def test_files_without_events_in_a_folder_are_skipped_and_named(tmp_path: Path) -> None:
    for name, data in NO_LOGS.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "z.jsonl").write_bytes(lines(ONE))
    log = accounted(read_log([str(tmp_path)]))
    assert log.files == [str(tmp_path / "z.jsonl")]
    assert sorted(Path(name).name for name in log.skipped_files) == sorted(NO_LOGS)
    assert (log.records, len(log.events)) == (1, 1)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("binary", "binary data, not an event log"),
        ("wide.txt", "UTF-16 text: save it as UTF-8"),
        ("wide-too.txt", "UTF-16 text"),
    ],
)
def test_a_file_that_is_named_and_can_be_no_log_is_a_sentence(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / name).write_bytes(NO_LOGS[name])
    with pytest.raises(InputError) as refused:
        read_log([str(tmp_path / name)])
    assert str(refused.value).startswith(f"{tmp_path / name}: ")
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "head",
    [b"off in the middle of a line\n", b"\x00" * 3000 + b"\n", b"\n\n", b'{"type": "tra\n', b"[2026-01-05] start\n"],
    ids=["the rest of a line", "NULs", "blank lines", "half a record", "a line that only looks like an array"],
)  # fmt: skip
def test_a_log_in_a_folder_that_begins_with_damage_is_a_log(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "a.log").write_bytes(head + lines(*[ONE, TWO, THREE]))
    log = accounted(read_log([str(tmp_path)]))
    assert len(log.events) == 3
    assert log.rejected == bool(head.strip())


# --- Packed inputs and pipes ------------------------------------------------------------------------------

PLAIN = lines(*map(call, range(2000)))
PACKED = gzip.compress(PLAIN)


@pytest.mark.parametrize("name", ["log.gz", "log.json", "log"])
def test_gzip_is_told_from_the_content(read: Read, name: str) -> None:
    assert len(read(PACKED, name).events) == 2000
    assert len(read(PLAIN, name).events) == 2000


def test_an_archive_of_several_members_is_read_to_its_end(read: Read) -> None:
    cut = len(PLAIN) // 3
    log = read(gzip.compress(PLAIN[:cut]) + gzip.compress(b"") + gzip.compress(PLAIN[cut:]) + bytes(50))
    assert (len(log.events), log.rejected) == (2000, 0)


@pytest.mark.parametrize("keep", [2, 5, 12, 0.3, 0.7, -4, -8, -9])
def test_a_truncated_archive_gives_its_good_part_and_one_reject_that_says_so(read: Read, keep: float) -> None:
    size = int(len(PACKED) * keep) if isinstance(keep, float) else keep
    log = read(PACKED[:size])
    assert log.rejected == 1
    assert log.rejects[0].reason == "the gzip archive ends early: the file is cut off"
    assert log.rejects[0].line in (len(log.events) + 1, 2001)
    assert names(log) == [f"Event {number}" for number in range(len(log.events))]
    assert len(log.events) > (0 if keep in (2, 5, 12) else 300) or keep in (2, 5, 12)


def test_a_truncated_archive_of_an_array_gives_its_good_part_and_one_reject(read: Read) -> None:
    packed = gzip.compress(b"[" + b",\n".join(map(encoded, map(call, range(2000)))) + b"]")
    log = read(packed[: len(packed) * 2 // 3])
    assert len(log.events) > 300
    (reject,) = log.rejects
    assert reject.reason == "the gzip archive ends early: the file is cut off"


def test_an_archive_with_garbage_behind_it_gives_all_records_and_one_reject(read: Read) -> None:
    log = read(PACKED + b"garbage behind it")
    assert len(log.events) == 2000
    (reject,) = log.rejects
    assert reject.reason.startswith("the gzip archive is damaged from here on")


def test_a_damaged_archive_gives_what_comes_before_the_damage(read: Read) -> None:
    middle = len(PACKED) * 9 // 10
    log = read(PACKED[:middle] + bytes(100) + PACKED[middle + 100 :])
    assert log.rejected >= 1
    assert "gzip archive is damaged from here on" in log.rejects[-1].reason
    flipped = read(PACKED[:-8] + b"\x00\x00\x00\x00" + PACKED[-4:])
    assert (len(flipped.events), flipped.rejected) == (2000, 1)


@pytest.mark.parametrize("data", [PLAIN, PACKED], ids=["plain", "gzip"])
def test_stdin_is_read_and_read_again_for_copies(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    again = lines(call(3, event="Changed"))
    data += gzip.compress(again) if data is PACKED else again
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    log = accounted(read_log(["-", "-"]))
    assert (log.files, log.records, len(log.events)) == (["stdin"], 2001, 2000)
    assert log.copies["m3"].changed


def test_a_named_pipe_is_read_like_stdin(tmp_path: Path) -> None:
    """As a shell makes one for `auditor check <(zcat events.gz)`."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(lines(ONE, ONE, TWO)))
    writer.start()
    log = accounted(read_log([str(pipe)]))
    writer.join()
    assert (len(log.events), list(log.copies)) == (2, ["m1"])
