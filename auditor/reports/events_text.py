"""`auditor events --format text`: what is in a log, what plays which role in it, and what it cannot show."""

from collections.abc import Iterable, Iterator

from rich.text import Text

from auditor.model.finding import OFF, ONLY_FOR
from auditor.model.inventory import Found, Gap, Inventory, Named
from auditor.reports.json import timestamp
from auditor.reports.lines import Line, clean, command, cut, many, printed, rejects, wrapped

_NAMES, _PAGES, _SENDERS = 40, 10, 20
"""Rows that are shown of each list; ``--format json`` has all."""


def render(inventory: Inventory, *, width: int = 80, colour: bool = False, again: Iterable[str] = ()) -> str:
    """The inventory as text of at most ``width`` columns. ``again`` are the words that name the log in a command."""
    return printed(_lines(inventory, width, list(again)), width, colour)


def _lines(inventory: Inventory, width: int, again: list[str]) -> Iterator[Line]:
    span = ""
    if inventory.events:
        span = f", {_moment(inventory.first)} to {_moment(inventory.last)} UTC"
    yield from wrapped(
        f"{many(inventory.events, 'event')} in {many(len(inventory.files), 'file')}{span}", width, style="bold"
    )
    if inventory.events:
        yield from _people(inventory, width)
        yield from _senders(inventory, width)
        yield from _names(inventory.names, width)
        yield from _pages(inventory, width)
        yield from _roles(inventory, width)
        yield from _gaps(inventory, width)
    yield from rejects(inventory.rejected, inventory.records, inventory.rejects, width)
    for note in inventory.notes:
        yield from wrapped(f"note: {note}", width, hanging="  ")
    if inventory.events:
        yield Text()
        yield from command(("check",), again or ["LOG..."], width)


def _people(inventory: Inventory, width: int) -> Iterator[Line]:
    yield from wrapped(
        f"{many(inventory.devices, 'device')}, {many(inventory.users, 'user')}, {many(inventory.persons, 'person')}",
        width,
    )
    yield from wrapped(", ".join(f"{count:,} {kind}" for kind, count in inventory.calls), width)
    if inventory.copies:
        yield from wrapped(f"{many(inventory.copies, 'repeated arrival')} of a messageId", width)


def _senders(inventory: Inventory, width: int) -> Iterator[Line]:
    yield from _title("sent by")
    for sender in inventory.senders[:_SENDERS]:
        library = " ".join(part for part in (sender.library, sender.version) if part) or "(no library named)"
        yield _row(f"{sender.side:<8} {library}", sender.count, "", width)
    yield from _more(len(inventory.senders), _SENDERS)
    named = [(key, count) for key, count in inventory.sources if key is not None]
    if named:
        sources = ", ".join(f"{key} ({count:,})" for key, count in named)
        unnamed = sum(count for key, count in inventory.sources if key is None)
        rest = f"; {unnamed:,} without" if unnamed else ""
        yield from wrapped(f"sources by writeKey: {sources}{rest}", width, "  ", hanging="    ")


def _names(names: tuple[Named, ...], width: int) -> Iterator[Line]:
    yield from _title("event", f"{'count':>7}  {'first seen':<19}  {'last seen':<19}", width)
    for named in names[:_NAMES]:
        said = f"{named.count:>7,}  {_moment(named.first)}  {_moment(named.last)}"
        yield _columns(_quoted_role(named), said, width)
    if not names:
        yield Text("  none: no track calls")
    yield from _more(len(names), _NAMES)


def _quoted_role(named: Named) -> str:
    return named.name if not named.like else f"{named.name} ({' or '.join(named.like)}?)"


def _pages(inventory: Inventory, width: int) -> Iterator[Line]:
    if not inventory.pages:
        return
    yield from _title("page or screen")
    for path, count in inventory.pages[:_PAGES]:
        yield _row(path, count, "", width)
    yield from _more(len(inventory.pages), _PAGES)


def _roles(inventory: Inventory, width: int) -> Iterator[Line]:
    yield from _title("roles")
    for found in inventory.found:
        yield from wrapped(f"{found.role}: {_role(found)}", width, "  ", hanging="    ")
    for name, profiles in inventory.destinations:
        fitting = f"profile {' or '.join(profiles)}" if profiles else "no profile for it"
        yield from wrapped(f"destination named in the log: {name} ({fitting})", width, "  ", hanging="    ")


def _role(found: Found) -> str:
    by = f"by the default {found.param}" if found.default else f"as {found.param} says"
    names = ", ".join(f'"{name}" ({count:,})' for name, count in found.names)
    like = ", ".join(f'"{name}" ({count:,})' for name, count in found.like)
    if names:
        return f"{names}, {by}" + (f"; reads like one too: {like}" if like else "")
    if like:
        return f"none {by}; did you mean {like}? params: {{{found.param}: [{found.like[0][0]}]}}"
    return f"none {by}, and no name reads like one"


def _gaps(inventory: Inventory, width: int) -> Iterator[Line]:
    yield from _title("what this log cannot show")
    for gap in inventory.gaps:
        yield from wrapped(f"no {gap.lacks}{_way_out(gap, inventory)}", width, "  ", hanging="    ", style="bold")
        if gap.silent:
            yield from wrapped(f"silent: {', '.join(gap.silent)}", width, "    ", hanging="      ")
        if gap.unsure:
            yield from wrapped(f"less sure: {', '.join(gap.unsure)}", width, "    ", hanging="      ")
    if not inventory.gaps:
        yield Text("  nothing that a rule would miss")
    for rule, reason in inventory.off:
        said = f"not run: {rule} ({reason}{_way_in(rule, reason)})"
        yield from wrapped(said, width, "  ", hanging="    ", style="dim")
    if any(reason.startswith(ONLY_FOR) for _, reason in inventory.off):
        said = "if you use one of these destinations, name it in auditor.yml: destinations: [NAME]"
        yield from wrapped(said, width, "  ", hanging="    ", style="dim")


def _way_in(rule: str, reason: str) -> str:
    return f"; in auditor.yml, rules: {{{rule}: true}} turns it on" if reason == OFF else ""


def _way_out(gap: Gap, inventory: Inventory) -> str:
    if gap.advice:
        return f" ({gap.advice})"
    if not gap.params:
        return ""
    like = [name for found in inventory.found if found.param in gap.params for name, _ in found.like]
    guess = f", perhaps {' or '.join(like)}" if like else ""
    return f" (if it goes by another name{guess}: set {' or '.join(gap.params)})"


# --- Columns ----------------------------------------------------------------------------------------------


def _title(text: str, said: str = "", width: int = 80) -> Iterator[Line]:
    yield Text()
    row = _columns(text, said, width, indent="") if said else Text(text)
    row.stylize("bold")
    yield row


def _row(text: str, count: int, said: str, width: int) -> Line:
    return _columns(text, f"{count:>7,}{said}", width)


def _columns(text: str, said: str, width: int, indent: str = "  ") -> Line:
    """A text on the left, cut where it does not fit, and columns on the right."""
    room = max(min(width, 80) - len(said) - 1, 10)
    return Text(f"{cut(indent + clean(text), room):<{room}} {said}".rstrip())


def _more(count: int, shown: int) -> Iterator[Line]:
    if count > shown:
        yield Text(f"  and {count - shown:,} more (--format json has all)", style="dim")


def _moment(milliseconds: int) -> str:
    return timestamp(milliseconds)[:19].replace("T", " ")
