"""The answer key: what is wrong with a household's tracking, read from what truly happened.

An answer names a rule, a kind where only one is right, and the messages that a finding may blame. ``planted``: the
rule is one that the plan's mistake breaks, so a finding is asked for. Else it is a companion: another rule that the
same mistake truly breaks (a signup received twice by a redirect is also a changed duplicate), allowed and not asked
for. The key looks at calls, documents and requests, which a log does not show; and at what the collector (or a HAR)
got only to say what can be seen there at all.
"""

from collections.abc import Iterator
from dataclasses import replace

from benchmarks.simulate.answer import Answer
from benchmarks.simulate.browser import Browser, Document
from benchmarks.simulate.clock import DAY, MINUTE
from benchmarks.simulate.record import Call, Entry, Leaving, Load, Message, Truth, User, device_of, user_of
from benchmarks.simulate.run import Household
from benchmarks.simulate.seen import Seen
from benchmarks.simulate.sending_answers import sending_answers
from benchmarks.simulate.servers import Server
from benchmarks.simulate.slip_answers import slip_answers

_LATE, _LOGIN, _PAIR = 30 * MINUTE, MINUTE, 10 * MINUTE
_LEFT_AT_ONCE = 300
_SLACK = 1100
"""A HAR has no ``receivedAt``: the two sides' clocks decide, and what lies closer than a second stays open."""


def answers(household: Household, seen: Seen) -> list[Answer]:
    """Everything that is wrong with a household and can be seen, planted or a companion of what is planted."""
    plan = household.plan
    found = []
    for answer in (*_Key(household, seen).all(), *sending_answers(household, seen)):
        broken = {answer.rule, f"{answer.rule}/{answer.kind}"} & set(plan.breaks)
        found.append(replace(answer, planted=bool(broken) and answer.asked, cause=plan.name))
    return found


