"""Our own YAML: short enough to be written by hand, whole enough to hold what any other format says.

``events``, ``pages`` and ``screens`` by name; ``identify``, ``group``, ``common`` (what every call must be); ``page``
and ``screen`` for calls without a name. A list in place of one event is its versions. Properties are said in short
(`auditor/plans/short.py`). ``patch`` changes the schema that follows from an event, ``defaults.patch`` that of
all events; ``schema`` stands in place of it.
"""

from collections.abc import Iterator
from typing import Any, NoReturn

from auditor.config.suggest import did_you_mean
from auditor.model.plan import SECTIONS, Plan, PlanError, PlannedEvent, Unplanned
from auditor.plans.drafts import DRAFTS
from auditor.plans.patch import patched
from auditor.plans.planning import planned
from auditor.plans.shape import SECTION
from auditor.plans.short import Misspelt, members
from auditor.plans.source import Origins, Path, Source

NAME = "auditor"
SCHEMA = "auditor/tracking-plan/1"

BY_NAME = {"events": "track", "pages": "page", "screens": "screen"}
"""Members that hold events by name, and the call that each plans."""
ALONE = ("page", "screen", "identify", "group", "common")
"""Members that are an event, and the call that each plans."""

SHORT_DRAFTS = dict(zip(("04", "06", "07", "2019-09", "2020-12"), DRAFTS, strict=True))
"""How ``draft`` names JSON Schema's drafts."""

_TOP = frozenset(
    {"schema", "name", "description", "draft", "unplanned", "also_events", "defaults", "extra", *BY_NAME, *ALONE}
)
_OF_AN_EVENT = frozenset(
    {"version", "description", "status", "owners", "tags", "labels", "draft", "additional", "patch", "schema", "extra"}
    | set(SECTIONS)
)
_POLICY = ("allow", "forbid")


def recognises(data: Any) -> bool:
    """Whether this is a plan in our own format."""
    return isinstance(data, dict) and isinstance(data.get("schema"), str) and data["schema"].startswith("auditor/track")


def plan(source: Source, name: str) -> Plan:
    """The plan. Raises ``PlanError`` where it is misspelt; parts of schemas that mean nothing are kept aside."""
    return _Reader(source).plan(name)


def canonical(said: dict[str, Any], call: str, source: Source, path: Path, origins: Origins) -> dict[str, Any]:
    """The schema over the whole event that follows from its sections. Raises ``Misspelt``."""
    whole: dict[str, Any] = {"type": "object"}
    required: list[str] = []
    main = SECTION.get(call, "properties")
    for section in SECTIONS:
        held = said.get(section)
        if held is None and not (section == main and "additional" in said):
            continue
        if held is not None and not isinstance(held, dict):
            raise Misspelt((*path, section), f"{section} is a map from names to what is planned of them")
        inner: dict[str, Any] = {"type": "object"}
        if held is not None:
            inner |= members(held, source, (*path, section), origins, ("properties", section))
        if section == main and "additional" in said:
            inner["additionalProperties"] = said["additional"]
            origins[("properties", section, "additionalProperties")] = (source, (*path, "additional"))
        whole.setdefault("properties", {})[section] = inner
        required += [section] if "required" in inner else []
    if required:
        whole["required"] = required
    return whole


