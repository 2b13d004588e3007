"""Hypothesis strategies: little logs full of collisions, and rules of every shape over them."""

import io
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st

from auditor.config.settings import Settings
from auditor.config.yaml_source import Document
from auditor.engine.checking import options_of
from auditor.engine.plan import Plan, make_plan
from auditor.language.compiler import Compiler
from auditor.language.loader import RuleSet
from auditor.language.predicates import Constant
from auditor.language.reading import Reading
from auditor.language.rule import Rule
from auditor.language.rule_reader import RuleReader
from auditor.logs.reader import read_sources
from auditor.logs.sources import Source
from auditor.timelines.timelines import Timelines

START = 1_767_607_200_000
DEFINES: dict[str, Any] = {
    "identify": {"type": "identify", "userId": {"exists": True}},
    "track": {"type": "track"},
    "signup": {"track": "A"},
    "client_signup": {"track": "A", "source": "client"},
    "call": {"type": ["track", "identify", "page", "alias"]},
    "reset": {"any": [{"type": "reset"}, {"after_reset": True}]},
    "placeholder": {"userId": "none"},
}
KEYS = ("lane", "device", "user", "person", "anonymousId", "page_load", "session")
SETTINGS = Settings()
ONLY = "random-rule"
T = TypeVar("T")


class Choices:
    """Choices read off bytes, one each: hypothesis draws the bytes at once, and shrinks them towards first choices."""

    def __init__(self, data: bytes) -> None:
        self._data = iter(data)

    def __call__(self, among: Sequence[T]) -> T:
        return among[next(self._data, 0) % len(among)]


# Logs -----------------------------------------------------------------------------------------------------

CLIENT, RUDDER, SERVER = "analytics.js", "RudderLabs JavaScript SDK", "analytics-python"
CALLS: list[dict[str, Any]] = [
    {"type": "track", "event": "A"},
    {"type": "track", "event": "A", "properties": {"p": 1}},
    {"type": "track", "event": "B", "properties": {"p": True}},
    {"type": "track", "event": "B", "properties": {"p": {"x": [1]}}},
    {"type": "identify", "userId": "u1"},
    {"type": "identify", "userId": "u2"},
    {"type": "page", "context": {"page": {"path": "/a", "url": "https://x.example/a"}}},
    {
        "type": "page",
        "context": {"page": {"path": "/b", "url": "https://x.example/b", "referrer": "https://x.example/a"}},
    },
    {"type": "reset"},
    {"type": "alias", "userId": "u1", "previousId": "a1"},
]
GAPS = [0, 0, 0, 0, 1, 7, 300, 600, 999, 1000, 1001, 2500, 10_000]


def log_of(choose: Choices) -> bytes:
    """A log as it stands in a file: single calls and batches, of two visitors, two users and a server."""
    sources = choose([[CLIENT], [CLIENT, CLIENT, SERVER], [CLIENT, RUDDER, SERVER], [RUDDER], [SERVER]])
    visitors = choose([["a1"], ["a1"], ["a1", "a2"], ["a1", "a2", None]])
    received = choose((False, True))
    clock = START
    rows: list[list[dict[str, Any]]] = []
    for number in range(3 + choose(range(5))):
        call, gap, library, visitor = choose(CALLS), choose(GAPS), choose(sources), choose(visitors)
        user, extra = choose([None, None, "u1", "u2"]), choose(range(4))
        clock += gap
        record: dict[str, Any] = {"userId": user, **call, "messageId": f"m{number}"}
        record["anonymousId"] = visitor or (None if record.get("userId") else "a2")
        if library == SERVER:
            record["anonymousId"] = None if record["userId"] and extra else "a1"
        context: dict[str, Any] = {**call.get("context", {}), "library": {"name": library}}
        if library == RUDDER:
            context["sessionId"] = 1 + extra // 2
        record |= {"context": context, "timestamp": iso(clock), "sentAt": iso(clock + (40 if extra == 1 else 0))}
        if received:
            record["receivedAt"] = iso(clock + [20, 20, 60, 1500][extra])
        if rows and extra in (2, 3) and gap <= 7:
            rows[-1].append(record)
        else:
            rows.insert(choose(range(len(rows) + 1)), [record])
    lines = [row[0] if len(row) == 1 else {"batch": row, "sentAt": row[0]["sentAt"]} for row in rows]
    return b"\n".join(msgspec.json.encode(line) for line in lines)


def iso(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds - START, 1000)
    return f"2026-01-05T10:{seconds // 60:02}:{seconds % 60:02}.{rest:03}Z"


# Rules ----------------------------------------------------------------------------------------------------

NAMES = ("identify", "track", "signup", "call", "reset")
PREDICATES: list[Any] = [
    "identify", "identify", "track", "signup", "call", "call",
    {"type": "page"}, ["identify", "reset"], {"source": "server"}, {"is": "call", "source": "client"},
    {"userId": {"exists": True}}, {"not": "track"}, {"is": "track", "properties.p": 1}, {"after_reset": False},
]  # fmt: skip
FLAGS: list[Any] = ["call", "call", "call", "track", "signup", "identify", {"type": "alias"}, {"source": "server"}]
SCOPES: list[Any] = ["reset", "reset", {"type": "page"}, "identify", {"track": "B"}]
COMPARED: list[Any] = ["userId", "userId", "event", "type", "source", "properties.p", "properties", "page_load",
                       ["userId", "event"], ["type", "anonymousId"]]  # fmt: skip
