"""`auditor identities --format json`: `auditor/identities/1`, validated by `schemas/identities-1.json`."""

from typing import Any

from auditor.model.identities import Identified, Identities, Replay, Worth
from auditor.reports.json import indented, reject_members

SCHEMA = "auditor/identities/1"


def render(identified: Identified) -> str:
    """One JSON object for one destination, an array of them for several; indented, with a newline at the end."""
    documents: Any = [document(one, identified) for one in identified.found]
    return indented(documents[0] if len(documents) == 1 else documents)


def document(one: Identities, of: Identified) -> dict[str, Any]:
    """What one destination makes of a log, as plain data."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "auditor", "version": of.version},
        "summary": {
            "inputs": len(of.files),
            "records": of.records,
            "events": of.events,
            "rejected": of.rejected,
            "skipped": of.skipped,
        },
        "destination": one.destination,
        "title": one.title,
        "named_by": of.named_by,
        "order": "received" if of.by_arrival else "corrected",
        **_numbers(one.replay),
        **_details(one.replay),
        "fix": None if one.worth is None else _worth(one.worth),
        "findings": dict(one.findings),
        "doubts": list(one.doubts),
        "rejects": reject_members(of.rejects),
        "notes": list(of.notes),
    }


def _numbers(replay: Replay) -> dict[str, Any]:
    return {
        "profiles": replay.profiles,
        "people": replay.people,
        "replayed_events": replay.events,
        "orphaned_events": replay.orphaned,
        "uncertain_events": replay.uncertain,
        "unstored_events": replay.unstored,
        "split_people": len(replay.splits),
        "merged_people": replay.merged_people,
        "refused": [{"reason": one.reason, "count": one.count, "words": one.words} for one in replay.refused],
    }


def _details(replay: Replay) -> dict[str, Any]:
    return {
        "events_per_profile": [{"events": size, "profiles": count} for size, count in replay.sizes.items()],
        "split": [
            {
                "user_id": split.name if split.known else None,
                "anonymous_id": None if split.known else split.name,
                "profiles": list(split.profiles),
                "events": split.events,
                "events_elsewhere": split.elsewhere,
                "orphaned_events": split.orphaned,
                "rules": list(split.rules),
                "refused": list(split.refused),
                "anonymous_id_kept": split.kept,
            }
            for split in replay.splits
        ],
        "merged": [
            {
                "profile": merged.profile,
                "user_ids": [name for name, known in merged.people if known],
                "anonymous_ids": [name for name, known in merged.people if not known],
                "events": merged.events,
                "placeholder": merged.placeholder,
                "rules": list(merged.rules),
                "anonymous_id_kept": merged.kept,
            }
            for merged in replay.merges
        ],
    }


def _worth(worth: Worth) -> dict[str, Any]:
    return {
        "rule": worth.rule,
        "findings": worth.findings,
        "mended": worth.mended,
        "unmended": [{"reason": reason, "count": count} for reason, count in worth.unmended],
        "reason": worth.reason,
        "people_restored": worth.restored,
        "signups_restored": worth.signups,
        "events_restored": worth.events,
        "before": _numbers(worth.before),
    }
