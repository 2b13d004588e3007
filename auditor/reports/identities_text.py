"""`auditor identities --format text`: what a destination makes of the people, who suffers and why, and what to type."""

from collections.abc import Iterable, Iterator

from rich.text import Text

from auditor.model.identities import AFTER_RESET, Identified, Identities, Merged, Replay, Split, Worth
from auditor.reports.lines import Line, command, many, printed, rejects, wrapped

_SHOWN = 5
"""People, and profiles, that are shown; ``--format json`` and ``csv`` have all."""
_ALWAYS = "two userIds are taken for two people, and a visitor who never gave one for a person"
_KEPT = "reset kept the anonymousId: RudderStack's does, unless it is reset(true)"
_NO_FINDING = "they share an anonymousId or an alias, which no rule calls a mistake here"


def render(identified: Identified, *, width: int = 80, colour: bool = False, again: Iterable[str] = ()) -> str:
    """Each destination as text of at most ``width`` columns. ``again`` are the words that name the log in a command."""
    return printed(_lines(identified, width, list(again) or ["LOG..."]), width, colour)


def _lines(identified: Identified, width: int, again: list[str]) -> Iterator[Line]:
    for number, one in enumerate(identified.found):
        if number:
            yield Text()
        yield from _answer(one, identified, width)
        if one.worth is not None:
            yield from _worth(one.worth, one.replay, width)
        yield from _splits(one, width)
        yield from _merges(one.replay, width)
        yield from _refused(one.replay, width)
        yield from _uncertain(one, width)
        yield from _next(one, again, width)
    if not identified.found:
        yield Text("0 events")
    yield from rejects(identified.rejected, identified.records, identified.rejects, width)
    for note in identified.notes:
        yield from wrapped(f"note: {note}", width, hanging="  ")


def _answer(one: Identities, of: Identified, width: int) -> Iterator[Line]:
    replay = one.replay
    made = f"{people(replay.people)} {'makes' if replay.people == 1 else 'make'} {many(replay.profiles, 'profile')}"
    named = "" if of.named_by.startswith("--") else f" (named by {of.named_by})"
    yield from wrapped(f"{one.title}{named}: {made}", width, style="bold")
    order = "in which it received them" if of.by_arrival else "of the corrected time (some have no receivedAt)"
    yield from wrapped(
        f"{many(replay.events, 'event')} replayed in the order {order}; profiles are joined by {one.links_by}",
        width,
        "  ",
    )
    if replay.profiles > 1:
        yield from wrapped(
            f"events in a profile: {_half(replay)} or fewer in half of them, at most {_most(replay)}", width, "  "
        )
    if replay.unstored:
        yield from wrapped(f"{replay.unstored:,} of them are in no profile", width, "  ")
    if not replay.splits and not replay.merges and replay.events:
        yield from wrapped("nobody is split, nobody is merged by mistake", width, "  ", style="bold green")


def _half(replay: Replay) -> str:
    """How many events the smaller half of the profiles have at most."""
    seen = 0
    for size, count in replay.sizes.items():
        seen += count
        if 2 * seen >= replay.profiles:
            return f"{size:,}"
    raise AssertionError("a profile has no size")


def _most(replay: Replay) -> str:
    return f"{max(replay.sizes):,}"


def _worth(worth: Worth, after: Replay, width: int) -> Iterator[Line]:
    yield Text()
    if not worth.findings:
        why = f": {worth.reason}" if worth.reason else ""
        yield from wrapped(f"nothing to mend: no finding of {worth.rule}{why}", width, style="bold")
        return
    yield from wrapped(f"if {worth.rule} were mended, {_outcome(worth, after)}", width, hanging="  ", style="bold")
    yield from wrapped(f"{worth.mended} of {many(worth.findings, 'finding')} mended", width, "  ")
    for reason, count in worth.unmended:
        yield from wrapped(f"{count} not: {reason}", width, "  ", hanging="    ")
    yield Text(f"  {'':<18}{'as it is':>10}{'mended':>10}", style="dim")
    for word, was, now in (
        ("profiles", worth.before.profiles, after.profiles),
        ("split people", len(worth.before.splits), len(after.splits)),
        ("merged people", worth.before.merged_people, after.merged_people),
        ("orphaned events", worth.before.orphaned, after.orphaned),
    ):
        yield Text(f"  {word:<18}{was:>10,}{now:>10,}", style="" if was == now else "bold")


def _outcome(worth: Worth, after: Replay) -> str:
    parted = worth.before.merged_people - after.merged_people
    said = [_restored(worth)] if worth.restored else []
    if parted > 0:
        said.append(f"{people(parted)} {'is' if parted == 1 else 'are'} merged no more")
    return " and ".join(said) or "nobody would be more whole than now"


