"""The format ``jsonl``: one JSON object per line, for streams and ``jq``.

Each line says with ``record`` what it is: every ``finding`` (as in the format ``json``), every ``suppressed`` one, how
every ``rule`` fared, every located ``reject``, and last the ``summary``.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from auditor.model.finding import Report
from auditor.reports.json import SCHEMA, members
from auditor.reports.view import PLAIN_VIEW, View

_LISTS = {"findings": "finding", "suppressed": "suppressed", "rules": "rule", "rejects": "reject"}


def render(report: Report, _: View = PLAIN_VIEW) -> Iterator[str]:
    """The report, a record to a line."""
    held = members(report)
    lists: dict[str, Iterable[dict[str, Any]]] = {name: held.pop(name) for name in _LISTS}
    for name, items in lists.items():
        for item in items:
            yield _line({"record": _LISTS[name], **item})
    summary = held.pop("summary")
    held.pop("schema")
    yield _line({"record": "summary", "schema": SCHEMA, **held, **summary})


def _line(held: dict[str, Any]) -> str:
    return msgspec.json.encode(held).decode() + "\n"
