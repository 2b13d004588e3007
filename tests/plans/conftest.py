"""Plans of our own in every format; they plan the same little shop."""

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.model.plan import Plan
from auditor.plans.short import settled

SAMPLES = Path(__file__).parent / "samples"
PLANS = sorted(SAMPLES.iterdir())


def by_name(path: Path) -> str:
    return path.name


def sample(name: str) -> Path:
    return SAMPLES / name


def as_text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def held(plan: Plan) -> dict[str, Any]:
    """All that a plan says, to be compared: without places, events by what they are, names that are required sorted."""
    events: dict[str, list[Any]] = {}
    for event in plan.events:
        said = (
            event.version,
            event.description,
            event.status,
            event.owners,
            event.tags,
            as_text(event.labels),
            event.draft,
            as_text(settled(event.schema)),
            as_text(settled(event.full)),
            as_text(event.extra),
        )
        events.setdefault(f"{event.type} {event.name!r}", []).append(said)
    return {
        "name": plan.name,
        "description": plan.description,
        "unplanned": plan.unplanned,
        "also_events": plan.also_events,
        "extra": as_text(plan.extra),
        "events": events,
    }


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Writes a plan's text, bytes or JSON into a file."""

    def put(content: Any, name: str = "plan.json") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return path

    return put
