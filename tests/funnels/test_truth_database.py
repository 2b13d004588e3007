"""Truth out of databases: SQLite, and a PostgreSQL server that is started for the test where there is one."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from auditor.funnels.truth_rows import truth_rows
from auditor.model.log import InputError
from auditor.model.truth import TruthSource

pytest.importorskip("sqlalchemy", reason="the extra truth is not installed")

QUERY = "SELECT id AS user_id, created_at, CASE WHEN oauth THEN 'oauth' ELSE 'a:b 100%' END AS method FROM users"
TEN = 1_767_607_200_000


def read(url: str, query: str | None = QUERY) -> list[tuple[str, int, str | None]]:
    refused: list[str] = []
    rows = list(truth_rows(TruthSource(url, query), lambda line, why: refused.append(f"{line}: {why}")))
    assert refused == []
    return [(row.user, row.created, row.method) for row in rows]


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE users (id INTEGER, created_at TEXT, oauth BOOLEAN)")
        rows = [(1, "2026-01-05 10:00:00", True), (2, "2026-01-05 10:00:01", False)]
        database.executemany("INSERT INTO users VALUES (?, ?, ?)", rows)
    database.close()
    return f"sqlite:///{path}"


def test_sqlite(sqlite: str) -> None:
    assert read(sqlite) == [("1", TEN, "oauth"), ("2", TEN + 1000, "a:b 100%")]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (None, "a database needs --truth-query"),
        ("SELECT 1 FROM absent", "no such table: absent"),
        ("SELECT id, 1 AS plan FROM users", "no column for a time of signup"),
    ],
)
def test_a_wrong_query_is_said_in_a_sentence(sqlite: str, query: str | None, said: str) -> None:
    with pytest.raises(InputError) as wrong:
        read(sqlite, query)
    assert said in str(wrong.value)
    assert "\n" not in str(wrong.value)


@pytest.mark.parametrize("url", ["nosuch://me:secret@host/x", "postgresql://me:secret@127.0.0.1:1/x"])
def test_a_database_that_cannot_be_reached_is_named_without_its_password(url: str) -> None:
    with pytest.raises(InputError) as wrong:
        read(url)
    assert "secret" not in str(wrong.value)


# --- PostgreSQL -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The URL of a server of this test's own, on a socket in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="auditor-pg-") as name:  # pytest's own folders are closed to other users
        yield from serve(Path(name))


def serve(folder: Path) -> Iterator[str]:
    """Start a server in a folder, fill a table, and stop the server in the end."""
    found = {name: shutil.which(name) for name in ("initdb", "pg_ctl", "psql")}
    absent = [name for name, place in found.items() if place is None]
    if absent:
        pytest.skip(f"there is no PostgreSQL server here: {', '.join(absent)} is not on PATH")
    pytest.importorskip("psycopg", reason="there is no driver for PostgreSQL")
    asked = {}
    if os.getuid() == 0:  # the server refuses to run as root
        import pwd

        try:
            owner = pwd.getpwnam("nobody")
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user nobody")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        asked = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}

    def run(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(found[name]), *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C"}, **asked,
        )  # fmt: skip

    made = run("initdb", "-D", str(folder / "data"), "-U", "auditor", "--auth=trust", "--no-sync")
    if made.returncode:
        pytest.skip(f"initdb does not work here: {made.stderr.strip()[-200:]}")
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    started = run("pg_ctl", "-D", str(folder / "data"), "-o", options, "-l", str(folder / "log"), "-w", "start")
    assert started.returncode == 0, (folder / "log").read_text()
    try:
        table = "CREATE TABLE users AS SELECT n AS id, timestamptz '2026-01-05 10:00:00+00' + n * interval '1 ms'"
        filled = run(
            "psql", "-h", str(folder), "-U", "auditor", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-c",
            f"{table} AS created_at, n % 2 = 0 AS oauth FROM generate_series(1, 25000) n",
        )  # fmt: skip
        assert filled.returncode == 0, filled.stderr
        yield f"postgresql://auditor@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "stop")


@pytest.mark.slow
@pytest.mark.xdist_group("postgres")
def test_a_real_postgresql_server(postgres: str) -> None:
    rows = read(postgres, f"{QUERY} ORDER BY id")
    assert len(rows) == 25_000
    assert rows[:2] == [("1", TEN + 1, "a:b 100%"), ("2", TEN + 2, "oauth")]
    assert read(postgres, "SELECT id::text AS user_id, created_at FROM users WHERE id = 7") == [("7", TEN + 7, None)]


@pytest.mark.slow
@pytest.mark.xdist_group("postgres")
def test_a_query_that_postgresql_refuses_is_said_in_a_sentence(postgres: str) -> None:
    with pytest.raises(InputError) as wrong:
        read(postgres, "SELECT id FROM absent")
    assert 'relation "absent" does not exist' in str(wrong.value)
