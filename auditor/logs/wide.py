"""Event types for rules that read more than the usual: ``context.campaign.name``, ``context.page.title``, ``raw.x``.

What no rule reads is skipped by the decoder without being built, so the members to decode follow from the rules.
"""

from abc import ABCMeta
from collections.abc import Iterable
from typing import Any

import msgspec

from auditor.model.event import Context, Device, Event, Library, Page, extra, own
from auditor.model.whole_context import ATTRIBUTE, WHOLE

_PARTS: dict[str, type[msgspec.Struct]] = {"page": Page, "library": Library, "device": Device}


def event_type(fields: Iterable[str]) -> type[Event]:
    """The type to decode into, for the dotted fields that rules read. ``Event`` itself where nothing is unusual."""
    asked = set(fields)
    paths = [name.split(".") for name in asked - {WHOLE}]
    context = _context_type([path[1:] for path in paths if path[0] == "context" and len(path) > 1])
    wire = set(Event.__struct_encode_fields__)
    raw = sorted({path[1] for path in paths if path[0] == "raw" and len(path) > 1} - wire)
    members: list[Any] = [(extra(member), Any, msgspec.field(name=member, default=None)) for member in raw]
    if WHOLE in asked:
        members.append(("context", _whole(context) | None, None))
    elif context is not Context:
        members.append(("context", context | None, None))
    wide: type[Event] = _widened(Event, members)
    return wide


def _context_type(paths: list[list[str]]) -> type[Context]:
    members: list[Any] = []
    for member in sorted({path[0] for path in paths}):
        part = _PARTS.get(member)
        if part is not None:
            inner = sorted({path[1] for path in paths if path[0] == member and len(path) > 1})
            own = [name for name in inner if name not in part.__struct_fields__]
            if own:
                wide = _widened(part, [(extra(name), Any, msgspec.field(name=name, default=None)) for name in own])
                members.append((member, wide | None, None))
        elif member not in Context.__struct_fields__:
            members.append((extra(member), Any, msgspec.field(name=member, default=None)))
    context: type[Context] = _widened(Context, members)
    return context


def decode_whole(kind: Any, held: Any) -> Any:
    """The decoder's hook for a context that is wanted whole: typed as always, with all that it held beside that."""
    context = msgspec.convert(held, kind.of)
    setattr(context, ATTRIBUTE, held)
    return context


def _whole(context: type[Context]) -> Any:
    """A type that the decoder leaves to its hook; what the hook makes counts as one of it."""
    holding = _widened(context, [(ATTRIBUTE, Any, msgspec.field(name=own(ATTRIBUTE), default=None))])
    kind = ABCMeta("WholeContext", (), {"of": holding})
    kind.register(holding)
    return kind


def _widened(kind: type[Any], members: list[Any]) -> Any:
    return msgspec.defstruct(f"Wide{kind.__name__}", members, bases=(kind,), gc=False) if members else kind
