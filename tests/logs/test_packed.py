"""Zip and zstd: what is in them is read like files."""

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from auditor.logs import packing
from auditor.logs.reader import read_log
from auditor.model.log import InputError, Log
from tests.logs.made import accounted, call, encoded, lines, names

Read = Callable[..., Log]
PLAIN = lines(*map(call, range(2000)))


def zipped(members: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return held.getvalue()


def test_the_members_of_a_zip_are_read_like_files_and_cited_by_their_names(tmp_path: Path) -> None:
    data = zipped(
        {
            "day/a.jsonl": lines(call(1), b"x"),
            "day/b.json.gz": gzip.compress(lines(call(2), call(2))),
            "day/c.json": encoded([call(3), call(4)]),
            "README.txt": b"What this is.\n",
            "__MACOSX/._a.jsonl": lines(call(9)),
            "day/.hidden": lines(call(9)),
            "empty/": b"",
        }
    )
    file = tmp_path / "export.zip"
    file.write_bytes(data)
    log = accounted(read_log([str(file)]))
    assert names(log) == ["Event 1", "Event 2", "Event 3", "Event 4"]
    assert log.files == [f"{file}/day/a.jsonl", f"{file}/day/b.json.gz", f"{file}/day/c.json"]
    assert log.skipped_files == [f"{file}/README.txt"]
    assert [(reject.file, reject.line) for reject in log.rejects] == [(f"{file}/day/a.jsonl", 2)]
    assert {log.files[event.file]: event.line for event in log.events}[f"{file}/day/a.jsonl"] == 1
    assert list(log.copies) == ["m2"]


def test_a_zip_says_the_same_as_its_members(read: Read) -> None:
    half = len(PLAIN) // 2
    cut = PLAIN.index(b"\n", half) + 1
    log = read(zipped({"a": PLAIN[:cut], "b": gzip.compress(PLAIN[cut:])}))
    assert names(log) == names(read(PLAIN))


def test_a_damaged_zip_is_a_sentence_or_a_reject_but_never_silent(tmp_path: Path) -> None:
    (tmp_path / "cut.zip").write_bytes(zipped({"a.jsonl": PLAIN})[:-30])
    (tmp_path / "good.jsonl").write_bytes(lines(call(1)))
    with pytest.raises(InputError, match=r"cut\.zip: a zip archive that is damaged or cut off"):
        read_log([str(tmp_path / "cut.zip")])
    log = accounted(read_log([str(tmp_path)]))
    assert (len(log.events), log.rejected) == (1, 1)
    assert log.rejects[0].reason.startswith("a zip archive that is damaged or cut off")


def test_a_damaged_member_gives_what_comes_before_the_damage(tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.jsonl", PLAIN)
    data = held.getvalue().replace(b"Event 1999", b"Event XXXX")
    (tmp_path / "log.zip").write_bytes(data)
    log = accounted(read_log([str(tmp_path / "log.zip")]))
    assert log.rejected == 1
    assert "zip archive is damaged from here on" in log.rejects[0].reason
    assert len(log.events) > 1000


def test_an_encrypted_member_and_a_zip_in_a_zip_are_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / "log.zip"
    file.write_bytes(zipped({"inner.zip": zipped({"a": PLAIN}), "a.jsonl": lines(call(1))}))
    log = accounted(read_log([str(file)]))
    assert (len(log.events), log.skipped_files) == (1, [f"{file}/inner.zip"])
    data = bytearray(zipped({"a.jsonl": PLAIN}))
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(magic) + at] |= 1
    file.write_bytes(data)
    with pytest.raises(InputError, match=r"log\.zip/a\.jsonl: cannot be unpacked .*encrypted"):
        read_log([str(file)])


def test_zstd_is_told_from_the_content_and_read_to_its_end(read: Read) -> None:
    packed = zstandard.compress(PLAIN)
    assert len(read(packed, "log.json").events) == 2000
    cut = len(PLAIN) // 3
    two = zstandard.compress(PLAIN[:cut]) + zstandard.compress(PLAIN[cut:])
    assert len(read(two).events) == 2000


def test_a_truncated_zstd_archive_gives_its_good_part_and_one_reject(read: Read) -> None:
    packed = b"".join(zstandard.compress(PLAIN[at : at + 5000]) for at in range(0, len(PLAIN), 5000))
    log = read(packed[:-200])
    assert len(log.events) > 1000
    assert [reject.reason for reject in log.rejects] == ["the zstd archive ends early: the file is cut off"]
    damaged = read(packed[: len(packed) // 2] + bytes(200) + packed[len(packed) // 2 :])
    assert "zstd archive is damaged from here on" in damaged.rejects[-1].reason


def test_without_the_package_zstd_is_a_sentence_that_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "find_spec", lambda _: None)
    (tmp_path / "a.zst").write_bytes(zstandard.compress(PLAIN))
    with pytest.raises(InputError, match=r"a\.zst: packed with zstd: pip install 'tracking-auditor\[zstd\]'"):
        read_log([str(tmp_path / "a.zst")])
    assert read_log([str(tmp_path)]).skipped_files == [str(tmp_path / "a.zst")]
