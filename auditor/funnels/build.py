"""From a judged log to its funnel."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from auditor.engine.plan import Plan
from auditor.funnels import causes
from auditor.funnels.accounts import Proving, arrived_signups, options_of
from auditor.funnels.definition import ATTEMPT, TRACKED, Definition, StepRule
from auditor.funnels.figures import Counted, count_steps
from auditor.funnels.invariants import Breaches, broken_invariants
from auditor.funnels.journeys import Journey, Journeys
from auditor.funnels.losses import Explaining, Findings, Lost, Sites, sites_of, unsent_signups
from auditor.funnels.people import People, Person
from auditor.funnels.reconcile import Reconciling, with_truth
from auditor.funnels.signed import Matches, Signed, sign, unmatched
from auditor.funnels.sites import Split, splits
from auditor.funnels.splitting import Splitting
from auditor.funnels.tally import ADDED, BLOCKED, EXTRA, SPLIT, STRAY, Tally, kinds_of
from auditor.language.loader import RuleSet
from auditor.model.accounts import created
from auditor.model.event import Event
from auditor.model.finding import Finding
from auditor.model.funnel import MissingUser
from auditor.model.naming import Naming
from auditor.timelines.timelines import Timelines

WORDS = (
    "client_call", "client_signup", "signup", "server_signup", "dated_identify", "signup_page", "client_login", "view",
)  # fmt: skip
"""Definitions of the vocabulary that the funnel asks for whatever its steps."""
_DAY = 86_400_000

Rows = Callable[[Proving, dict[Person, list[Event]], int], Reconciling]
"""Sets the truth beside accounts and signups."""


def prepare(plan: Plan, definition: Definition, rules: RuleSet) -> None:
    """Have the plan decide what the funnel asks of events, before the log is read."""
    options = next(rule for rule in rules.rules if rule.id == "missing-signup").options.values()
    asked = [*definition.predicates, *(rules.defines[w] for w in WORDS), *(o for o in options if hasattr(o, "matcher"))]
    for predicate in asked:
        plan.ask(predicate)
    plan.classifier.keep([rules.defines["dated_identify"]])


class Building:
    """A funnel in the making."""

    def __init__(
        self, plan: Plan, definition: Definition, rules: RuleSet, timelines: Timelines, naming: Naming
    ) -> None:
        self.naming = naming
        self.plan, self.definition, self.rules, self.timelines = plan, definition, rules, timelines
        self.signup = self._bit("client_signup")
        self.people = People(timelines, plan.is_placeholder, lambda event: bool(event.mask & self.signup))
        self.reconciling: Reconciling | None = None
        self.options = options_of(rules, lambda predicate: plan.classifier.bits[predicate])
        bits = [self._bit(word) for word in ("client_signup", "server_signup", "dated_identify", "view")]
        self.proofs = bits[1] | bits[2]
        self.proving = Proving(timelines, self.options, bits[0] | self.proofs | bits[3])

    def _bit(self, word: str) -> int:
        return self.plan.classifier.bits[self.rules.defines[word]]

    def _bit_of(self, step: StepRule) -> int:
        return self.plan.classifier.bits[step.when]

    def look(self, found: list[Finding], rows: Rows | None, late: int, divided: list[Split] | None = None) -> None:
        """Find out who signed up, and what is to be matched (``unmatched``, ``sites``). ``rows`` are the truth's;
        ``late``: how long, ms, after its account a signup is late; ``divided`` the visits on two hosts, where they are
        known. Raises ``InputError`` if the truth cannot be read."""
        timelines, people = self.timelines, self.people
        divided = splits(timelines.lanes) if divided is None else divided
        for split in divided:
            before, after = people.of_whole(split.before), people.of(split.opened)
            if before is not None and after is not None:
                people.join(before, after)
        self.signups, self.nobody = arrived_signups(timelines, people, self.signup)
        accounts = self.proving.proved(people, self.proofs, self.signups)
        if rows is not None:
            self.reconciling = rows(self.proving, self.signups, late)
            accounts = with_truth(accounts, self.reconciling)
        findings = Findings.sorted(found, people, timelines)
        self.signed = sign(timelines, people, self.signups, accounts, divided)
        self.sites = sites_of(self.signups, findings)
        form = self._bit("signup_page")
        self.unmatched = unmatched(
            self.signed,
            timelines,
            people,
            lambda event: bool(event.mask & form),
            lambda event: self._without_reset(event, findings),
        )

    def count(self, found: list[Finding], matches: Matches, sites: Sites, by: str | None, *, lacking: bool) -> Tally:
        """Count, after ``look``. What was matched, the ``sites``, and whether any signup is ``lacking`` is the whole
        log's; ``by`` a property the people are told apart."""
        timelines, people, signed = self.timelines, self.people, self.signed
        signed.match(matches, people, timelines.log.events)
        findings = Findings.sorted(found, people, timelines)
        journeys = self._journeys(signed)
        unsent = unsent_signups(timelines, people, self.signup)
        explaining = Explaining(self.definition, timelines, people, signed, findings, unsent, self.naming, sites)
        lost = explaining.all(journeys, self.reconciling.extra if self.reconciling is not None else ())
        events = self._signup_events()
        counted = self._counted(signed, journeys, lost, self.nobody, unsent, events.total())
        tally = self._tally(journeys, signed, lost, counted, events, by, lacking=lacking)
        attempt = next((self._bit_of(step) for step in self.definition.steps if step.name == ATTEMPT), 0)
        named = Counter({person: count for person, count in events.items() if person is not None})
        tally.breaches = broken_invariants(journeys, signed, findings, attempt, named, self.naming, self.options.window)
        causes_of = {one.person: one.cause.name for one in lost if one.person in signed.missing}
        tally.missing = [
            MissingUser(account.user, account.created, account.method, causes_of[person])
            for person, account in signed.missing.items()
        ]
        return tally

    def _journeys(self, signed: Signed) -> Journeys:
        people = self.people
        others = {id(stray) for stray in signed.misnamed.values()}
        journeys = Journeys(self.definition, self.timelines, people, self.plan.classifier.bits.__getitem__, others)
        for split in signed.splits:
            person = people.of(split.opened)
            if person is not None and people.apart(split.before.events[0]) == people.apart(split.opened):
                journeys.apart[f"lane {split.before.number}"] = person  # no dashboard chains it by its referrer
        return journeys

    def _without_reset(self, event: Event, findings: Findings) -> bool:
        device = self.timelines.device(event)
        rules = ("missing-reset-on-logout", "two-users-on-one-device")
        return device is not None and any(f.rule in rules for f in findings.by_device.get(device, ()))

    def _counted(
        self,
        signed: Signed,
        journeys: Journeys,
        lost: Iterable[Lost],
        nobody: int,
        unsent: dict[Person, list[Event]],
        events: int,
    ) -> Counted:
        people = self.people
        measured = frozenset(p for person in signed.signups if (p := people.joined(person)) is not None)
        extra = frozenset(one.person for one in lost if one.cause in (causes.OLD_USER, causes.NO_ACCOUNT))
        added = frozenset(one.person for one in lost if one.person in signed.missing and not one.counted)
        unsure = {p for p, account in signed.accounts.items() if account.lacking is None} | set(unsent)
        visitors = frozenset(j.person for j in journeys if j.taken and j.taken[0] is not None)
        return Counted(
            measured, extra, added, frozenset(unsure - measured - added), visitors, frozenset(journeys.apart),
            events, nobody,
        )  # fmt: skip

    def _signup_events(self) -> Counter[Person | None]:
        """The signup events by person that arrived from any side, under the names that clients use: what an event
        count says."""
        names = {event.event for event in self.timelines.having(self.signup)}
        held = self.timelines.having(self._bit("signup"))
        return Counter(self.people.of(e) for e in held if e.event in names and self.timelines.arrived(e))

    # The report -------------------------------------------------------------------------------------------

    def _tally(
        self,
        journeys: Journeys,
        signed: Signed,
        lost: list[Lost],
        counted: Counted,
        events: Counter[Person | None],
        by: str | None,
        *,
        lacking: bool,
    ) -> Tally:
        held = list(journeys)
        known = counted.measured | set(signed.accounts)
        followed = {i for i, journey in enumerate(held) if journey.person in known or not self._returning(journey)}
        shown = TRACKED if lacking else None  # it is known to lack: zero is an answer
        steps = count_steps(
            self.definition, held, lost, lambda step: self._unseen(step) if step.name != shown else None,
            self.timelines.device, followed,
        )  # fmt: skip
        values = None
        if by is not None:
            named = Counter({person: count for person, count in events.items() if person is not None})
            values = Splitting(by, held, signed.accounts).values(
                counted, held, followed, lost, len(steps), named, lambda person: journeys.apart.get(person, person)
            )
        names = Counter(event.event or "" for event in self.timelines.having(self.signup))
        return Tally(
            steps=steps,
            figures=counted.figures(),
            losses=kinds_of(lost),
            breaches=Breaches(),
            names=names,
            tracked=Counter() if names else self._tracked(),
            said={0, *self._said(counted, lost, signed)},
            uncertain=self.people.uncertain,
            returning=len(held) - len(followed),
            values=values,
            checked=None if self.reconciling is None else self.reconciling.checked,
        )

    def _tracked(self) -> Counter[str]:
        return Counter(e.event for e in self.timelines.log.events if e.type == "track" and e.event is not None)

    @staticmethod
    def _said(counted: Counted, lost: list[Lost], signed: Signed) -> Iterator[int]:
        if counted.added:
            yield ADDED
        if any(one.cause is causes.BLOCKED for one in lost):
            yield BLOCKED
        if signed.unnamed or signed.ended or signed.misnamed:
            yield STRAY
        if signed.splits:
            yield SPLIT
        if counted.extra:
            yield EXTRA

    def _returning(self, journey: Journey) -> bool:
        """Whether a person is known to have had an account before: by a login, or an older createdAt."""
        login, dated = self._bit("client_login"), self._bit("dated_identify")
        for event in journey.events:
            if event.mask & login:
                return True
            if event.mask & dated and (made := created(event)) is not None and event.time - made >= _DAY:
                return True
        return False

    def _unseen(self, step: StepRule) -> str | None:
        """Why the log cannot show a step; ``None``: it can."""
        bits = self.plan.classifier.bits
        if any(self.timelines.seen & bits[p] for p in (step.when, *step.methods.values()) if p is not None):
            return None
        if not self.proving.clients and "source" in step.when.fields:
            return "the log holds no call of a browser or phone"
        return "no event of the log takes it"
