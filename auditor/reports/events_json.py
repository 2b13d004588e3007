"""`auditor events --format json`: one object, `auditor/events/1`, validated by `schemas/events-1.json`."""

from typing import Any

from auditor.model.inventory import Gap, Inventory, Named
from auditor.reports.json import indented, reject_members, timestamp

SCHEMA = "auditor/events/1"


def render(inventory: Inventory) -> str:
    """The inventory as one JSON object, indented, with a newline at the end."""
    return indented(document(inventory))


def document(inventory: Inventory) -> dict[str, Any]:
    """The inventory as plain data."""
    seen = bool(inventory.events)
    return {
        "schema": SCHEMA,
        "tool": {"name": "auditor", "version": inventory.version},
        "summary": {
            "inputs": len(inventory.files),
            "records": inventory.records,
            "events": inventory.events,
            "copies": inventory.copies,
            "rejected": inventory.rejected,
            "skipped": inventory.skipped,
            "first": timestamp(inventory.first) if seen else None,
            "last": timestamp(inventory.last) if seen else None,
            "devices": inventory.devices,
            "users": inventory.users,
            "persons": inventory.persons,
        },
        "calls": dict(inventory.calls),
        "events": [_named(named) for named in inventory.names],
        "pages": [{"path": path, "count": count} for path, count in inventory.pages],
        "senders": [
            {"side": sender.side, "library": sender.library, "version": sender.version, "count": sender.count}
            for sender in inventory.senders
        ],
        "sources": [{"write_key": key, "count": count} for key, count in inventory.sources],
        "roles": [
            {
                "role": found.role,
                "param": found.param,
                "default": found.default,
                "names": dict(found.names),
                "similar": dict(found.like),
            }
            for found in inventory.found
        ],
        "destinations": [{"name": name, "profiles": list(profiles)} for name, profiles in inventory.destinations],
        "gaps": [_gap(gap) for gap in inventory.gaps],
        "not_run": [{"rule": rule, "reason": reason} for rule, reason in inventory.off],
        "rejects": reject_members(inventory.rejects),
        "notes": inventory.notes,
    }


def _named(named: Named) -> dict[str, Any]:
    return {
        "name": named.name,
        "count": named.count,
        "first": timestamp(named.first),
        "last": timestamp(named.last),
        "sides": dict(named.sides),
        "params": list(named.roles),
        "reads_like": list(named.like),
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "lacks": gap.lacks,
        "silent": list(gap.silent),
        "less_sure": list(gap.unsure),
        "params": list(gap.params),
        "advice": gap.advice,
    }