class _Key:
    """The rules, each as one question to the truth."""

    def __init__(self, household: Household, seen: Seen) -> None:
        self.household = household
        self.vendor = household.vendor
        self.truth: Truth = household.truth
        self.seen = seen
        self.calls = sorted(self.truth.executed, key=lambda call: call.executed or 0)
        self.place = {call: place for place, call in enumerate(self.calls)}
        self.client = [call for call in self.calls if not isinstance(call.document, Server)]
        self.identifies = [call for call in self.client if call.method == "identify" and seen.arrived(call.message)]
        self.resets = [call for call in self.client if call.method in ("reset", "forget")]

    def all(self) -> Iterator[Answer]:
        """Every answer."""
        for entry in self.truth.entries:
            yield from self._entry(entry)
        yield from self._aliases()
        yield from self._logouts()
        yield from self._shared_devices()
        for load in self.truth.loads:
            yield from self._load(load)
        if self.household.aliasing:
            yield from self._unaliased()
        yield from self._messages()
        for user in self.truth.created:
            yield from self._missing(user)
        yield from slip_answers(self.household, self.seen)

    # --- Signups and logins -------------------------------------------------------------------------------

    def _known(self, call: Call) -> bool:
        """Whether somebody was identified in the browser before a call, with no reset since."""
        at = self.place[call]
        reset = max((self.place[one] for one in _beside(call, self.resets) if self.place[one] < at), default=-1)
        return any(reset < self.place[one] < at for one in _beside(call, self.identifies))

    def _next_identify(self, call: Call, within: int) -> Call | None:
        at, until = self.place[call], (call.executed or 0) + within
        resets, identifies = _beside(call, self.resets), _beside(call, self.identifies)
        reset = min((self.place[one] for one in resets if self.place[one] > at), default=len(self.calls))
        named = (one for one in identifies if at < self.place[one] < reset and (one.executed or 0) <= until)
        return next(named, None)

    def _entry(self, entry: Entry) -> Iterator[Answer]:
        call = entry.track
        if call is None or call.message is None or call.executed is None:
            return
        message = call.message
        ids = frozenset({message.id})
        if entry.on_leaving_page or (entry.what == "signup" and self.seen.cut_off(message)):
            yield from self._redirect(entry, message)
        arrived = self.seen.arrived(message)
        if not arrived and not self.seen.tried(message):
            return
        late = self._next_identify(call, _LATE)
        if not self._known(call):
            if late is not None:
                replayed = self._replayed(call)
                asked = arrived and (late.executed or 0) > call.executed
                yield Answer("identify-after-track", ids, "replayed" if replayed else None, asked=asked)
            elif entry.what == "signup" and not self._identified(entry.user, message):
                yield Answer("signup-without-identify", ids, asked=arrived)
            if entry.what == "login" and self._next_identify(call, _LOGIN) is None:
                yield Answer("login-without-identify", ids, asked=arrived)
        if entry.again and arrived:
            yield Answer("double-counted-signup", ids, "client-again")

    def _replayed(self, call: Call) -> bool:
        """Whether the call was made after identify and carried out before it, as a replay by method does."""
        made = [one for one in self.client if one.document is call.document and one.made == call.made]
        order = [one for one in self.truth.calls if one in made]
        before = order[: order.index(call)]
        return any(one.method == "identify" and (one.executed or 0) > (call.executed or 0) for one in before)

    def _identified(self, user: User, signup: Message) -> bool:
        """Whether a server's identify names the user whom a signup carries."""
        calls = (c for c in self.truth.server if c.method == "identify" and c.user is user)
        return signup.user == user.id and any(self.seen.arrived(call.message) for call in calls)

    def _redirect(self, entry: Entry, message: Message) -> Iterator[Answer]:
        """A signup on a page that is left at once: what became of it."""
        outcome = self.seen.outcome(message, entry.document)
        if outcome is None:
            return
        asked = self.vendor != "posthog"  # whose requests outlive their page: no signup is at risk
        if not entry.on_leaving_page or self.household.plan.code.signup_on == "form, held":
            asked = False
        elif self.household.plan.code.signup_on == "forwarding":
            pages = (c for c in self.client if c.method == "page" and c.document is not entry.document)
            after = next((c.executed or 0 for c in pages if (c.executed or 0) > message.t), message.t)
            asked = asked and after - message.t <= _LEFT_AT_ONCE
        yield Answer("signup-on-redirecting-page", frozenset({message.id}), outcome, asked=asked)

    # --- Aliases ------------------------------------------------------------------------------------------

    def _aliases(self) -> Iterator[Answer]:
        for call in self.client:
            message = call.message
            if call.method != "alias" or message is None or not self.seen.arrived(message):
                continue
            ids = frozenset({message.id})
            body = message.arrivals[0].stored if message.arrivals else message.body
            if body["previousId"] == body["userId"]:
                yield Answer("alias-after-identify", ids, "self-alias")
                continue
            earlier = [one for one in self.identifies if one.user is call.user and (one.executed or 0) < message.t]
            if earlier:
                yield Answer("alias-after-identify", ids, "after-identify")
            servers = [one for one in self.truth.server if one.method == "identify" and one.user is call.user]
            arrived = min((a.at for one in servers if one.message for a in one.message.arrivals), default=None)
            if arrived is not None and message.arrivals and arrived < message.arrivals[0].at:
                skew = self.household.browsers[0].weather.skew
                near = self.seen.documents and message.t + skew - arrived < _SLACK
                yield Answer("server-identify-before-client-alias", ids, asked=not near)

    def _unaliased(self) -> Iterator[Answer]:
        """Users whom a destination never hears of as who they were before: nothing aliases them."""
        aliases = [c.message for c in self.client if c.method == "alias" and c.message and self.seen.arrived(c.message)]
        aliased = {m.body["userId"] for m in aliases if m.body["userId"] != m.body["previousId"]}
        signups = [e.track.message for e in self.truth.entries if e.what == "signup" and e.track and e.track.message]
        for message in signups:
            if message.user is not None and message.user not in aliased:
                yield Answer("missing-alias", frozenset({message.id}), "never-aliased")
        client = {call.message.user for call in self.client if call.message and self.seen.arrived(call.message)}
        named = [c.message for c in self.truth.server if c.method == "identify" and c.message]
        for user in {message.user for message in named} - client - aliased:
            ids = frozenset(message.id for message in named if message.user == user)
            yield Answer("missing-alias", ids, "server-only")

    # --- Logouts and devices ------------------------------------------------------------------------------

    def _logouts(self) -> Iterator[Answer]:
        for leaving in self.truth.leavings:
            signals = [call for call in leaving.signals if self.seen.arrived(call.message)]
            if not signals:
                continue
            at = max(call.executed or 0 for call in signals)
            ids = frozenset(call.message.id for call in signals if call.message is not None)
            behind = _beside(signals[0], self.client)
            later = [c for c in behind if (c.executed or 0) > at and self.seen.arrived(c.message)]
            view = next((c for c in later if c.method == "page"), None)
            named = next((c for c in later if c.method == "identify"), None)
            if named is not None and (view is None or (named.executed or 0) <= (view.executed or 0) + 50):
                without = leaving.reset is None or self.household.plan.code.delivery.pins is not None
                if without and named.user is not leaving.user and self._same_device(signals[-1], named):
                    yield Answer("missing-reset-on-logout", ids, "inherited")
            elif view is not None and view.message is not None and view.message.user == leaving.user.id:
                yield Answer("missing-reset-on-logout", ids, "still-sent")
            elif leaving.reset is not None and self._undone(leaving, later):
                yield Answer("missing-reset-on-logout", ids, "still-sent", asked=False)

    def _undone(self, leaving: Leaving, later: list[Call]) -> bool:
        """Whether another tab, open since before, has written the old user back: what is recorded from then on equals
        a missing reset (domain.md 11.6)."""
        named = (place for place, call in enumerate(later) if call.method == "identify")
        views = [call.message for call in later[: next(named, None)] if call.method == "page"]
        return any(message is not None and message.user == leaving.user.id for message in views)

    def _same_device(self, first: Call, second: Call) -> bool:
        assert first.message is not None
        assert second.message is not None
        return device_of(first.message) == device_of(second.message)

    def _shared_devices(self) -> Iterator[Answer]:
        """Two users identified under one anonymousId: the later one, unless a reset parts them in this SDK."""
        for first, second in zip(self.identifies, self.identifies[1:], strict=False):
            if first.user is second.user or not self._same_device(first, second):
                continue
            between = any((first.executed or 0) < (r.executed or 0) < (second.executed or 0) for r in self.resets)
            if between and self.vendor != "segment":
                continue
            assert second.message is not None
            yield Answer("two-users-on-one-device", frozenset({second.message.id}))

    def _load(self, load: Load) -> Iterator[Answer]:
        """A page load of a logged-in user who was identified before, that does not identify."""
        message, user = load.page.message, load.user
        if message is None or not self.seen.arrived(message):
            return
        if any(self.seen.arrived(call.message) for call in load.identifies):
            return
        lost = any(call.executed is not None for call in load.identifies)
        left = [one for one in self.truth.leavings if any(self.seen.arrived(call.message) for call in one.signals)]
        logout = max((leaving.at for leaving in left if leaving.at < message.t), default=0)
        named = [c for c in _beside(load.page, self.identifies) if logout < (c.executed or 0) < message.t]
        if not any(c.user is user or (user is None and c.message and c.message.user == message.user) for c in named):
            return
        pages = [c for c in _beside(load.page, self.client) if c.method == "page"]
        others = [c for c in pages if c.document is not load.document]
        after = next((c.executed or 0 for c in others if (c.executed or 0) > message.t), None)
        at_once = after is not None and after - message.t < _LEFT_AT_ONCE
        before = [c for c in others if (c.executed or 0) < message.t]
        like_a_route = bool(before) and not self.seen.documents and _same_referrer(before[-1], load.page)
        silent = self.vendor == "posthog"  # identify of a known user sends "$set or nothing" (domain.md 4.4)
        forgotten = user is None  # the server's session is over: the site cannot know whom to identify
        asked = not (at_once or like_a_route or silent or forgotten or lost)
        yield Answer("missing-identify-on-page-load", frozenset({message.id}), asked=asked)

    # --- Single messages ----------------------------------------------------------------------------------

    def _messages(self) -> Iterator[Answer]:
        by_id: dict[str, list[Message]] = {}
        for call in self.calls:
            if call.message is not None and self.seen.arrived(call.message):
                by_id.setdefault(call.message.id, []).append(call.message)
        named: dict[str, set[str]] = {}
        for message_id, held in by_id.items():
            ids = frozenset({message_id})
            yield from self._copies(held, ids)
            for message in held:
                for user in {user_of(a.stored) for a in message.arrivals} | {user_of(message.body)}:
                    if user is not None:
                        named.setdefault(user, set()).add(message_id)
            if not isinstance(held[0].document, Server) and _tells_secret(held[0]):
                yield Answer("sensitive-trait-client-side", ids)
        kinds = {"e-mail": "user-id-is-email", "placeholder": "placeholder-user-id"}
        rule = kinds.get(self.household.plan.code.user_id)
        if rule is not None:
            for user, messages in named.items():
                yield Answer(rule, frozenset(messages), once=user)

    def _copies(self, held: list[Message], ids: frozenset[str]) -> Iterator[Answer]:
        moments = [moment for message in held for moment in self.seen.received(message)]
        if len(moments) < 2:
            return
        far = max(moments) - min(moments) >= DAY
        different = len(held) > 1 or _differ([arrival.stored for arrival in held[0].arrivals])
        kind = "late" if far else "changed" if different else "resent"
        yield Answer("duplicate-message-id", ids, kind, asked=kind != "resent")

    # --- New users ----------------------------------------------------------------------------------------

    def _missing(self, user: User) -> Iterator[Answer]:
        """A new user without a client signup; and one whom the server counts as well."""
        tracks = [e.track for e in self.truth.entries if e.what == "signup" and e.user is user and e.track is not None]
        came = [call for call in tracks if self.seen.arrived(call.message)]
        arrived = [call.message for call in came if call.message is not None]
        twins = [c.message for c in self.truth.server if c.user is user and c.message is not None]
        told = [m for m in twins if m.type == "track" and m.body["event"] in ("Account Created", "Signed Up")]
        named = [c.message for c in self.identifies if c.user is user and c.message is not None]
        named += [m for m in twins if m.type == "identify"]
        evidence = frozenset(message.id for message in told + named)
        if not arrived and evidence:
            yield Answer("missing-signup", evidence)
        elif evidence and not any(
            (call.message and call.message.user) or self._next_identify(call, _LATE) for call in came
        ):
            yield Answer("missing-signup", evidence, asked=False)
        for twin in told:
            if twin.body["event"] == "Signed Up" and any(abs(m.t - twin.t) <= _PAIR for m in arrived):
                yield Answer("double-counted-signup", frozenset({twin.id}), "client-and-server")


