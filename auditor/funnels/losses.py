"""Every loss with its cause, from what the rules found: nothing is explained without evidence."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from auditor.funnels import causes
from auditor.funnels.accounts import Account
from auditor.funnels.causes import Cause
from auditor.funnels.definition import IDENTIFIED, TRACKED, Definition
from auditor.funnels.journeys import Journey, Journeys
from auditor.funnels.people import People, Person, user_of
from auditor.funnels.signed import Signed
from auditor.funnels.sites import host_of_event
from auditor.model.delivery import ABORTED, BLOCKED, UNDELIVERED
from auditor.model.event import Event
from auditor.model.finding import Finding
from auditor.model.funnel import Example
from auditor.model.naming import Naming
from auditor.timelines.timelines import Timelines

EXAMPLES = 3
_RESETS = ("missing-reset-on-logout", "two-users-on-one-device")


@dataclass(frozen=True, slots=True)
class Lost:
    """One person's loss. ``counted``: a dashboard counts the signup none the less; ``proved``: something but a request
    that failed shows that there was one. Only the first few of a kind have an ``example``; ``order`` says which those
    are, in whatever parts a log is read."""

    person: Person
    cause: Cause
    step: str
    counted: bool
    example: Example | None
    proved: bool = True
    order: tuple[object, ...] = ()


@dataclass(slots=True)
class Sited:
    """The client signups that arrived from one host, and how many of them were tracked on a page being left."""

    arrived: int = 0
    leaving: int = 0


@dataclass(slots=True)
class Findings:
    """What the rules found, by the event they blame and by the person."""

    by_event: dict[int, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    by_person: dict[Person, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    by_device: dict[int, list[Finding]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def sorted(cls, findings: Iterable[Finding], people: People, timelines: Timelines) -> "Findings":
        """Findings to be asked for."""
        held = cls()
        for finding in findings:
            held.by_event[id(finding.event)].append(finding)
            person = people.of(finding.event)
            if person is not None:
                held.by_person[person].append(finding)
            device = timelines.device(finding.event)
            if device is not None:
                held.by_device[device].append(finding)
        return held

    def on(self, events: Iterable[Event], rule: str) -> Finding | None:
        """The first finding of a rule that blames one of these events."""
        return next((f for event in events for f in self.by_event.get(id(event), ()) if f.rule == rule), None)


Sites = dict[str | None, Sited]


def sites_of(signups: dict[Person, list[Event]], findings: Findings) -> Sites:
    """What is known of each host's signups."""
    sites: Sites = defaultdict(Sited)
    for events in signups.values():
        site = sites[host_of_event(events[0])]
        site.arrived += 1
        site.leaving += findings.on(events[:1], "signup-on-redirecting-page") is not None
    return sites


