"""Real plans of other people, from beside the checkout: each loads whole, and survives our YAML."""

from pathlib import Path
from typing import Any

import pytest

from auditor.model.plan import PlannedEvent
from auditor.plans import read
from auditor.plans.short import settled
from auditor.plans.writers.own import render
from tests.plans.conftest import as_text, held

PLANS = {
    "segment/typewriter-v1-24.json": ("segment-v1", 24),
    "segment/typewriter-v2-flattened-25.json": ("segment-v2", 25),
    "segment/contentful-v1-104.json": ("segment-v1", 104),
    "rudderstack/v0.1": ("rudderstack-yaml-v0.1", 4),
    "rudderstack/v1": ("rudderstack-yaml-v1", 2),
    "rudderstack/api-v2.json": ("rudderstack-json", 4),
    "rudderstack/typer-v1.json": ("rudderstack-json", 5),
}


def place(shared: Path, name: str) -> Path:
    return shared / "fixtures" / "plans" / name


def test_no_plan_is_forgotten(shared: Path) -> None:
    folder = shared / "fixtures" / "plans"
    files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    assert {str(path.parent if path.suffix == ".yaml" else path) for path in files} == set(PLANS)


@pytest.mark.parametrize("name", PLANS)
def test_every_event_is_read_and_survives_our_yaml(name: str, shared: Path, write: Any) -> None:
    plan = read(place(shared, name))
    assert (plan.format, len(plan.distinct)) == PLANS[name]
    assert plan.invalid == ()
    text, lost = render(plan)
    assert lost == []
    again = read(write(text, "plan.yml"))
    assert held(again) == held(plan)
    assert len(again.distinct) == PLANS[name][1]


def test_the_schemas_of_a_catalog_are_those_that_rudderstack_makes_of_it(shared: Path) -> None:
    ours = {event.name: event for event in read(place(shared, "rudderstack/v0.1")).events}
    theirs = {event.name: event for event in read(place(shared, "rudderstack/api-v2.json")).events}
    assert ours.keys() == theirs.keys()
    for name, event in ours.items():
        assert as_text(plain(event)) == as_text(plain(theirs[name]))


def plain(event: PlannedEvent) -> Any:
    """A schema without annotations; one type for a list of one, no empty list of required names."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            kept = {key: walk(inner) for key, inner in value.items() if key not in ("description", "title")}
            if isinstance(kept.get("type"), list) and len(kept["type"]) == 1:
                kept["type"] = kept["type"][0]
            return {key: inner for key, inner in kept.items() if (key, inner) != ("required", [])}
        return [walk(inner) for inner in value] if isinstance(value, list) else value

    return walk(settled(event.full))
