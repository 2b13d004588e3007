"""``fix_code``: what it says, that it parses, that its calls are those of its SDK, and who reads it."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from auditor.language.explain import explained
from auditor.language.loader import rules_folder
from auditor.language.snippets import fix_code_of
from auditor.model.sdk import BROWSER, FAMILIES, SERVER, SIDES, Snippet
from tests.conftest import DEFAULT_RULES, DEFAULTS
from tests.language.conftest import Pack, Problems, reload

NODE = shutil.which("node")
RULES = {rule.id: rule for rule in DEFAULT_RULES.rules}
HELD = fix_code_of(RULES)
ERRORS = sorted(
    rule.id for rule in RULES.values() if "error" in (rule.severity, *(kind.severity for kind in rule.kinds))
)
CODE = [(name, sdk, one.text) for name, held in HELD.items() for sdk, one in held.items() if one.is_code]
JAVASCRIPT = [(name, sdk, text) for name, sdk, text in CODE if sdk != "python"]
PYTHON = [(name, text) for name, sdk, text in CODE if sdk == "python"]
OBJECTS = {"analytics.js": "analytics", "rudderstack": "rudderanalytics", "posthog-js": "posthog", "node": "analytics"}
CALLS = {
    "analytics.js": {"identify", "track", "page", "group", "alias", "reset", "ready", "load", "user"},
    "rudderstack": {
        "identify", "track", "page", "group", "alias", "reset", "ready", "load", "getAnonymousId", "getUserId",
    },
    "posthog-js": {"identify", "capture", "group", "reset", "init", "get_distinct_id", "opt_in_capturing"},
    "node": {"identify", "track", "group", "alias", "flush", "on"},
}  # fmt: skip
PARAMETERS = {
    "identify": {"user_id", "traits", "anonymous_id"},
    "track": {"user_id", "event", "properties", "anonymous_id", "message_id", None},
    "group": {"user_id", "group_id", "traits"},
    "alias": {"previous_id", "user_id"},
    "flush": set(),
}


def file_of(name: str) -> str:
    (path,) = rules_folder().glob(f"*/{name}.yml")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ERRORS)
def test_a_rule_of_severity_error_has_code_for_each_sdk_or_says_why_not(name: str) -> None:
    assert HELD[name].keys() == set(FAMILIES)


def test_rules_about_identity_and_signup_have_code() -> None:
    with_code = {name for name, _, _ in CODE}
    lacking = {rule.id for rule in RULES.values() if rule.group in ("identity", "signup")} - with_code
    assert lacking == {"suspicious-user-id"}  # what to change is the id, or the configuration
    assert len(with_code) >= 50


@pytest.mark.parametrize("name", sorted(HELD))
def test_nothing_but_the_examples_comes_after_it(name: str) -> None:
    """What stands behind it in the file a check would not read."""
    members = re.findall(r"^(\w+):", file_of(name), re.MULTILINE)
    assert members[-2:] == ["fix_code", "examples"]


@pytest.mark.parametrize(("name", "sdk", "text"), CODE, ids=[f"{name}-{sdk}" for name, sdk, _ in CODE])
def test_code_fits_into_a_report(name: str, sdk: str, text: str) -> None:
    assert all(len(line) <= 92 for line in text.splitlines())
    assert len(text) < 1200
    assert "\t" not in text


def test_javascript_parses(tmp_path: Path) -> None:
    if NODE is None:
        pytest.skip("needs node, which is not installed")
    for name, sdk, text in JAVASCRIPT:
        lines = text.splitlines()
        imports = [line for line in lines if line.startswith("import ")]
        body = [line for line in lines if not line.startswith("import ")]
        wrapped = [*imports, "export default async function () {", *body, "}"]
        (tmp_path / f"{name}.{sdk}.mjs").write_text("\n".join(wrapped), encoding="utf-8")
    files = sorted(tmp_path.glob("*.mjs"))
    check = "for (const file of process.argv.slice(1)) { await import(file); }"  # parsed; nothing in them runs
    words = [NODE, "--input-type=module", "-e", check, *map(str, files)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert len(files) == len(JAVASCRIPT) > 150


@pytest.mark.parametrize(("name", "sdk", "text"), JAVASCRIPT, ids=[f"{name}-{sdk}" for name, sdk, _ in JAVASCRIPT])
def test_javascript_calls_what_its_sdk_has(name: str, sdk: str, text: str) -> None:
    code = "\n".join(line.partition("//")[0] if "://" not in line else line for line in text.splitlines())
    assert not {held for held in OBJECTS.values() if held != OBJECTS[sdk] and re.search(rf"\b{held}\.", code)}
    called = set(re.findall(rf"\b{OBJECTS[sdk]}\.(\w+)\(", code))
    assert called <= CALLS[sdk]
    assert called or name in ("pii-in-url", "missing-identity") or "new Analytics(" in code


@pytest.mark.parametrize(("name", "text"), PYTHON, ids=[name for name, _ in PYTHON])
def test_python_calls_what_its_sdk_has(name: str, text: str) -> None:
    calls = [
        (node.func.attr, node)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "analytics"
    ]
    assert calls or name == "rejected-by-collector"
    for called, node in calls:
        assert not node.args
        assert {keyword.arg for keyword in node.keywords} <= PARAMETERS[called]


def test_reset_of_rudderstack_is_said_to_be_of_the_anonymous_id_too() -> None:
    """Its reset() alone keeps the anonymousId (domain.md 3.2), so that the next user is the last one still."""
    resets = [(name, text) for name, sdk, text in CODE if sdk == "rudderstack" and ".reset(" in text]
    assert len(resets) > 5
    assert all(re.findall(r"\.reset\((\w*)\)", text) == ["true"] for _, text in resets)


def test_nobody_is_aliased_after_identify() -> None:
    for name, sdk, text in CODE:
        first = {call: text.find(f"{call}(") for call in (".alias", ".identify")}
        if first[".alias"] >= 0 and first[".identify"] >= 0:
            assert first[".alias"] < first[".identify"], (name, sdk)


# Who reads it ---------------------------------------------------------------------------------------------


def test_a_check_does_not_read_it() -> None:
    assert not any(rule.fix_code for rule in DEFAULT_RULES.rules)
    whole = {rule.id: rule.fix_code for rule in reload(DEFAULTS).rules}
    assert {name: held for name, held in whole.items() if held} == HELD


def test_the_page_of_a_rule_shows_it() -> None:
    rules = reload(DEFAULTS)
    page = explained(next(rule for rule in rules.rules if rule.id == "missing-reset-on-logout"), rules)
    assert "With posthog-js\n    // when the logout has succeeded, before the next page\n    posthog.capture(" in page
    assert "With Node.js, Python\n  What keeps the user is the browser's library" in page


def test_a_rule_of_ones_own_has_it_too(pack: Pack) -> None:
    rules = pack(flag="track", fix_code={"analytics.js": "analytics.page();\n", "server": {"none": "The page's."}})
    expected = {"analytics.js": Snippet("analytics.page();")} | dict.fromkeys(SERVER, Snippet("The page's.", False))
    assert fix_code_of({"ours", "identify-after-track"}, rules) == {
        "ours": expected,
        "identify-after-track": HELD["identify-after-track"],
    }
    assert fix_code_of({"ours"}) == {}


def test_a_word_for_a_side_stands_for_what_is_not_named(pack: Pack) -> None:
    rules = pack(flag="track", fix_code={"browser": "reset();", "posthog-js": "posthog.reset();"})
    held = fix_code_of({"ours"}, rules)["ours"]
    assert {sdk: one.text for sdk, one in held.items()} == dict.fromkeys(BROWSER, "reset();") | {
        "posthog-js": "posthog.reset();"
    }
    assert SIDES.keys() == {"browser", "server"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"analytics": "x"}, '"fix_code" has no key "analytics"'),
        ({"node": 3}, 'fix_code of node is code, or {none: "why there is none"}'),
        ({"node": "  "}, "fix_code of node is code"),
        ({"node": {"none": ""}}, "fix_code of node is code"),
        ({"node": {"reason": "x"}}, "fix_code of node is code"),
        ("x", '"fix_code" must be a map'),
    ],
)
def test_a_mistake_in_it_is_said_with_its_line(problems: Problems, given: object, said: str) -> None:
    (found,) = problems(flag="track", fix_code=given)
    assert said in found
    assert re.match(r"pack\.yml:\d+: ", found)