class Explaining:
    """Explains who is lost, person by person."""

    def __init__(
        self,
        definition: Definition,
        timelines: Timelines,
        people: People,
        signed: Signed,
        findings: Findings,
        unsent: dict[Person, list[Event]],
        naming: Naming,
        sites: Sites,
    ) -> None:
        """``unsent`` are client signups that never arrived, by person, where the log shows that. ``naming`` is how
        sentences show ids; ``sites`` are those of the whole log."""
        self.naming, self.sites = naming, sites
        self._order: tuple[object, ...] = ()
        self._shown: Counter[tuple[str, str, bool, bool]] = Counter()
        self.definition = definition
        self.timelines, self.people = timelines, people
        self.signed, self.findings, self.unsent = signed, findings, unsent
        names = {step.name for step in definition.steps}
        self.tracked = TRACKED if TRACKED in names else definition.steps[-1].name
        self.identified = IDENTIFIED if IDENTIFIED in names else self.tracked

    def all(self, journeys: Journeys, extra: Iterable[Person]) -> list[Lost]:
        """Each person's loss, and beside it what was counted twice or split, in an order that no line decides;
        ``extra`` are those without an account."""
        signed = self.signed
        lost = []
        for account in sorted(signed.missing.values(), key=lambda account: (account.created, account.user)):
            self._order = (0, account.created, account.user)
            lost.append(self.missing(account))
        known = signed.missing.keys() | signed.signups.keys()
        for person in sorted(self.unsent):
            if person not in known:
                self._order = (1, person)
                lost.append(self.unsent_signup(person))
        named = {one.person for one in lost}
        for journey in sorted(journeys, key=lambda one: (one.events[0].time, one.person)):
            if journey.person not in named:
                self._order = (2, journey.events[0].time, journey.person)
                one = self.out_of_order(journey)
                if one is not None:
                    lost.append(one)
        return [*lost, *self.doubles(), *self.old(), *self.divided(journeys), *self.without_account(extra)]

    # Signups that never came ------------------------------------------------------------------------------

    def missing(self, account: Account) -> Lost:
        """An account whose client signup never arrived."""
        person, signed = account.person, self.signed
        if person in self.unsent:
            proof = [("account", account.proof)] if account.proof is not None else []
            return self.unsent_signup(person, proof)
        if person in signed.unnamed:
            stray = signed.unnamed[person]
            finding, own = (
                self.findings.on([stray], "signup-on-redirecting-page"),
                self.sites.get(host_of_event(stray), Sited()),
            )
            if finding is not None or self._leaves(own):
                said = finding.message if finding is not None else _share(own)
                return self._lost(account, causes.REDIRECT, self.tracked, said, [("signup", stray)], counted=True)
            said = f'"{stray.event}" came {_apart(stray, account)} of the account, without a userId'
            return self._lost(account, causes.NO_IDENTIFY, self.identified, said, [("signup", stray)], counted=True)
        if person in signed.misnamed:
            stray = signed.misnamed[person]
            whose = self.naming.user(stray.user_id or "")
            said = f'"{stray.event}" came {_apart(stray, account)} of the account, as that of "{whose}"'
            return self._lost(account, causes.RESET, self.tracked, said, [("signup", stray)])
        ended = signed.ended.get(person)
        if ended is not None:
            site = self.sites.get(host_of_event(ended))
            said = "a visit ended on the signup form just before"
            if site is not None and self._leaves(site):
                return self._lost(
                    account, causes.REDIRECT, self.tracked, f"{said}; {_share(site)}", [("last seen", ended)]
                )
            return self._lost(account, causes.UNKNOWN, self.tracked, said, [("last seen", ended)])
        if person in signed.unseen:
            said = "no call of a browser or phone carries the user, and no visit ended on the form at that time"
            return self._lost(account, causes.BLOCKED, self.definition.steps[0].name, said)
        return self._by_site(account)

    def unsent_signup(self, person: Person, proof: Sequence[tuple[str, Event]] = ()) -> Lost:
        """A signup whose request is seen to have failed."""
        events = self.unsent[person]
        cause, step, why = causes.UNDELIVERED, self.tracked, f"its request: {events[0].delivery}"
        if self.findings.on(events, "signup-on-redirecting-page") or any(e.delivery == ABORTED for e in events):
            cause, why = causes.REDIRECT, "the signup's request was cut off when the page was left"
        elif all(event.delivery == BLOCKED for event in events):
            cause, why = causes.BLOCKED, "the signup's request was blocked"
        shown = tuple(sorted([*proof, ("signup", events[0])], key=lambda pair: pair[1].time))
        example = Example(self._key(person, events[0]), why, shown)
        return self._made(person, cause, step, example, counted=False, proved=bool(proof))

    def _by_site(self, account: Account) -> Lost:
        """A user of whom other calls came: what the site's other signups tell."""
        lanes = self.signed.lanes.get(account.person, [])
        near = min(lanes, key=lambda lane: abs(lane.events[0].time - account.created), default=None)
        host = None
        if near is not None:
            host = next((h for event in near.events if (h := host_of_event(event)) is not None), None)
        site = self.sites.get(host)
        first = [("user", event) for lane in lanes[:1] for event in lane.events if event.user_id is not None][:1]
        if site is not None and self._leaves(site):
            return self._lost(account, causes.REDIRECT, self.tracked, _share(site), first)
        if host is not None and (site is None or not site.arrived):
            return self._lost(account, causes.NOT_TRACKED, self.tracked, f"no signup came from {host} at all", first)
        return self._lost(account, causes.UNKNOWN, self.tracked, "other calls of the user came", first)

    @staticmethod
    def _leaves(site: Sited) -> bool:
        return site.leaving * 2 >= site.arrived > 0

    def _lost(
        self,
        account: Account,
        cause: Cause,
        step: str,
        why: str,
        shown: Iterable[tuple[str, Event]] = (),
        *,
        counted: bool = False,
    ) -> Lost:
        proof = [("account", account.proof)] if account.proof is not None else []
        events = tuple(sorted([*proof, *shown], key=lambda pair: pair[1].time))
        return self._made(account.person, cause, step, Example(("user", account.user), why, events), counted=counted)

    def _made(
        self, person: Person, cause: Cause, step: str, example: Example, *, counted: bool, proved: bool = True
    ) -> Lost:
        """The loss; of hundreds of thousands that are alike, not each with its example."""
        key = (cause.name, step, counted, proved)
        self._shown[key] += 1
        held = example if self._shown[key] <= EXAMPLES else None
        return Lost(person, cause, step, counted, held, proved, self._order)

    # Signups that came, but not in the order of the steps ---------------------------------------------------

    def out_of_order(self, journey: Journey) -> Lost | None:
        """A person whose signup came and who takes some step without one before it that must be taken."""
        gap = self._gap(journey)
        if gap is None:
            return None
        signups = self.signed.signups.get(journey.person, [])
        finding, cause = self._blaming(signups, journey)
        event = finding.event if finding is not None else signups[0] if signups else journey.events[0]
        why = finding.message if finding is not None else f'"{gap}" was not taken in its order'
        shown = [("signup", event), *(finding.evidence if finding is not None else ())]
        example = Example(self._key(journey.person, event), why, tuple(sorted(shown, key=lambda pair: pair[1].time)))
        return self._made(journey.person, cause, gap, example, counted=True)

    def _gap(self, journey: Journey) -> str | None:
        """The first step that had to be taken and was not, though a later one that has to be was."""
        must = [number for number, step in enumerate(self.definition.steps) if not step.optional]
        later = max((number for number in must if journey.held >> number & 1), default=-1)
        for number in must:
            if number <= later and journey.taken[number] is None and not self._not_asked(journey, number):
                return self.definition.steps[number].name
        return None

    def _not_asked(self, journey: Journey, number: int) -> bool:
        methods = self.definition.steps[number].methods
        return journey.method is not None and journey.method in methods and methods[journey.method] is None

    def _blaming(self, signups: list[Event], journey: Journey) -> tuple[Finding | None, Cause]:
        for rule, cause in (
            ("signup-on-redirecting-page", causes.REDIRECT),
            ("identify-after-track", causes.TRACKED_FIRST),
            ("signup-without-identify", causes.NO_IDENTIFY),
        ):
            finding = self.findings.on(signups, rule)
            if finding is not None:
                return finding, cause
        own = self.findings.by_person.get(journey.person, [])
        finding = next((found for found in own if found.rule in _RESETS), None)
        return finding, causes.RESET if finding is not None else causes.UNKNOWN

    # Counted too often ------------------------------------------------------------------------------------

    def doubles(self) -> Iterable[Lost]:
        """People whose signup counts twice where events are counted."""
        named = {id(stray) for stray in self.signed.misnamed.values()}
        for person in sorted(self.findings.by_person):
            for finding in self.findings.by_person[person]:
                again = finding.rule == "duplicate-message-id" and finding.kind == "late"
                if finding.rule != "double-counted-signup" and not (again and self._is_signup(person, finding.event)):
                    continue
                if id(finding.event) in named:
                    continue  # it is another person's, who is missing
                cause = causes.AGAIN if again else causes.DOUBLE
                shown = (*finding.evidence, ("again", finding.event))
                example = Example(self._key(person, finding.event), finding.message, shown)
                self._order = (3, person)
                yield self._made(person, cause, self.tracked, example, counted=True)
                break

    def _is_signup(self, person: Person, event: Event) -> bool:
        return any(event is one for one in self.signed.signups.get(person, ()))

    def old(self) -> Iterable[Lost]:
        """People whose only signup is one of a user who is none."""
        for person, events in sorted(self.signed.signups.items()):
            finding = self.findings.on(events, "login-counted-as-signup")
            if finding is not None and self.findings.on(events[:1], "login-counted-as-signup"):
                shown = (*finding.evidence, ("signup", finding.event))
                example = Example(self._key(person, finding.event), finding.message, shown)
                self._order = (4, person)
                yield self._made(person, causes.OLD_USER, self.tracked, example, counted=True)

    def without_account(self, people: Iterable[Person]) -> Iterable[Lost]:
        """People whose signup has no account in the database."""
        for person in sorted(people):
            event = self.signed.signups[person][0]
            why = "no row of the database names the user, or only an older one does"
            example = Example(self._key(person, event), why, (("signup", event),))
            self._order = (6, person)
            yield self._made(person, causes.NO_ACCOUNT, self.tracked, example, counted=True)

    def divided(self, journeys: Journeys) -> Iterable[Lost]:
        """People whose visit goes on under another anonymousId on another host."""
        for split in self.signed.splits:
            person = self.people.of(split.opened)
            if person is None or person not in journeys.by_person:
                continue
            last = split.before.events[-1]
            here, there = host_of_event(split.opened), host_of_event(last)
            why = f"the visit goes on from {there} to {here} under another anonymousId"
            shown = (("left", last), ("goes on", split.opened))
            example = Example(self._key(person, split.opened), why, shown)
            self._order = (5, split.opened.time, person)
            yield self._made(person, causes.DOMAIN, self.definition.steps[0].name, example, counted=True)

    def _key(self, person: Person, event: Event) -> tuple[str, str]:
        user = user_of(person)
        if user is not None:
            return "user", user
        return ("device", event.anonymous_id) if event.anonymous_id is not None else ("user", event.user_id or "")


def unsent_signups(timelines: Timelines, people: People, bit: int) -> dict[Person, list[Event]]:
    """Client signups that the log shows were not received, by person."""
    found: dict[Person, list[Event]] = defaultdict(list)
    for event in timelines.having(bit):
        if event.delivery in UNDELIVERED and not timelines.arrived(event):
            person = people.of(event)
            if person is not None:
                found[person].append(event)
    return dict(found)


def _apart(stray: Event, account: Account) -> str:
    return f"within {max(abs(stray.time - account.created) // 1000 + 1, 1)} s"


def _share(site: Sited) -> str:
    return f"{site.leaving} of {site.arrived} signups that came from this site were tracked on a page being left"