def _beside(call: Call, calls: list[Call]) -> list[Call]:
    """Those of some calls that were made in the same browser."""
    browser = _browser_of(call)
    return [one for one in calls if _browser_of(one) is browser]


def _browser_of(call: Call) -> Browser | None:
    return call.document.browser if isinstance(call.document, Document) else None


def _same_referrer(first: Call, second: Call) -> bool:
    """Whether two pages in turn look like two routes of one single-page app: one referrer, two urls."""
    assert isinstance(first.document, Document)
    assert isinstance(second.document, Document)
    return first.document.referrer == second.document.referrer and first.document.url != second.document.url


def _tells_secret(message: Message) -> bool:
    """Whether the wire body holds a secret under its key, or an identify a card number among its traits."""
    body = message.body
    properties = body.get("properties") or {}
    traits = [body.get("traits"), (body.get("context") or {}).get("traits"), body.get("$set"), properties.get("$set")]
    if any("password" in (held or {}) for held in traits) or "card_number" in properties:
        return True
    return message.type == "identify" and any("billing" in (held or {}) for held in traits)


def _differ(bodies: list[dict[str, object]]) -> bool:
    changing = {"sentAt", "_metadata", "_request", "_position"}
    first, *others = [{key: value for key, value in body.items() if key not in changing} for body in bodies] or [{}]
    return any(other != first for other in others)
