"""Formats out: what is written means the same, and what the target has no place for is said."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from jsonschema import validators

from auditor.model.plan import PlannedEvent, properties
from auditor.plans import read
from auditor.plans.describing import kind, named
from auditor.plans.short import settled
from auditor.plans.writers import json_schema, markdown, segment
from tests.conftest import Cli
from tests.plans.conftest import PLANS, as_text, by_name, held, sample


def events(plan: dict[str, Any]) -> dict[str, Any]:
    return {name: [said[-3:-1] for said in versions] for name, versions in plan["events"].items()}


def without_draft(event: PlannedEvent) -> str:
    return as_text(settled({key: value for key, value in event.full.items() if key != "$schema"}))


@pytest.mark.parametrize("path", PLANS, ids=by_name)
def test_in_segments_json_every_event_has_the_same_schema(path: Path, write: Any) -> None:
    plan = read(path)
    again = read(write(segment.render(plan)[0]))
    assert again.format == "segment-v2"
    assert [event.key for event in again.events] == [event.key for event in plan.events]
    for before, after in zip(plan.events, again.events, strict=True):
        assert without_draft(after) == without_draft(before)
        assert after.draft == before.draft
        assert (after.version, after.description, after.labels) == (before.version, before.description, before.labels)


def test_a_plan_of_segments_own_loses_nothing_on_the_way_back(write: Any) -> None:
    path = sample("segment-v2.json")
    text, lost = segment.render(read(path))
    assert lost == []
    assert json.loads(text) == json.loads(path.read_text(encoding="utf-8"))
    flat = read(sample("segment-v2-flattened.json"))
    text, lost = segment.render(flat)
    assert lost == []
    assert events(held(read(write(text)))) == events(held(flat))


def test_what_segment_has_no_place_for_is_said() -> None:
    assert segment.render(read(sample("auditor.yml")))[1] == [
        'status (live) of "Signed Up"',
        'owners of "Signed Up"',
        'tags of "Signed Up"',
        "that unplanned events are forbid (Segment sets it per source)",
    ]
    lost = segment.render(read(sample("rudderstack-v0.1")))[1]
    assert any(line.startswith("that its schema follows another draft") for line in lost)
    assert "catalog of the plan" in lost


CALLS: list[tuple[dict[str, Any], bool]] = [
    ({"type": "track", "event": "Signed Up", "properties": {"plan": "pro"}}, True),
    ({"type": "track", "event": "Signed Up", "properties": {"plan": "gold"}}, False),
    ({"type": "track", "event": "Signed Up"}, False),
    ({"type": "page", "name": "Home", "properties": {"path": "/"}}, True),
    ({"type": "page", "name": "Home", "properties": {"path": 1}}, False),
    ({"type": "track", "event": "Home", "properties": {"path": 1}}, True),
    ({"type": "identify", "traits": {"email": "a@example.com"}}, True),
    ({"type": "identify", "traits": {}}, False),
    ({"type": "track", "event": "Signed Up", "properties": {"plan": "pro"}, "context": {"locale": 1}}, False),
    ({"type": "track", "event": "Order Completed", "properties": {"total": 1}}, True),
    ({"type": "track", "event": "Order Completed", "properties": {"total": 1},
      "context": {"protocols": {"event_version": 2}}}, False),
    ({"type": "track", "event": "Order Completed", "properties": {"total": 1, "currency": "EUR"},
      "context": {"protocols": {"event_version": "2"}}}, True),
    ({"type": "track", "event": "Order Completed", "properties": {},
      "context": {"protocols": {"event_version": 7}}}, False),
]  # fmt: skip


@pytest.mark.parametrize("name", ["auditor.yml", "segment-v2.json"])
@pytest.mark.parametrize(("call", "valid"), CALLS, ids=str)
def test_the_json_schema_of_a_plan_judges_recorded_calls(name: str, call: dict[str, Any], valid: bool) -> None:
    schema = json.loads(json_schema.render(read(sample(name)))[0])
    planned = call.get("event") != "Home" or name != "auditor.yml"  # this one forbids what it does not plan
    assert validators.validator_for(schema)(schema).is_valid(call) is (valid and planned)


@pytest.mark.parametrize("path", PLANS, ids=by_name)
def test_the_json_schema_of_every_sample_is_one(path: Path) -> None:
    schema = json.loads(json_schema.render(read(path))[0])
    judge = validators.validator_for(schema)
    judge.check_schema(schema)
    call = {"type": "track", "event": "Signed Up", "properties": {"plan": "gold"}}
    with pytest.raises(jsonschema.ValidationError):
        judge(schema).validate(call)
    judge(schema).validate(call | {"properties": {"plan": "free"}})


def test_custom_types_are_found_where_they_stand_in_the_json_schema() -> None:
    schema = json.loads(json_schema.render(read(sample("rudderstack-v1")))[0])
    order = {"type": "track", "event": "Order Completed", "properties": {"total": 1, "products": [{"sku": "a"}]}}
    judge = validators.validator_for(schema)(schema)
    assert judge.is_valid(order)
    order["properties"]["products"] = [{"quantity": 1}]  # type: ignore[index]
    assert not judge.is_valid(order)


def test_a_plan_as_a_page() -> None:
    text, lost = markdown.render(read(sample("auditor.yml")))
    assert lost == []
    assert text.splitlines()[:17] == [
        "# Kicks",
        "",
        "Events that are not planned are forbidden.",
        "",
        "## Track events",
        "",
        "### Signed Up",
        "",
        "A person made an account",
        "",
        "status: live; owners: growth; tags: funnel; labels: area: growth",
        "",
        "| Name | Type | Required | Constraints | Description |",
        "|---|---|---|---|---|",
        "| `plan` | string | yes | one of free, pro | The plan that was chosen |",
        "| `seats` | integer or null |  | at least 1 |  |",
        "",
    ]
    assert "| `products[].sku` | string | yes |  |  |" in text


def test_a_page_obeys_nobodys_marks(write: Any) -> None:
    text = "schema: auditor/tracking-plan/1\nname: '# <b>'\nevents:\n  'A | B':\n    properties: {'a|b`c': string}\n"
    page = markdown.render(read(write(text, "plan.yml")))[0]
    assert page.startswith("# \\# \\<b\\>\n")
    assert "### A \\| B" in page
    assert "| `a\\|bc` | string |" in page


def test_what_a_page_has_no_place_for_is_said() -> None:
    lost = markdown.render(read(sample("rudderstack-v1")))[1]
    assert 'allOf in properties of "Signed Up"' in lost


def test_types_in_words() -> None:
    [order] = [event for event in read(sample("segment-v2-bare.json")).events if event.version == "2"]
    words = {named(found): kind(found.schema) for found in properties(order)}
    assert words["products"] == "list of object"
    assert words["products[].sku"] == "string"
    assert kind(True) == "any"
    assert kind({"type": ["string", "null"]}) == "string or null"
    assert kind({"type": "string", "format": "date"}) == "date"


def test_the_command_writes_to_stdout_and_says_what_is_lost_on_stderr(cli: Cli, tmp_path: Path) -> None:
    done = cli("plan", "convert", sample("segment-v1.json"), "--to", "auditor")
    assert (done.returncode, done.stderr) == (0, "")
    (tmp_path / "plan.yml").write_text(done.stdout, encoding="utf-8")
    assert held(read(tmp_path / "plan.yml")) == held(read(sample("segment-v1.json")))
    done = cli("plan", "convert", tmp_path / "plan.yml", "--to", "segment")
    assert json.loads(done.stdout)["name"] == "Kicks"
    assert done.stderr.startswith("auditor: segment has no place for:\n  ")
    done = cli("plan", "convert", "-", "--to", "markdown", stdin=sample("avo.json").read_bytes())
    assert done.stdout.startswith("# Kicks: main\n")
    done = cli("plan", "convert", sample("avo.json"), "--to", "segmnt")
    assert (done.returncode, done.stdout) == (2, "")
    assert 'did you mean "segment"?' in done.stderr
