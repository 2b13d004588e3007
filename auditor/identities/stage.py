"""A log made ready for replays: its calls in order of arrival, whom each is by, and what the findings say of them."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator

from auditor.identities.calls import Call, arrivals, call_of
from auditor.identities.destination import Destination
from auditor.identities.edits import Edits, Scene
from auditor.identities.mends import mended
from auditor.identities.replay import Step, replay
from auditor.identities.truth import Truth
from auditor.model.event import Event
from auditor.model.finding import Finding
from auditor.model.identities import Identities, Replay, Worth
from auditor.timelines.timelines import Timelines


class Stage:
    """What all replays of a log share. ``findings`` are those of the rules that can be mended; ``signups`` the events
    that are signups; ``placeholder`` tells userIds that are none."""

    def __init__(
        self,
        timelines: Timelines,
        findings: Iterable[Finding],
        signups: Iterable[Event],
        placeholder: Callable[[str], bool],
    ) -> None:
        self.findings = list(findings)
        self.arrived = arrivals(timelines)
        self.scene = Scene(timelines, self.arrived)
        self.truth = Truth(timelines, self.findings, placeholder)
        self.signed_up = {person for person in map(self.truth.person, signups) if person is not None}
        self._placeholder = placeholder

    def identities(self, kind: type[Destination], findings: Collection[Finding], fix: str | None) -> Identities:
        """What a destination makes of the log; ``findings`` are those about it, ``fix`` the rule whose are mended."""
        worth = None
        if fix is None:
            replayed = self.replay(kind, findings)
        else:
            replayed, worth = self.worth(kind, fix, findings)
        counts = dict(sorted(Counter(finding.rule for finding in findings).items()))
        return Identities(kind.name, kind.title, kind.links_by, kind.doubts, replayed, counts, worth)

    def replay(self, kind: type[Destination], findings: Iterable[Finding], edits: Edits | None = None) -> Replay:
        """Replay through a destination; ``findings`` are those that are about it."""
        return replay(self._steps(kind, edits), kind(), self._causes(findings), self.truth.kept)

    def worth(self, kind: type[Destination], rule: str, findings: Collection[Finding]) -> tuple[Replay, Worth]:
        """Replay as if the findings of a rule were mended, and what that is worth."""
        edits = mended(rule, findings, self.scene)
        before = self.replay(kind, findings)
        after = self.replay(kind, [finding for finding in findings if finding.rule != rule], edits)
        were, are = (
            {(split.name, split.known): split.elsewhere for split in one.splits if split.elsewhere}
            for one in (before, after)
        )
        restored = {f"{'user' if known else 'device'} {name}" for name, known in were if (name, known) not in are}
        found = sum(finding.rule == rule for finding in findings)
        unmended = tuple(sorted(edits.unmended.items()))
        back = sum(were.values()) - sum(are.values())
        signups = len(restored & self.signed_up)
        return after, Worth(rule, found, edits.mended, unmended, len(restored), signups, back, before)

    def _steps(self, kind: type[Destination], edits: Edits | None) -> Iterator[Step]:
        arrived, visitors = self.arrived, self.scene.visitors
        for event in arrived.events:
            person = self.truth.person(event)
            got = arrived.as_got(event)
            call = call_of(got, visitors.of(got), time=arrived.time(event), email=kind.reads_email)
            own = self.truth.owns(person, call.user)
            if edits is None:
                yield self._step(call, person, own)
                continue
            for one in edits.applied(event, call):
                yield self._step(one, person, own or (call.user is None and self.truth.owns(person, one.user)))

    def _step(self, call: Call, person: str | None, own: bool) -> Step:
        if call.user is None:
            return Step(call, person, False, False)
        return Step(call, person, self._placeholder(call.user), own)

    def _causes(self, findings: Iterable[Finding]) -> dict[str, set[str]]:
        causes: dict[str, set[str]] = defaultdict(set)
        for finding in findings:
            for event in (finding.event, *(event for _, event in finding.evidence)):
                person = self.truth.person(event)
                if person is not None:
                    causes[person].add(finding.rule)
        return causes