WITHIN = ["0ms", "1ms", "500ms", "1s", "1500ms", "3s", "20s"]
WHERE: list[Any] = [
    {"userId": "$.userId"}, {"timestamp": {"lt": "$.timestamp"}}, {"type": ["page", "track"]},
    {"any": [{"event": {"not": "$.event"}}, {"userId": None}]}, {"not": {"page_load": {"eq": "$.page_load"}}},
]  # fmt: skip
WORDS = ("within", "since", "until", "same", "differs", "where", "at_least")
SHAPES = ("before", "after", "around", "anywhere", "by", "received", "captured", "kinds", "once")


def clause_of(choose: Choices, shape: str, captured: list[str]) -> dict[str, Any]:
    """One clause: the shape asked for, with a few of the words that go with it."""
    position = shape if shape in SHAPES[:4] else choose(SHAPES[:4])
    if shape == "by":
        position = "anywhere"
    if shape == "received":
        position = choose(("before", "after"))
    clause: dict[str, Any] = {position: choose(PREDICATES)}
    words = {choose(WORDS) for _ in range(choose(range(4)))}
    if shape in ("by", "received"):
        words -= {"since", "until"}
        clause |= {"by": choose(KEYS)} if shape == "by" else {"received": True}
    if "within" in words:
        clause["within"] = choose(WITHIN)
    for word in ("since", "until"):
        if word in words:
            clause[word] = choose(SCOPES)
    for word in ("same", "differs"):
        if word in words:
            clause[word] = choose(COMPARED)
    if "at_least" in words:
        clause["at_least"] = choose((2, 3))
    if captured and choose((True, False)):
        clause["where"] = choose(
            [
                {"userId": f"${captured[-1]}.userId"},
                {"event": {"not": f"${captured[-1]}.event"}},
                {"timestamp": {"gt": f"${captured[-1]}.timestamp"}},
            ]
        )
    elif "where" in words:
        clause["where"] = choose(WHERE)
    if shape == "captured" or choose((False, True)):
        clause["as"] = f"c{len(captured)}"
        captured.append(clause["as"])
        clause["pick"] = choose(("nearest", "first", "last"))
    return clause


def conditions_of(choose: Choices, shape: str) -> dict[str, Any]:
    """``if``, ``if_any`` and ``unless``: one clause of the shape and up to two others."""
    shapes = [shape, *(choose(SHAPES[:6]) for _ in range(choose(range(3))))]
    if shape == "captured":
        shapes = [*shapes, choose(("before", "after", "around"))]
    held: dict[str, Any] = {}
    captured: list[str] = []
    for number, key in enumerate(sorted(choose(("if", "if_any", "unless")) for _ in shapes)):
        held.setdefault(key, []).append(clause_of(choose, shapes[number], captured))
    return held


def rule_of(choose: Choices, shape: str) -> dict[str, Any]:
    """A rule as its YAML would be read."""
    rule: dict[str, Any] = {
        "id": ONLY, "summary": "s", "severity": "error", "message": "m", "examples": [{"fail": []}, {}],
        "flag": choose(FLAGS),
        "by": choose((*KEYS, "lane", "user", "person", "device", ["user", "anonymousId"])),
        **conditions_of(choose, shape),
    }  # fmt: skip
    if shape == "once" or choose(range(6)) == 5:
        rule["once"] = True
    if choose(range(4)) == 3:
        rule["tolerate"] = choose(("0%", "25%", "33.3%", "50%", "100%"))
    if shape == "kinds":
        rule["kinds"] = {}
        for name in choose((("k1", "k2"), ("k1",))):
            rule["kinds"][name] = conditions_of(choose, choose(SHAPES[:4])) if choose((True, True, False)) else {}
            if choose((False, True)):
                rule["kinds"][name]["flag"] = choose(FLAGS)
    return rule


def cases(shape: str, rules: int) -> st.SearchStrategy[tuple[bytes, list[dict[str, Any]]]]:
    """A log and some rules that have a clause of a shape. All come from one draw: hypothesis likes to make several
    draws of one kind alike, and then most rules would be the same."""

    def case(data: bytes) -> tuple[bytes, list[dict[str, Any]]]:
        choose = Choices(data)
        return log_of(choose), [rule_of(choose, shape) for _ in range(rules)]

    return st.binary(min_size=500, max_size=500).map(case)


def compiled(data: dict[str, Any]) -> Rule:
    """A rule from its data. The loader does the same, with a file around it."""
    reading = Reading(Document({}), "random")
    rule = RuleReader(reading, (), "random", {}, DEFINES, options_of, {}, {}).rule(data, {}, with_examples=False)
    assert rule is not None
    assert reading.problems == []
    return rule


_COMPILER = Compiler(Reading(Document({}), "random"), {}, DEFINES)
PREPARED = {name: _COMPILER.predicate(name, ()) for name in ("client_signup", "placeholder")}


def prepared(rule: Rule, log: bytes) -> tuple[Plan, Timelines]:
    """The plan of one rule and the timelines of a log, as a run makes them; the events keep their
    properties, which the oracle reads and the engine may let go of."""
    plan = make_plan(RuleSet((rule,), {}, {}, PREPARED), SETTINGS)
    plan.classifier.keep([Constant(True)])
    source = Source("log", None, spool=io.BytesIO(log))
    read = read_sources([source], fields=plan.fields, classes=plan.classifier)
    assert not read.rejects, read.rejects
    return plan, Timelines(read, plan.is_placeholder, plan.classifier.derive)
