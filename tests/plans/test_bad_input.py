"""What is no plan gets a sentence that names the file and says what to do; nothing ends in a traceback."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from auditor.model.plan import PlanError
from auditor.plans import read
from tests.conftest import SAMPLE_LOGS, Cli
from tests.plans.conftest import PLANS, by_name, sample

CALL = {"type": "track", "event": "A", "userId": "u", "messageId": "m", "timestamp": "2026-01-05T10:00:00Z"}

BAD: list[tuple[str, Any, str]] = [
    ("empty", b"", "empty"),
    ("blank", b" \n\t\n", "empty"),
    ("binary", bytes(range(256)), "binary data"),
    ("gzip", gzip.compress(b"{}"), "packed with gzip"),
    ("zip", b"PK\x03\x04rest", "a zip archive or a spreadsheet"),
    ("UTF-16", '{"a": 1}'.encode("utf-16"), "UTF-16"),
    ("Latin-1", b'{\n"a": "caf\xe9"}', r"not UTF-8 text \(line 2\)"),
    ("cut off", b'{"rules": [{"key": "A"', "the file ends in the middle"),
    ("broken", b'{"rules": [}', r"plan\.json:1: not valid JSON"),
    ("twice", b'{"name": "a",\n "rules": [], "name": "b"}', r'plan\.json:2: the key "name" stands twice'),
    ("twice inside", b'[\n{"a": {"b": 1,\n\n"b": 2}}]', r'plan\.json:4: the key "b" stands twice'),
    ("twice in YAML", b"schema: auditor/tracking-plan/1\nname: a\nname: b\n", r'plan\.json:3: the key "name" stands'),
    ("deep", b'{"rules": ' + b"[" * 100_000, "nested too deeply"),
    ("deep enough", b'{"rules": ' + b"[" * 300 + b"]" * 300 + b"}", "nested deeper than 150 levels"),
    ("deep YAML", b"a: " + b"[" * 20_000, "nested too deeply|not valid YAML"),
    ("bomb", b"a: &a [x]\n" + b"".join(b"b%d: [*a, *a]\n" % n for n in range(20)), "references to YAML anchors"),
    ("half", b'{"name": "\\ud800", "rules": []}', "half of a character"),
    ("huge number", b'{"name": ' + b"9" * 5000 + b"}", "not valid JSON"),
    ("NaN", b'{"name": NaN}', "NaN is no JSON number"),
    ("infinite", b'{"name": 1e999}', "a number that JSON does not have"),
    ("infinite YAML", b"schema: auditor/tracking-plan/1\nextra: {a: .nan}", "a number that JSON does not have"),
    ("text", b"a plan, one day", "no tracking plan that Auditor knows"),
    ("number", b"5", "no tracking plan that Auditor knows"),
    ("list", b"[]", "no tracking plan that Auditor knows"),
    ("other JSON", b'{"compilerOptions": {}}', "no tracking plan that Auditor knows"),
    ("JSON Schema", b'{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}', "a JSON Schema"),
    ("head", b'{"data": {"trackingPlan": {"id": "tp_1", "name": "Kicks"}}}', "without its rules"),
    ("a call", json.dumps(CALL).encode(), "a log of recorded events"),
    ("a log", b"\n".join(json.dumps(CALL).encode() for _ in range(3)), "a log of recorded events"),
    ("a batch", json.dumps({"batch": [CALL]}).encode(), "a log of recorded events"),
    ("a HAR", b'{"log": {"version": "1.2", "entries": []}}', "a log of recorded events"),
    ("broken CSV", b'Event Name,Property Name\n"A,b\n', "not valid CSV"),
    ("wide CSV", b"Event Name,Property Name\nA,b,c\n", r"plan\.json:2: 3 cells under 2 columns"),
    ("two columns", b"Event Name,Property Name,Event Name\n", 'the column "Event Name" stands twice'),
    ("avo.json", b'{"avo": {"version": "1"}, "schema": {"id": "x"}, "branch": {"id": "y"}}', "points to a .* in Avo"),
    ("ampli.json", b'{"WorkspaceId": "w", "SourceId": "s", "Branch": "main"}', "points to a tracking plan in Ampl"),
    ("typewriter.yml", b"client: {sdk: web}\ntrackingPlans:\n- {id: rs_1, path: ./a}\n", "configuration of Typewr"),
    ("catalog", b"version: rudder/v1\nkind: events\nspec: {events: []}\n", "not its tracking plan"),
]


@pytest.mark.parametrize(("content", "said"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_is_no_plan_gets_a_sentence(content: bytes, said: str, write: Any) -> None:
    with pytest.raises(PlanError, match=said) as caught:
        read(write(content))
    assert "plan.json" in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("log", SAMPLE_LOGS, ids=by_name)
def test_a_log_in_place_of_a_plan_is_told(log: Path) -> None:
    with pytest.raises(PlanError):
        read(log)


@pytest.mark.parametrize("path", [path for path in PLANS if path.suffix == ".json"], ids=by_name)
def test_a_plan_that_was_cut_off_is_no_plan(path: Path, write: Any) -> None:
    content = path.read_bytes().rstrip()
    for share in range(1, 20):
        with pytest.raises(PlanError, match="cut off"):
            read(write(content[: len(content) * share // 20]))


@pytest.mark.parametrize("path", [path for path in PLANS if path.suffix == ".json"], ids=by_name)
def test_no_value_of_another_kind_anywhere_in_a_plan_ends_in_a_traceback(path: Path, write: Any) -> None:
    """Every value of a plan replaced by one of another kind: it is read, or refused with a sentence."""
    content = json.loads(path.read_text(encoding="utf-8"))
    for place in places(content):
        for other in (None, 5, "x", [], {}, [None], True):
            try:
                read(write(replaced(content, place, other)))
            except PlanError:
                continue


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(min(len(value), 2)):
            found += places(value[key], (*path, key))
    return found


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(copy[path[0]], path[1:], new)
    return copy


def test_what_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="cannot be read"):
        read(tmp_path / "absent.json")


def test_a_folder_without_a_plan_and_one_with_two(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="holds no tracking plan"):
        read(tmp_path)
    for name in ("segment-v1.json", "avo.json"):
        (tmp_path / name).write_bytes(sample(name).read_bytes())
        assert name in str(tmp_path / name)
    with pytest.raises(PlanError, match=r"holds 2 tracking plans: .*avo\.json \(Kicks: main\), .*segment-v1\.json"):
        read(tmp_path)
    (tmp_path / "avo.json").unlink()
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    assert read(tmp_path).format == "segment-v1"


def test_the_configuration_of_typewriter_leads_to_the_plan_that_it_saved(write: Any) -> None:
    write(sample("segment-v1.json").read_bytes(), "src/analytics/plan.json")
    config = write("client: {sdk: web}\ntrackingPlans:\n- {id: rs_1, path: ./src/analytics}\n", "typewriter.yml")
    with pytest.raises(PlanError, match=r"give one that it saved: .*src/analytics/plan\.json"):
        read(config)


def test_the_command_says_it_on_stderr_with_exit_code_2(write: Any, cli: Cli) -> None:
    path = write(b'{"rules": [')
    for command in (("show", path), ("convert", path, "--to", "auditor")):
        done = cli("plan", *command)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == f"auditor: {path}:1: not valid JSON: the file ends in the middle; was it cut off?\n"
