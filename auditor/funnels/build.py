"""From a judged log to its funnel."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from auditor.engine.plan import Plan
from auditor.funnels import causes
from auditor.funnels.accounts import Proving, arrived_signups, options_of
from auditor.funnels.definition import ATTEMPT, TRACKED, Definition, StepRule
from auditor.funnels.figures import Counted, count_steps
from auditor.funnels.invariants import broken_invariants
from auditor.funnels.journeys import Journey, Journeys
from auditor.funnels.losses import Explaining, Findings, Lost, unsent_signups
from auditor.funnels.people import People, Person, user_of
from auditor.funnels.reconcile import reconcile, with_truth
from auditor.funnels.signed import Signed, find_signed
from auditor.funnels.sites import splits
from auditor.funnels.splitting import Splitting
from auditor.language.loader import RuleSet
from auditor.model.accounts import created
from auditor.model.event import Event
from auditor.model.finding import Finding
from auditor.model.funnel import Conversion, Funnel, Group, Loss, MissingUser
from auditor.model.naming import Naming
from auditor.model.truth import TruthSource
from auditor.timelines.timelines import Timelines

WORDS = (
    "client_call", "client_signup", "signup", "server_signup", "dated_identify", "signup_page", "client_login", "view",
)  # fmt: skip
"""Definitions of the vocabulary that the funnel asks for whatever its steps."""
_DAY = 86_400_000
_NAMED = 10_000
"""Users that a loss names at the most."""


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
        self.options = options_of(rules, lambda predicate: plan.classifier.bits[predicate])
        bits = [self._bit(word) for word in ("client_signup", "server_signup", "dated_identify", "view")]
        self.proofs = bits[1] | bits[2]
        self.proving = Proving(timelines, self.options, bits[0] | self.proofs | bits[3])

    def _bit(self, word: str) -> int:
        return self.plan.classifier.bits[self.rules.defines[word]]

    def _bit_of(self, step: StepRule) -> int:
        return self.plan.classifier.bits[step.when]

    def funnel(
        self, found: list[Finding], version: str, source: TruthSource | None, late: int, by: str | None
    ) -> Funnel:
        """The whole of it, reconciled with the truth where there is one, and split ``by`` a property. ``late``: how
        long, ms, after its account a signup is late. Raises ``InputError`` if the truth cannot be read."""
        timelines, people = self.timelines, self.people
        divided = splits(timelines)
        for split in divided:
            before, after = people.of_whole(split.before), people.of(split.opened)
            if before is not None and after is not None:
                people.join(before, after)
        signups, nobody = arrived_signups(timelines, people, self.signup)
        accounts = self.proving.proved(people, self.proofs, signups)
        checked = None
        if source is not None:
            checked = reconcile(source, self.proving, signups, late)
            accounts = with_truth(accounts, checked)
        findings = Findings.sorted(found, people, timelines)
        form = self._bit("signup_page")
        signed = find_signed(
            timelines, people, signups, accounts, divided,
            lambda event: bool(event.mask & form),
            lambda event: self._without_reset(event, findings),
        )  # fmt: skip
        findings = Findings.sorted(found, people, timelines)
        journeys = self._journeys(signed)
        unsent = unsent_signups(timelines, people, self.signup)
        explaining = Explaining(self.definition, timelines, people, signed, findings, unsent, self.naming)
        lost = self._lost(explaining, signed, journeys)
        lost += explaining.without_account(checked.extra if checked is not None else ())
        events = self._signup_events()
        counted = self._counted(signed, journeys, lost, nobody, unsent, events.total())
        funnel = self._made(version, journeys, signed, lost, counted, events, by)
        attempt = next((self._bit_of(step) for step in self.definition.steps if step.name == ATTEMPT), 0)
        named = Counter({person: count for person, count in events.items() if person is not None})
        funnel.invariants = broken_invariants(
            journeys, signed, findings, attempt, named, self.naming, self.options.window
        )
        if checked is not None:
            funnel.truth = checked.truth
            if not checked.truth.captured and checked.truth.accounts and counted.measured:
                funnel.notes.append("no userId of the log's signups is in the truth: do both use the same ids?")
        causes_of = {one.person: one.cause.name for one in lost if one.person in signed.missing}
        funnel.missing = tuple(
            MissingUser(account.user, account.created, account.method, causes_of[person])
            for person, account in sorted(signed.missing.items(), key=lambda pair: (pair[1].created, pair[0]))
        )
        return funnel

    def _journeys(self, signed: Signed) -> Journeys:
        people = self.people
        others = {id(stray.event) for stray in signed.misnamed.values()}
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

    def _lost(self, explaining: Explaining, signed: Signed, journeys: Journeys) -> list[Lost]:
        """Each person's loss, and beside it what was counted twice or split, in an order that no line decides."""
        accounts = sorted(signed.missing.values(), key=lambda account: (account.created, account.user))
        lost = [explaining.missing(account) for account in accounts]
        known = signed.missing.keys() | signed.signups.keys()
        lost += [explaining.unsent_signup(person) for person in sorted(explaining.unsent) if person not in known]
        named = {one.person for one in lost}
        for journey in sorted(journeys, key=lambda one: (one.events[0].time, one.person)):
            if journey.person not in named:
                one = explaining.out_of_order(journey)
                if one is not None:
                    lost.append(one)
        return [*lost, *explaining.doubles(), *explaining.old(), *explaining.divided(journeys)]

    def _counted(
        self, signed: Signed, journeys: Journeys, lost: Iterable[Lost], nobody: int, unsent: dict[Person, list[Event]],
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

    def _made(
        self, version: str, journeys: Journeys, signed: Signed, lost: list[Lost], counted: Counted,
        events: Counter[Person | None], by: str | None,
    ) -> Funnel:
        held = list(journeys)
        known = counted.measured | set(signed.accounts)
        followed = {i for i, journey in enumerate(held) if journey.person in known or not self._returning(journey)}
        lacking = TRACKED if signed.missing else None  # it is known to lack: zero is an answer
        steps = count_steps(
            self.definition, held, lost, lambda step: self._unseen(step) if step.name != lacking else None,
            self.timelines.device, followed,
        )  # fmt: skip
        groups: tuple[Group, ...] = ()
        if by is not None:
            splitting = Splitting(by, held, signed.accounts)
            named = Counter({person: count for person, count in events.items() if person is not None})
            groups = splitting.groups(
                counted, held, followed, lost, [step.shown for step in steps], named,
                lambda person: journeys.apart.get(person, person),
            )  # fmt: skip
        names = Counter(event.event or "" for event in self.timelines.having(self.signup))
        return Funnel(
            version=version,
            files=self.timelines.log.files,
            steps=steps,
            signups=counted.signups(),
            losses=self._losses(lost),
            conversion=self._conversion(counted, lost, signed),
            people=len(counted.visitors | counted.actual),
            uncertain=self.people.uncertain,
            returning=len(held) - len(followed),
            by=by,
            groups=groups,
            names=dict(names.most_common()),
            similar=self._similar() if not names else (),
        )

    def _similar(self) -> tuple[tuple[str, int], ...]:
        from auditor.engine.likeness import SIGNUP, similar_names  # only where no signup was seen

        tracked = (e.event for e in self.timelines.log.events if e.type == "track" and e.event is not None)
        return similar_names(Counter(tracked), SIGNUP)

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
        if not self.timelines.lanes and "source" in step.when.fields:
            return "the log holds no call of a browser or phone"
        return "no event of the log takes it"

    def _losses(self, lost: list[Lost]) -> tuple[Loss, ...]:
        held: dict[tuple[str, str, bool, bool], list[Lost]] = defaultdict(list)
        for one in lost:
            held[one.cause.name, one.step, one.counted, one.proved].append(one)
        made = []
        for (_, step, counted, proved), group in held.items():
            cause = group[0].cause
            users = sorted({user for one in group if (user := user_of(one.person)) is not None})
            made.append(
                Loss(
                    cause.name, cause.label, step, cause.rule, causes.fix_of(cause, self.rules),
                    len({one.person for one in group}), tuple(users[:_NAMED]), counted, proved,
                    tuple(one.example for one in group if one.example is not None),
                )
            )  # fmt: skip
        return tuple(sorted(made, key=lambda one: (one.counted, not one.proved, -one.people, one.cause, one.step)))

    def _conversion(self, counted: Counted, lost: list[Lost], signed: Signed) -> Conversion:
        said = ["a person is a userId, or a device that no userId is seen on; a visit is any call of a client"]
        if counted.added:
            said.append("an account that the server, createdAt or the database shows inside the log's time is a signup")
        if any(one.cause is causes.BLOCKED for one in lost):
            said.append("a user without any client call was in a browser that sent nothing, not made by an import")
        if signed.unnamed or signed.ended or signed.misnamed:
            said.append("calls without a user are a new account's if they came while it was made and nobody else's do")
        if signed.splits:
            said.append("a first page opened from another host of the log goes on with a visit there")
        if counted.extra:
            said.append("a signup of a user who was known a day before, or has no account, is no signup")
        return counted.conversion(said)

