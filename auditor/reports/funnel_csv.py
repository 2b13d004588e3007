"""The CSV of `auditor funnel`: one row per step, loss, or value of what the funnel is split by.

One table for all, so that a spreadsheet needs one import: ``kind`` tells the rows apart, and what a kind does not have
is empty.
"""

import csv
import io
from typing import Any

from auditor.model.funnel import Conversion, Funnel, Signups

COLUMNS = (
    "kind", "name", "people", "devices", "conversion", "of_first", "left", "lost", "median_ms", "p95_ms",
    "rule", "measured", "actual", "extra", "uncertain", "visitors", "conversion_measured", "conversion_corrected",
    "conversion_low", "conversion_high",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(funnel: Funnel) -> str:
    """The funnel as CSV (RFC 4180, with a header)."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in _rows(funnel):
        writer.writerow({key: _plain(value) for key, value in row.items() if value is not None})
    return out.getvalue()


def _rows(funnel: Funnel) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {
            "kind": "step", "name": step.name, "people": step.people, "devices": step.devices,
            "conversion": step.conversion, "of_first": step.of_first, "left": step.left, "lost": step.lost,
            "median_ms": step.median, "p95_ms": step.p95,
        }
        for step in funnel.steps
    ]  # fmt: skip
    rows += [{"kind": "loss", "name": loss.cause, "people": loss.people, "rule": loss.rule} for loss in funnel.losses]
    rows.append({"kind": "signups", "name": "all", **_figures(funnel.signups, funnel.conversion)})
    rows += [
        {"kind": "group", "name": one.value, "lost": one.lost, **_figures(one.signups, one.conversion)}
        for one in funnel.groups
    ]
    if funnel.truth is not None:
        truth = funnel.truth
        kinds = (("method", truth.by_method), ("browser", truth.by_browser), ("day", truth.by_day))
        rows += [
            {
                "kind": f"truth by {kind}", "name": rate.value, "actual": rate.accounts, "measured": rate.captured,
                "conversion": rate.rate, "conversion_low": rate.low, "conversion_high": rate.high,
            }
            for kind, rates in (("all", (truth.rate,)), *kinds)
            for rate in rates
        ]  # fmt: skip
    return rows


def _figures(signups: Signups, conversion: Conversion) -> dict[str, Any]:
    return {
        "measured": signups.measured,
        "actual": signups.actual,
        "extra": signups.extra,
        "uncertain": signups.uncertain,
        "visitors": conversion.visitors,
        "conversion_measured": conversion.measured,
        "conversion_corrected": conversion.corrected,
        "conversion_low": conversion.low,
        "conversion_high": conversion.high,
    }


def _plain(value: Any) -> Any:
    """A value that no spreadsheet takes for a formula: names come from people's browsers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
