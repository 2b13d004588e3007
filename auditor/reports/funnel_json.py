"""`auditor funnel --format json`: one object, `auditor/funnel/1`, validated by `schemas/funnel-1.json`."""

from typing import Any

from auditor.model.funnel import Conversion, Example, Funnel, Loss, Signups, Step
from auditor.model.truth import Rate, Truth
from auditor.reports.json import event_members, indented, reject_members

SCHEMA = "auditor/funnel/1"


def render(funnel: Funnel) -> str:
    """The funnel as one JSON object, indented, with a newline at the end."""
    return indented(document(funnel))


def document(funnel: Funnel) -> dict[str, Any]:
    """The funnel as plain data."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "auditor", "version": funnel.version},
        "summary": {
            "inputs": len(funnel.files),
            "records": funnel.records,
            "events": funnel.events,
            "rejected": funnel.rejected,
            "skipped": funnel.skipped,
            "people": funnel.people,
            "uncertain": funnel.uncertain,
            "returning": funnel.returning,
        },
        "steps": [_step(step) for step in funnel.steps],
        "signups": _signups(funnel.signups),
        "losses": [_loss(loss, funnel.files) for loss in funnel.losses],
        "conversion": _conversion(funnel.conversion),
        "invariants": [
            {
                "name": one.name,
                "message": one.message,
                "people": one.people,
                "rule": one.rule,
                "examples": [_example(example, funnel.files) for example in one.examples],
            }
            for one in funnel.invariants
        ],
        "by": funnel.by,
        "groups": [
            {
                "value": group.value,
                "people": list(group.people),
                "signups": _signups(group.signups),
                "lost": group.lost,
                "conversion": _conversion(group.conversion),
            }
            for group in funnel.groups
        ],
        "names": dict(funnel.names),
        "similar": dict(funnel.similar),
        "truth": None if funnel.truth is None else _truth(funnel.truth),
        "rejects": reject_members(funnel.rejects),
        "notes": funnel.notes,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "name": step.name,
        "devices": step.devices,
        "people": step.people,
        "conversion": step.conversion,
        "of_first": step.of_first,
        "left": step.left,
        "skipped": step.skipped,
        "lost": step.lost,
        "median_ms": step.median,
        "p95_ms": step.p95,
        "optional": step.optional,
        "shown": step.shown,
        "reason": step.reason,
        "note": step.note,
    }


def _truth(truth: Truth) -> dict[str, Any]:
    return {
        "source": truth.source,
        "rows": truth.rows,
        "rejected": truth.rejected,
        "rejects": truth.rejects,
        "outside": truth.outside,
        "accounts": truth.accounts,
        "captured": truth.captured,
        "missing": truth.missing,
        "extra": truth.extra,
        "duplicate": truth.duplicate,
        "late": truth.late,
        "uncertain": truth.uncertain,
        "rate": _rate(truth.rate),
        "reliable_since": truth.reliable_since,
        "by_method": [_rate(rate) for rate in truth.by_method],
        "by_browser": [_rate(rate) for rate in truth.by_browser],
        "by_day": [_rate(rate) for rate in truth.by_day],
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        "value": rate.value,
        "accounts": rate.accounts,
        "captured": rate.captured,
        "rate": rate.rate,
        "low": rate.low,
        "high": rate.high,
    }


def _signups(signups: Signups) -> dict[str, Any]:
    return {
        "measured": signups.measured,
        "actual": signups.actual,
        "extra": signups.extra,
        "uncertain": signups.uncertain,
        "events": signups.events,
    }


def _loss(loss: Loss, files: list[str]) -> dict[str, Any]:
    return {
        "cause": loss.cause,
        "label": loss.label,
        "step": loss.step,
        "rule": loss.rule,
        "fix": loss.fix,
        "people": loss.people,
        "user_ids": list(loss.users),
        "counted": loss.counted,
        "proved": loss.proved,
        "examples": [_example(example, files) for example in loss.examples],
    }


def _example(example: Example, files: list[str]) -> dict[str, Any]:
    return {
        "key": {"name": example.key[0], "value": example.key[1]},
        "why": example.why,
        "events": [{"role": role, **event_members(event, files)} for role, event in example.events],
    }


def _conversion(conversion: Conversion) -> dict[str, Any]:
    return {
        "measured": conversion.measured,
        "corrected": conversion.corrected,
        "low": conversion.low,
        "high": conversion.high,
        "visitors_measured": conversion.visitors_measured,
        "visitors": conversion.visitors,
        "assumptions": list(conversion.assumptions),
    }
