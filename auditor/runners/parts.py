"""The funnel of a log that is larger than memory: read once, put on disk, and counted part by part.

What is said of a person may depend on all events of the ids that belong to them, and of a few things on the whole log:
when it begins and ends, which lanes one browser made, which visits go on on another host, which signup of nobody is
whose, what share of a site's signups left the page. So whoever belongs together is brought into one part, step by step:

1. by ids, to tell the lanes and their ends; the outline of all lanes tells the devices and the visits on two hosts;
2. by these, to tell who signed up; all that has no match in its part is matched;
3. by that, to count. What the parts counted is added up.
"""

import gc
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import msgspec

from auditor import __version__
from auditor.engine.plan import Plan
from auditor.engine.run import run
from auditor.funnels.accounts import Proving
from auditor.funnels.build import Building, Rows
from auditor.funnels.definition import Definition
from auditor.funnels.losses import Sited
from auditor.funnels.people import Person
from auditor.funnels.reconcile import Checked, Reconciling, Span, shown_place
from auditor.funnels.signed import Matches, Unmatched, match
from auditor.funnels.sites import Split, splits
from auditor.funnels.tally import Tally
from auditor.funnels.truth_rows import TruthRow, truth_rows
from auditor.language.loader import RuleSet
from auditor.logs.inputs import sources_of
from auditor.logs.reader import RejectSink
from auditor.logs.sources import Source
from auditor.logs.spilling import PartLog, Spill, Undivided
from auditor.model.event import Event
from auditor.model.finding import Finding
from auditor.model.funnel import Funnel
from auditor.model.log import InputError
from auditor.model.naming import PLAIN, Redacting
from auditor.model.truth import Truth, TruthSource
from auditor.runners.local import Request, zone_of
from auditor.timelines.outline import Outline, Part, Place
from auditor.timelines.timelines import Timelines

LARGE = 512 << 20
"""Bytes of a log, unpacked, from which on it is counted part by part."""
_PART = 32 << 20
"""Bytes of a part on disk; in memory it takes some six times that."""
_MOST = 200
"""Parts at the most: each is a file that is open while they are written."""
_WHOLE = "this log (a HAR, tables that hold calls twice, or logouts on several hosts) must be looked at as a whole"
_PACKED = {b"\x1f\x8b": 10, b"\x28\xb5": 10, b"PK": 10}
"""How many times larger a packed file is, by its first bytes: about what logs give."""


def bytes_of(inputs: Iterable[str]) -> int:
    """About how many bytes the inputs are, unpacked. Stdin is put aside to be read afterwards."""
    size = 0
    for path in (source.path for source in sources_of(list(inputs))):
        if path is not None and path.is_file():
            with path.open("rb") as file:
                size += path.stat().st_size * _PACKED.get(file.read(2), 1)
    return size


class Truths:
    """The rows of the truth, on disk in their order, each with the node of its user."""

    def __init__(self, source: TruthSource, file: Path, spill: Spill) -> None:
        self.checked = Checked(Truth(shown_place(source)))
        self.file, self.spill = file, spill
        encode = msgspec.msgpack.Encoder().encode
        with file.open("wb") as out:
            for row in truth_rows(source, self.checked.refuse):
                node = spill.components.node(row.user)
                data = encode((node, row.user, row.created, row.method, row.line))
                out.write(len(data).to_bytes(4, "little") + data)

    def divide(self, parts: int) -> None:
        """Write the rows of each part."""
        files = [self._part(number).open("wb") for number in range(parts)]
        try:
            with self.file.open("rb") as rows:
                while size := rows.read(4):
                    data = rows.read(int.from_bytes(size, "little"))
                    node = msgspec.msgpack.decode(data)[0]
                    files[self.spill.part_of(node, parts)].write(size + data)
        finally:
            for file in files:
                file.close()

    def part(self, number: int, nodes: dict[Person, int]) -> Iterator[TruthRow]:
        """The rows of a part; ``nodes`` learns those of the users."""
        with self._part(number).open("rb") as rows:
            while size := rows.read(4):
                node, user, created, method, line = msgspec.msgpack.decode(rows.read(int.from_bytes(size, "little")))
                nodes["user " + user] = node
                yield TruthRow(user, created, method, line)

    def _part(self, number: int) -> Path:
        return self.file.with_name(f"truth-{number}")