def _restored(worth: Worth) -> str:
    if worth.signups == worth.restored:
        whose = "gets its history back" if worth.signups == 1 else "get their history back"
        return f"{many(worth.signups, 'signup')} {whose}"
    whose = "gets the history back" if worth.restored == 1 else "get their history back"
    among = f" ({many(worth.signups, 'signup')} among them)" if worth.signups else ""
    return f"{people(worth.restored)} {whose}{among}"


def _splits(one: Identities, width: int) -> Iterator[Line]:
    splits = one.replay.splits
    if not splits:
        return
    yield Text()
    verb = "is" if len(splits) == 1 else "are"
    yield from wrapped(
        f"split: {people(len(splits))} {verb} not whole, {many(one.replay.orphaned, 'anonymous event')} orphaned",
        width,
        hanging="  ",
        style="bold",
    )
    for split in splits[:_SHOWN]:
        yield from wrapped(_scattered(split), width, "  ", hanging="    ")
        yield from wrapped(f"why: {_why(split, one)}", width, "    ", hanging="      ")
    yield from _more(len(splits), width)


def _scattered(split: Split) -> str:
    where = f"in {many(len(split.profiles), 'profile')}, " if len(split.profiles) > 1 else ""
    if split.known:
        return f"{split.name}: {where}{split.elsewhere} of {many(split.events, 'event')} not in the user's own"
    return f"visitor {split.name}: {where}{many(split.events, 'event')}"


def _why(split: Split, one: Identities) -> str:
    words = {refusal.reason: refusal.words for refusal in one.replay.refused}
    why = [*split.rules, *(words[reason] for reason in split.refused)]
    if split.kept and not split.rules:
        why.insert(0, _KEPT)
    return "; ".join(why) or f"nothing joined the profiles: that takes {one.links_by}"


def _merges(replay: Replay, width: int) -> Iterator[Line]:
    if not replay.merges:
        return
    yield Text()
    yield from wrapped(
        f"merged by mistake: {people(replay.merged_people)} in {many(len(replay.merges), 'profile')}",
        width,
        hanging="  ",
        style="bold",
    )
    for merged in replay.merges[:_SHOWN]:
        yield from wrapped(_together(merged), width, "  ", hanging="    ")
        why = "; ".join(merged.rules)
        if merged.placeholder is not None:
            why = f'all were called "{merged.placeholder}"' + (f"; {why}" if why else "")
        yield from wrapped(f"why: {why or (_KEPT if merged.kept else _NO_FINDING)}", width, "    ", hanging="      ")
    yield from _more(len(replay.merges), width)


def _together(merged: Merged) -> str:
    names = [name if known else f"visitor {name}" for name, known in merged.people]
    rest = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{many(merged.events, 'event')} of {people(len(names))}: {', '.join(names[:_SHOWN])}{rest}"


def _refused(replay: Replay, width: int) -> Iterator[Line]:
    if not replay.refused:
        return
    yield Text()
    yield Text("refused", style="bold")
    for one in replay.refused:
        yield from wrapped(f"{one.reason} ({one.count:,}): {one.words}", width, "  ", hanging="    ")


def _uncertain(one: Identities, width: int) -> Iterator[Line]:
    yield Text()
    yield Text("uncertain", style="bold")
    if one.replay.uncertain:
        yield from wrapped(
            f"of {many(one.replay.uncertain, 'event')} nobody can tell by whom they are (an anonymousId that several"
            " users had, a user who had left, a userId that is none); they count for nobody here",
            width,
            "  ",
            hanging="    ",
        )
    for doubt in (_ALWAYS, *one.doubts):
        yield from wrapped(doubt, width, "  ", hanging="    ")


def _next(one: Identities, again: list[str], width: int) -> Iterator[Line]:
    """The rule whose mending helps most people; else how to see one of them; where nobody suffers, the check."""
    replay = one.replay
    mended = one.worth.rule if one.worth is not None else None
    suffering = {rule: count for rule, count in replay.suffering.items() if rule != mended}
    if mended is not None:
        yield from command(("rules", "show", mended), (), width)
    if suffering:
        rule = max(sorted(suffering), key=lambda rule: suffering[rule])
        yield from command(("identities", "--destination", one.destination, "--fix", rule), again, width)
    if replay.splits:
        yield from command(_timeline(replay.splits[0].name, replay.splits[0].known), again, width)
    elif replay.merges:
        yield from command(_timeline(*replay.merges[0].people[0]), again, width)
    elif mended is None:
        yield from command(("check",), again, width)


def _timeline(name: str, known: bool) -> tuple[str, str, str]:
    return ("timeline", "--user", name) if known else ("timeline", "--anonymous", name.partition(AFTER_RESET)[0])


def _more(count: int, width: int) -> Iterator[Line]:
    if count > _SHOWN:
        yield from wrapped(f"and {count - _SHOWN:,} more (--format json or csv has all)", width, "  ")


def people(count: int) -> str:
    """``1 person``, ``2 people``."""
    return f"{count:,} {'person' if count == 1 else 'people'}"