class _Reader:
    """One document on its way to a plan."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.data: dict[str, Any] = source.data

    def plan(self, name: str) -> Plan:
        self.known(self.data, _TOP, ())
        if self.data["schema"] != SCHEMA:
            self.fail(("schema",), f"this version of Auditor reads {SCHEMA}")
        for member in ("name", "description"):
            if not isinstance(self.data.get(member, ""), str):
                self.fail((member,), f"{member} is text")
        defaults = self.map(("defaults",))
        self.known(defaults, frozenset({"patch"}), ("defaults",))
        self.patch = self.map(("defaults", "patch"))
        self.draft = self.drafted(self.data, (), SHORT_DRAFTS["07"])
        events = tuple(self.events())
        return Plan(
            format=NAME,
            name=self.data.get("name") or name,
            description=self.data.get("description"),
            events=events,
            files=(self.source.file,),
            invalid=tuple(self.source.invalid),
            unplanned=self.unplanned(),
            also_events=tuple(self.texts(self.data, "also_events", ())),
            extra=self.map(("extra",)),
        )

    def events(self) -> Iterator[PlannedEvent]:
        """Every version of every event, in the order of the document."""
        for member, said in self.data.items():
            if member in BY_NAME:
                for name, versions in self.map((member,)).items():
                    yield from self.versions(versions, BY_NAME[member], name, (member, name))
            elif member in ALONE:
                yield from self.versions(said, member, None, (member,))

    def versions(self, said: Any, call: str, name: str | None, path: Path) -> Iterator[PlannedEvent]:
        if isinstance(said, list):
            for number, version in enumerate(said):
                yield self.event(version, call, name, (*path, number))
        else:
            yield self.event(said, call, name, path)

    def event(self, said: Any, call: str, name: str | None, path: Path) -> PlannedEvent:
        said = {} if said is None else said
        if not isinstance(said, dict):
            self.fail(path, "an event is a map (description, properties, ...)")
        self.known(said, _OF_AN_EVENT, path)
        for member in ("description", "status"):
            if not isinstance(said.get(member, ""), str):
                self.fail((*path, member), f"{member} is text")
        for member in ("patch", "extra", "labels"):
            if not isinstance(said.get(member, {}), dict):
                self.fail((*path, member), f"{member} is a map")
        if not isinstance(said.get("version", 1), int | str) or isinstance(said.get("version"), bool):
            self.fail((*path, "version"), "version is a number or text")
        origins: Origins = {}
        return planned(
            self.source,
            path,
            self.whole(said, call, path, origins),
            type=call,
            name=name,
            at=path,
            origins=origins,
            draft=self.drafted(said, path, self.draft),
            version=said.get("version"),
            description=said.get("description"),
            labels=said.get("labels"),
            status=said.get("status"),
            owners=tuple(self.texts(said, "owners", path)),
            tags=tuple(self.texts(said, "tags", path)),
            extra=said.get("extra"),
        )

    def whole(self, said: dict[str, Any], call: str, path: Path, origins: Origins) -> Any:
        """The schema over the whole event, as it is or as it follows from what is said."""
        if "schema" in said:
            beside = sorted(said.keys() & {*SECTIONS, "additional", "patch"})
            if beside:
                self.fail((*path, beside[0]), f"schema says it all; {beside[0]} has no place beside it")
            origins[()] = (self.source, (*path, "schema"))
            return said["schema"]
        try:
            schema = canonical(said, call, self.source, path, origins)
        except Misspelt as error:
            self.fail(error.path, error.text)
        for patch, place in ((self.patch, ("defaults", "patch")), (said.get("patch", {}), (*path, "patch"))):
            schema = patched(schema, patch)
            for inner in _leaves(patch):
                origins[inner] = (self.source, (*place, *inner))
        return schema

    # --- Small parts ------------------------------------------------------------------------------------------

    def unplanned(self) -> Unplanned:
        said = self.map(("unplanned",))
        self.known(said, frozenset({"events", "properties"}), ("unplanned",))
        for member, policy in said.items():
            if policy not in _POLICY:
                self.fail(("unplanned", member), f"{policy!r} is no policy; it is allow or forbid")
        return Unplanned(said.get("events"), said.get("properties"))

    def drafted(self, said: dict[str, Any], path: Path, default: str) -> str:
        draft = said.get("draft")
        if draft is None:
            return default
        short = f"{draft:02d}" if isinstance(draft, int) else str(draft)
        if short not in SHORT_DRAFTS:
            self.fail((*path, "draft"), f"{draft!r} is no draft of JSON Schema; it is one of {', '.join(SHORT_DRAFTS)}")
        return SHORT_DRAFTS[short]

    def texts(self, said: dict[str, Any], member: str, path: Path) -> list[str]:
        held = said.get(member)
        held = [] if held is None else [held] if isinstance(held, str) else held
        if not isinstance(held, list) or not all(isinstance(text, str) for text in held):
            self.fail((*path, member), f"{member} is a list of names")
        return held

    def map(self, path: Path) -> dict[str, Any]:
        held: Any = self.data
        for step in path:
            held = held.get(step)
            if held is None:
                return {}
        if not isinstance(held, dict):
            self.fail(path, f"{path[-1]} is a map")
        return held

    def known(self, said: dict[str, Any], members: frozenset[str], path: Path) -> None:
        for member in said:
            if member not in members:
                self.fail((*path, member), f'there is no "{member}" here{did_you_mean(member, members)}')

    def fail(self, path: Path, text: str) -> NoReturn:
        raise PlanError(f"{self.source.file}:{self.source.text.line(path) or 1}: {text}")


def _leaves(patch: dict[str, Any], path: Path = ()) -> Iterator[Path]:
    """The paths that a patch sets."""
    for key, value in patch.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*path, key))
        elif value is not None:
            yield (*path, key)
