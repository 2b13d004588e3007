"""A configuration from what a log holds. What the log does not prove is a guess, and marked as one."""

from collections.abc import Iterator, Mapping, Sequence

from auditor.engine.likeness import LOGIN, LOGOUT, SIGNUP, Role
from auditor.engine.site_paths import behind_login, logout_paths, signup_paths, times
from auditor.language.loader import RuleSet
from auditor.language.params import typed
from auditor.model.inventory import Inventory, Named
from auditor.model.naming import Redacting
from auditor.model.proposal import Line, Proposal
from auditor.timelines.timelines import Timelines


def propose(inventory: Inventory, timelines: Timelines, rules: RuleSet) -> Proposal:
    """The proposal; ``inventory`` was taken with the default parameters."""
    return Proposal(
        params=tuple(_params(inventory, timelines, rules)),
        destinations=tuple(_destinations(inventory.destinations)),
        records=inventory.records,
        events=inventory.events,
        devices=inventory.devices,
        users=inventory.users,
        first=inventory.first,
        last=inventory.last,
        rejected=inventory.rejected,
        skipped=inventory.skipped,
        rejects=inventory.rejects,
    )


def _params(inventory: Inventory, timelines: Timelines, rules: RuleSet) -> Iterator[Line]:
    text = Redacting().text
    names = [named for named in inventory.names if text(named.name) == named.name]  # no one's address into a file
    signups = _listed(SIGNUP, names)
    yield from _names(SIGNUP, names, signups)
    yield from _server_signups(signups, inventory)
    yield from _names(LOGIN, names, _listed(LOGIN, names))
    yield from _names(LOGOUT, names, _listed(LOGOUT, names))
    usual = {name: typed("regex_list", rules.params[name].default) for name in ("signup_paths", "logout_paths")}
    yield from signup_paths(timelines, {named.name for named in signups}, usual["signup_paths"])
    yield from logout_paths(timelines, usual["logout_paths"])
    yield from behind_login(timelines)


# --- Events -----------------------------------------------------------------------------------------------


def _listed(role: Role, names: Sequence[Named]) -> list[Named]:
    """The names that are the field's own: listed by default, or the same words spelled otherwise."""
    return [named for named in names if role.param in named.roles or role.is_same(named.name)]


def _names(role: Role, names: Sequence[Named], listed: Sequence[Named]) -> Iterator[Line]:
    guesses = [named for named in names if role.name in named.like and named not in listed]
    param = role.param
    if listed:
        seen = [_seen(named) for named in listed]
        seen += [f"not counted as a {role.name}, although it reads like one: {_seen(named)}" for named in guesses]
        yield Line(param, tuple(named.name for named in listed), True, tuple(seen))
    elif guesses:
        yield Line(
            param,
            tuple(named.name for named in guesses),
            False,
            tuple(f"reads like a {role.name}: {_seen(named)}" for named in guesses),
        )
    else:
        yield Line(param, (), False, (f"no name in the log reads like a {role.name}",))


def _server_signups(signups: Sequence[Named], inventory: Inventory) -> Iterator[Line]:
    by_server = [named for named in signups if dict(named.sides).get("server")]
    if by_server:
        seen = tuple(f'"{named.name}" {times(dict(named.sides)["server"])} from a server' for named in by_server)
        yield Line("server_signup_events", tuple(named.name for named in by_server), True, seen)
    elif any(sender.side == "server" for sender in inventory.senders):
        yield Line("server_signup_events", (), False, ("no server of this log tracks a signup",))


def _seen(named: Named) -> str:
    return f'"{named.name}" {times(named.count)}, from {" and ".join(side for side, _ in named.sides)}'


# --- Destinations -----------------------------------------------------------------------------------------


def _destinations(named: Sequence[tuple[str, tuple[str, ...]]]) -> Iterator[Line]:
    """Sure only if each destination that the log names has exactly one profile: a list that leaves one out would switch
    off rules that this one needs."""
    if not named:
        yield Line("destinations", (), False, ("the log names none (analytics.js does, in _metadata)",))
        return
    seen = []
    for name, profiles in named:
        choice = f"profile {profiles[0]}" if len(profiles) == 1 else f"one of {', '.join(profiles)}"
        seen.append(f"{name} in _metadata: {choice if profiles else 'there is no profile for it'}")
    fitting: Mapping[str, None] = dict.fromkeys(profiles[0] for _, profiles in named if profiles)
    yield Line("destinations", tuple(fitting), all(len(profiles) == 1 for _, profiles in named), tuple(seen))