@dataclass(slots=True)
class _Known:
    """What the second step tells of the whole log. ``spans`` of the truth; ``nodes`` of whoever may be matched."""

    unmatched: Unmatched
    sites: dict[str | None, Sited]
    span: Span
    nodes: dict[Person, int]


_Looked = tuple[Building, list[Finding], PartLog, dict[Person, int]]


class Parts:
    """The funnel of one log, step by step."""

    def __init__(
        self, request: Request, rules: RuleSet, plan: Plan, definition: Definition, late: int, by: str | None
    ) -> None:
        self.request, self.rules, self.plan, self.definition = request, rules, plan, definition
        self.late, self.by = late, by
        self.naming = Redacting(plan.is_placeholder) if request.redact or request.private else PLAIN
        self.outline = Outline(plan.classifier.bits[rules.defines["logout"]])
        self.splits: dict[Place, Place] = {}
        self.truths: Truths | None = None

    def funnel(self, count: int | None, on_reject: RejectSink | None) -> Funnel:
        """The funnel, in so many parts or as many as the log needs. Raises ``InputError``, and ``Undivided`` where the
        log must be looked at as a whole."""
        sources = sources_of(list(self.request.inputs))
        with tempfile.TemporaryDirectory(prefix="auditor-") as folder:
            spill = Spill(
                Path(folder),
                self._links,
                dialect=self.request.settings.dialect,
                zone=zone_of(self.request.settings.tz),
                fields=self.plan.fields,
                classes=self.plan.classifier,
                on_reject=on_reject,
            )
            try:
                return self._counted(spill, sources, count)
            except Undivided as error:
                if any(source.spool is not None for source in sources):
                    raise InputError(f"{_WHOLE}, and a pipe can be read only once: write it to a file") from error
                raise
            finally:
                spill.close()
                for source in sources:
                    source.close()

    def _links(self, event: Event) -> Iterator[str]:
        """The ids of an event. A placeholder is nobody's: it links only where a rule looks for any identify with it."""
        if event.anonymous_id is not None:
            yield event.anonymous_id
        user = event.user_id
        if user is not None and (
            event.type == "identify" or event.mask & self._signup or not self.plan.is_placeholder(user)
        ):
            yield user
        if event.previous_id is not None:
            yield event.previous_id
        if event.side != "browser" and event.device_id:
            yield f"phone {event.device_id}"

    @property
    def _signup(self) -> int:
        return self.plan.classifier.bits[self.rules.defines["client_signup"]]

    def _counted(self, spill: Spill, sources: list[Source], count: int | None) -> Funnel:
        for source in sources:
            spill.read(source)
        log = spill.finish()
        parts = count or min(max(spill.bytes // _PART, 1), _MOST)
        if self.request.truth is not None:
            self.truths = Truths(self.request.truth, spill.folder / "truth", spill)
        spill.components.forget()
        self._outline(spill, parts)
        known = self._look(spill, parts)
        matches = match(known.unmatched)
        for found in (matches.unnamed, matches.ended, matches.misnamed):
            for person, stray in found.items():
                spill.components.join(known.nodes[person], known.nodes[stray.person])
        tally = self._count(spill, parts, known, matches)
        if self.truths is not None and tally.checked is not None:
            self.truths.checked.add(tally.checked)
            tally.checked = self.truths.checked
        funnel = tally.funnel(self.definition, self.rules, __version__, log.files, self.by)
        funnel.records, funnel.events, funnel.skipped = log.records, log.arrivals, log.skipped
        funnel.rejected, funnel.rejects = log.rejected, log.located
        return funnel

    # The three steps --------------------------------------------------------------------------------------

    def _outline(self, spill: Spill, parts: int) -> None:
        spill.divide(parts)
        for number in range(parts):
            part = spill.part(number)
            timelines = Timelines(part.log, self.plan.is_placeholder, self.plan.classifier.derive)
            self.outline.add(timelines, part.lanes, part.places)
            del part, timelines
            gc.collect()
        outline = self.outline
        if outline.several_hosts:
            raise Undivided
        outline.close()
        for one, other in outline.together():
            spill.components.join(one, other)
        for split in splits(outline.as_lanes):
            before, after = outline.lanes[split.before.number], outline.lanes[split.after.number]
            spill.components.join(before.node, after.node)
            self.splits[after.place] = before.place
        outline.release()

    def _look(self, spill: Spill, parts: int) -> _Known:
        known = _Known(Unmatched(), {}, None, {})
        for building, _, part, nodes in self._buildings(spill, parts, None):
            held = building.unmatched
            strays = (held.surplus, held.nameless, held.visits)
            wanted = {one.person for one in held.absent}.union(*({s.person for s in some} for some in strays))
            for person, node in _nodes(building, part):
                if person in wanted:
                    nodes[person] = node
            known.nodes.update((person, nodes[person]) for person in wanted)
            known.unmatched.absent += held.absent
            for own, some in zip((known.unmatched.surplus, known.unmatched.nameless, known.unmatched.visits), strays,
                                 strict=True):  # fmt: skip
                own += [replace(stray, event=None) for stray in some]
            for host, site in building.sites.items():
                whole = known.sites.setdefault(host, Sited())
                whole.arrived += site.arrived
                whole.leaving += site.leaving
            if building.reconciling is not None and building.reconciling.span is not None:
                first, last = building.reconciling.span
                low, high = known.span or (first, last)
                known.span = min(low, first), max(high, last)
        return known

    def _count(self, spill: Spill, parts: int, known: _Known, matches: Matches) -> Tally:
        whole: Tally | None = None
        lacking = bool(known.unmatched.absent)
        for building, found, part, _ in self._buildings(spill, parts, known.span):
            tally = building.count(found, matches, known.sites, self.by, lacking=lacking)
            for lane, place in zip(building.timelines.lanes, part.places, strict=True):
                lane.events[0].sender.number = self.outline.number_of(place)  # as examples show it
            if whole is None:
                whole = tally
            else:
                whole.add(tally)
        assert whole is not None
        return whole

    def _buildings(self, spill: Spill, parts: int, span: Span) -> Iterator[_Looked]:
        """Each part, divided by what is known to belong together, looked at; what its rules found; its log; the nodes
        of the truth's users."""
        spill.divide(parts)
        if self.truths is not None:
            self.truths.divide(parts)
        for number in range(parts):
            part = spill.part(number)
            places, derive = part.places, self.plan.classifier.derive
            timelines = Part(part.log, self.plan.is_placeholder, derive, self.outline, places)
            found = run(self.plan, timelines, self.naming).findings
            building = Building(self.plan, self.definition, self.rules, timelines, self.naming)
            building.proving.clients = self.outline.clients
            nodes: dict[Person, int] = {}
            own = {place: index for index, place in enumerate(places)}
            divided = [
                Split(timelines.lanes[own[self.splits[place]]], timelines.lanes[index])
                for place, index in own.items()
                if place in self.splits
            ]
            divided.sort(key=lambda split: (split.opened.time, self.outline.number_of(places[split.after.number])))
            building.look(found, self._rows(number, nodes, span), self.late, divided)
            yield building, found, part, nodes
            del part, timelines, building, found, nodes, divided
            gc.collect()

    def _rows(self, number: int, nodes: dict[Person, int], span: Span) -> Rows | None:
        if self.truths is None:
            return None
        return partial(_checked, self.truths, number, nodes, span)


def _nodes(building: Building, part: PartLog) -> Iterator[tuple[Person, int]]:
    """People with the node of some event of theirs."""
    people, timelines = building.people, building.timelines
    for lane, node in zip(timelines.lanes, part.lanes, strict=True):
        whole = people.of_whole(lane)
        found = (whole,) if whole is not None else set(map(people.of, lane.events))
        yield from ((person, node) for person in found if person is not None)
    for event, node in zip(timelines.alone, part.alone, strict=True):
        person = people.of(event)
        if person is not None:
            yield person, node


def _checked(
    truths: Truths,
    number: int,
    nodes: dict[Person, int],
    span: Span,
    proving: Proving,
    signups: dict[Person, list[Event]],
    late: int,
) -> Reconciling:
    reconciling = Reconciling(truths.checked.truth.source, proving, signups, late)
    reconciling.run(truths.part(number, nodes), span)
    return reconciling
