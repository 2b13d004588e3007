"""Every format in: told by its content, with its exact events, and the same meaning as in the others."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from auditor.model.plan import FORMATS, Plan, PlanError, PlannedEvent, properties
from auditor.plans import read, reading
from auditor.plans.drafts import validator
from auditor.plans.formats import rudderstack_yaml
from auditor.plans.yaml_text import YamlText
from tests.plans.conftest import PLANS, SAMPLES, by_name, sample

EVENTS = {
    "auditor.yml": ("auditor", 3, 4),
    "avo.csv": ("avo-csv", 3, 3),
    "avo.json": ("avo-json", 3, 3),
    "rudderstack-api.json": ("rudderstack-json", 3, 3),
    "rudderstack-typer.json": ("rudderstack-json", 2, 2),
    "rudderstack-v0.1": ("rudderstack-yaml-v0.1", 3, 3),
    "rudderstack-v1": ("rudderstack-yaml-v1", 3, 3),
    "segment-v1.json": ("segment-v1", 2, 3),
    "segment-v2-bare.json": ("segment-v2", 2, 3),
    "segment-v2-flattened.json": ("segment-v2", 3, 4),
    "segment-v2-page.json": ("segment-v2", 2, 2),
    "segment-v2.json": ("segment-v2", 3, 4),
    "segment.csv": ("segment-csv", 2, 2),
}


def event(plan: Plan, name: str | None, call: str = "track", version: int = 0) -> PlannedEvent:
    return [one for one in plan.events if (one.type, one.name) == (call, name)][version]


def accepts(planned: PlannedEvent, **call: Any) -> bool:
    return bool(validator(planned.draft, planned.schema).is_valid({"type": planned.type, **call}))


@pytest.mark.parametrize("path", PLANS, ids=by_name)
def test_each_format_is_told_by_its_content_and_every_event_is_read(path: Path, tmp_path: Path) -> None:
    plan = read(path)
    versions = sum(len(held) for held in plan.distinct.values())
    assert (plan.format, len(plan.distinct), versions) == EVENTS[path.name]
    assert plan.invalid == ()
    if path.is_file():  # the name says nothing
        other = shutil.copy(path, tmp_path / "something")
        assert read(other).format == plan.format


def values(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    return json.loads(text) if path.suffix == ".json" else YamlText(text, path.name).data


@pytest.mark.parametrize("path", [path for path in PLANS if path.suffix in (".json", ".yml")], ids=by_name)
def test_each_format_knows_its_own_and_none_of_the_others(path: Path) -> None:
    data = values(path)
    assert [form.NAME for form in reading.VALUES if form.recognises(data)] == [EVENTS[path.name][0]]
    assert rudderstack_yaml.kind(data) is None


def test_rudderstacks_files_are_known_by_no_other_format() -> None:
    files = list(SAMPLES.rglob("*.yaml"))
    assert len(files) > 5
    for path in files:
        data = values(path)
        assert rudderstack_yaml.kind(data) is not None
        assert [form.NAME for form in reading.VALUES if form.recognises(data)] == []


def test_a_plan_without_events_is_a_plan(write: Any) -> None:
    assert read(write({"name": "New", "rules": []})).format == "segment-v2"
    assert read(write({"display_name": "New", "rules": {"events": []}})).format == "segment-v1"
    assert read(write("schema: auditor/tracking-plan/1\n", "plan.yml")).events == ()


def test_there_is_a_sample_of_every_format() -> None:
    assert {form for form, _, _ in EVENTS.values()} == set(FORMATS)
    assert {path.name for path in PLANS} == set(EVENTS)


@pytest.mark.parametrize("path", PLANS, ids=by_name)
def test_every_format_means_the_same(path: Path) -> None:
    plan = read(path)
    signed_up = event(plan, "Signed Up")
    assert signed_up.description == "A person made an account"
    said = {found.path: found for found in properties(signed_up)}
    assert said[("plan",)].required
    assert not said[("seats",)].required
    assert accepts(signed_up, properties={"plan": "pro", "seats": 3})
    assert not accepts(signed_up, properties={"plan": "gold", "seats": 3})
    assert not accepts(signed_up, properties={"seats": 3})
    assert not accepts(signed_up, properties={"plan": "pro", "seats": "three"})
    if path.name in ("rudderstack-typer.json",):
        return
    order = event(plan, "Order Completed")
    assert accepts(order, properties={"total": 9.5, "coupon": "SPRING"})
    assert not accepts(order, properties={"total": "9.5"})
    if path.name != "avo.csv":
        assert not accepts(order, properties={"total": 9, "coupon": "spring"})
        assert accepts(order, properties={"total": 9, "products": [{"sku": "a", "quantity": 1}]})
        assert not accepts(order, properties={"total": 9, "products": [{"quantity": 1}]})


@pytest.mark.parametrize("path", [path for path in PLANS if path.is_file()], ids=by_name)
def test_an_event_knows_where_it_stands(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    for planned in read(path).events:
        assert planned.place.file == str(path)
        assert planned.place.line is not None
        around = "\n".join(lines[max(planned.place.line - 15, 0) : planned.place.line + 60])
        assert planned.name is None or planned.name in around


@pytest.mark.parametrize(
    "name", ["segment-v1.json", "segment-v2.json", "segment-v2-flattened.json", "rudderstack-api.json",
             "rudderstack-typer.json", "rudderstack-v0.1", "auditor.yml", "segment.csv"],
)  # fmt: skip
def test_traits_of_identify_are_planned(name: str) -> None:
    identify = event(read(sample(name)), None, "identify")
    assert accepts(identify, traits={"email": "ada@example.com"})
    assert not accepts(identify, traits={})


def test_segment_plans_identify_as_traits_and_rudderstack_as_an_event() -> None:
    assert ("identify", None) not in read(sample("segment-v2.json")).distinct
    assert ("identify", None) in read(sample("rudderstack-api.json")).distinct


def test_pages_are_planned_by_name() -> None:
    for name in ("segment-v2.json", "rudderstack-v1", "avo.json", "auditor.yml"):
        assert ("page", "Home") in read(sample(name)).distinct


def test_the_common_schema_is_read_and_counts_as_no_event() -> None:
    for name in ("segment-v1.json", "segment-v2.json", "auditor.yml"):
        common = event(read(sample(name)), None, "common")
        assert accepts(common, context={"locale": "en"})
        assert not accepts(common, context={"locale": 5})


def test_versions_are_kept_in_the_order_of_the_plan() -> None:
    versions = read(sample("segment-v1.json")).distinct[("track", "Order Completed")]
    assert [one.version for one in versions] == ["1", "2"]


def test_what_is_said_beside_the_schema_is_read() -> None:
    assert event(read(sample("segment-v1.json")), "Signed Up").labels == {"area": "growth"}
    assert event(read(sample("segment-v2-flattened.json")), "Signed Up").labels == {"area": "growth"}
    assert event(read(sample("avo.json")), "Signed Up").tags == ("growth",)
    assert event(read(sample("avo.csv")), "Signed Up").tags == ("growth",)
    assert event(read(sample("segment.csv")), "Signed Up").labels == {"area": "growth"}
    ours = event(read(sample("auditor.yml")), "Signed Up")
    assert (ours.status, ours.owners, ours.tags) == ("live", ("growth",), ("funnel",))
    assert read(sample("auditor.yml")).unplanned.events == "forbid"


def test_a_deprecated_rule_is_deprecated(write: Any) -> None:
    plan = json.loads(sample("segment-v2.json").read_text(encoding="utf-8"))
    plan["rules"][0]["deprecatedAt"] = "2026-02-01T00:00:00.000Z"
    assert [one.status for one in read(write(plan)).events][:2] == ["deprecated", None]


# --- Segment ------------------------------------------------------------------------------------------------


def test_pages_of_one_answer_are_one_plan(write: Any) -> None:
    whole = json.loads(sample("segment-v2.json").read_text(encoding="utf-8"))["rules"]
    pages = [{"data": {"rules": part, "pagination": {"totalEntries": 6}}} for part in (whole[:4], whole[4:])]
    assert len(read(write(pages)).events) == 6
    for number, page in enumerate(pages):
        folder = write(page, f"pages/{number}.json").parent
    assert len(read(folder).events) == 6
    [note] = read(sample("segment-v2-page.json")).notes
    assert "4 more rules" in note


def test_a_flattened_property_may_be_called_properties(write: Any) -> None:
    schema = {"type": "object", "eventMetadata": {"name": "A"}, "properties": {"properties": {"type": "string"}}}
    [planned] = read(write({"rules": [{"key": "A", "type": "TRACK", "jsonSchema": schema}]})).events
    assert accepts(planned, properties={"properties": "x"})
    assert not accepts(planned, properties={"properties": 1})


def test_references_follow_a_schema_that_is_lifted(write: Any) -> None:
    schema = {
        "properties": {"a": {"$ref": "#/definitions/word"}, "b": {"properties": {"c": {"$ref": "#"}}}},
        "definitions": {"word": {"type": "string"}},
    }
    [planned] = read(write({"rules": [{"key": "A", "type": "TRACK", "jsonSchema": schema}]})).events
    assert accepts(planned, properties={"a": "x", "b": {"c": {"a": "y"}}})
    assert not accepts(planned, properties={"a": 1})
    assert not accepts(planned, properties={"b": {"c": {"a": 1}}})


def test_a_schema_of_the_whole_call_may_speak_of_more_than_its_properties(write: Any) -> None:
    schema = {"properties": {"userId": {"type": "string"}, "properties": {"properties": {"a": {"type": "string"}}}}}
    common = {"properties": {"userId": {"type": "string"}}, "required": ["userId"]}
    rules = [
        {"key": "A", "type": "TRACK", "jsonSchema": schema},
        {"key": None, "type": "COMMON", "jsonSchema": common},
    ]
    planned, shared = read(write({"rules": rules})).events
    assert accepts(planned, userId="u", properties={"a": "x"})
    assert not accepts(planned, userId=5)
    assert not accepts(planned, properties={"a": 1})
    assert not accepts(shared, properties={"userId": "u"})


def test_the_older_lists_of_traits_are_read(write: Any) -> None:
    traits = [{"name": "email", "rules": {"type": "string"}}, {"name": "age", "rules": {"type": "integer"}}]
    plan = read(write({"name": "x", "rules": {"events": [], "identify_traits": traits}}))
    [identify] = plan.events
    assert accepts(identify, traits={"email": "a", "age": 1})
    assert not accepts(identify, traits={"email": "a", "age": "old"})


def test_the_answer_of_the_config_api_is_unwrapped_if_it_holds_one_plan(write: Any) -> None:
    plan = json.loads(sample("segment-v1.json").read_text(encoding="utf-8"))
    assert read(write({"tracking_plan": plan})).name == "Kicks"
    assert read(write({"tracking_plans": [plan]})).name == "Kicks"
    with pytest.raises(PlanError, match=r"holds 2 tracking plans \(Kicks, Kicks\)"):
        read(write({"tracking_plans": [plan, plan]}))


# --- RudderStack --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rudderstack-v0.1", "rudderstack-v1"])
def test_variants_are_conditions(name: str) -> None:
    signed_up = event(read(sample(name)), "Signed Up")
    assert accepts(signed_up, properties={"plan": "free"})
    assert not accepts(signed_up, properties={"plan": "pro"})
    assert accepts(signed_up, properties={"plan": "free", "coupon": "ABC"})
    assert not accepts(signed_up, properties={"plan": "pro", "seats": 1, "coupon": "ABC"})
    assert not accepts(signed_up, properties={"plan": "free", "unknown": 1})


def test_a_rule_of_v1_forbids_what_is_not_planned_unless_it_allows_it() -> None:
    plan = read(sample("rudderstack-v1"))
    assert not accepts(event(plan, "Order Completed"), properties={"total": 1, "other": 2})
    assert accepts(event(plan, "Home", "page"), properties={"other": 2})


@pytest.mark.parametrize("name", ["rudderstack-v0.1", "rudderstack-v1"])
def test_the_file_of_the_plan_finds_its_catalog(name: str) -> None:
    plan = read(sample(name) / "plan.yaml")
    assert len(plan.distinct) == 3
    assert plan.invalid == ()


def test_the_catalog_may_lie_in_a_folder_beside_the_plans(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES / "rudderstack-v1" / "catalog", tmp_path / "catalog")
    (tmp_path / "plans").mkdir()
    shutil.copy(SAMPLES / "rudderstack-v1" / "plan.yaml", tmp_path / "plans")
    assert len(read(tmp_path / "plans" / "plan.yaml").distinct) == 3


def test_what_leads_nowhere_is_named_in_its_file(tmp_path: Path) -> None:
    folder = shutil.copytree(SAMPLES / "rudderstack-v1", tmp_path / "project")
    file = folder / "catalog" / "properties.yaml"
    text = file.read_text(encoding="utf-8").replace("#custom-type:product", "#custom-type:nothing")
    file.write_text(text.replace("id: total,", "id: sum,").replace("minimum: 1", "minimum: one"), encoding="utf-8")
    plan = read(folder)
    assert len(plan.distinct) == 3
    assert {(Path(part.file).name, part.pointer) for part in plan.invalid} == {
        ("plan.yaml", "/spec/rules/1/properties/0"),
        ("properties.yaml", "/spec/properties/6/item_type"),
        ("properties.yaml", "/spec/properties/1/config/minimum"),
    }


def test_a_rule_may_include_the_rules_of_another_plan(tmp_path: Path) -> None:
    folder = shutil.copytree(SAMPLES / "rudderstack-v0.1", tmp_path / "project")
    more = {
        "version": "rudder/v0.1", "kind": "tp", "metadata": {"name": "more"},
        "spec": {"id": "more", "display_name": "More", "rules": [
            {"type": "event_rule", "id": "all", "includes": {"$ref": "#/tp/kicks/event_rule/*"}},
            {"type": "event_rule", "id": "none", "includes": {"$ref": "#/tp/other/event_rule/*"}},
        ]},
    }  # fmt: skip
    (folder / "more.yaml").write_text(json.dumps(more), encoding="utf-8")
    with pytest.raises(PlanError, match=r"holds 2 tracking plans of RudderStack: .*more\.yaml, .*plan\.yaml"):
        read(folder)
    plan = read(folder / "more.yaml")
    assert len(plan.distinct) == 3
    assert [part.pointer for part in plan.invalid] == ["/spec/rules/1/includes"]


# --- Avo ----------------------------------------------------------------------------------------------------


def test_what_avo_says_of_its_own_envelope_constrains_no_call() -> None:
    signed_up = event(read(sample("avo.json")), "Signed Up")
    assert accepts(signed_up, event="Signed Up", properties={"plan": "pro"})
    assert signed_up.extra["rules"]["properties"]["name"] == {"type": "string", "enum": ["Signed Up"]}


# --- CSV ----------------------------------------------------------------------------------------------------


def test_a_table_may_be_separated_otherwise_and_its_words_may_differ(write: Any) -> None:
    text = "Event\tProperty\tData Type\tStatus\nA\tname\tString\tRequired\nA\tnames\tstring[]\tOptional\n"
    [planned] = read(write(text, "x.txt")).events
    assert accepts(planned, properties={"name": "x", "names": ["y"]})
    assert not accepts(planned, properties={"names": ["y"]})
    assert not accepts(planned, properties={"name": "x", "names": [1]})


def test_cells_that_mean_nothing_are_named_by_row_and_column(write: Any) -> None:
    text = (
        "Event Name,Property Name,Property Type,Required,Allowed Property Values\n"
        ",lost,string,,\nA,x,strng,true,\nA,x,string,,\nA,y,string,,[(\n"
    )
    plan = read(write(text, "x.csv"))
    assert [(part.line, part.pointer) for part in plan.invalid] == [
        (2, "/0"), (4, "/2/Property Name"), (3, "/1/Property Type"), (5, "/3/Allowed Property Values"),
    ]  # fmt: skip
    assert len(plan.distinct) == 1
