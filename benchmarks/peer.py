"""The peer: hand-written SQL in DuckDB on the same file, what a capable user would write instead of using Auditor.

A process of its own, as `auditor check` is: ``python -m benchmarks.peer LOG`` reads the log, runs ``checks.sql`` on one
thread and prints the findings as one JSON object.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

import duckdb

SQL = Path(__file__).with_name("checks.sql")


def findings(log: str) -> dict[str, list[dict[str, Any]]]:
    """The findings of every check in ``checks.sql``, by its name."""
    connection = duckdb.connect(config={"threads": 1})
    found: dict[str, list[dict[str, Any]]] = {}
    for statement in SQL.read_text(encoding="utf-8").split(";\n"):
        if not statement.strip():
            continue
        result = connection.execute(statement, {"log": log} if "$log" in statement else None)
        check = re.search(r"^-- check: (\S+)$", statement, re.MULTILINE)
        if check:
            columns = [str(column[0]) for column in result.description]
            found[check[1]] = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
    return found


if __name__ == "__main__":
    json.dump(findings(sys.argv[1]), sys.stdout, default=str)
