"""The step that all formats share: a schema as written becomes a planned event, its invalid parts kept aside."""

from typing import Any

from auditor.model.plan import PlannedEvent
from auditor.plans.drafts import known_draft
from auditor.plans.shape import lifted
from auditor.plans.source import Path, Source
from auditor.plans.validity import cleaned


def planned(
    source: Source,
    path: Path,
    schema: Any,
    *,
    type: str,
    name: str | None,
    draft: str,
    section: str | None,
    version: Any = None,
    description: Any = None,
    at: Path | None = None,
    extra: dict[str, Any] | None = None,
    **about: Any,
) -> PlannedEvent:
    """A planned event from a schema as written.

    ``path`` is where the schema stands, ``at`` where the event does (one step above it, unless said); ``draft`` holds
    where the schema names none; ``section`` is what the schema speaks of, ``None`` if of the whole event.
    """
    at = path[:-1] if at is None else at
    event = name if name is not None else type
    extra = dict(extra or {})

    def refuse(inner: Path, reason: str, part: Any) -> None:
        source.refuse(event, (*path, *inner), reason, part)

    if not isinstance(schema, dict):
        refuse((), "a planned event needs a JSON Schema, which is an object", schema)
        schema = {}
    schema = dict(schema)
    said = known_draft(schema.get("$schema", draft))
    if said is None:
        refuse(("$schema",), "no draft of JSON Schema from 04 to 2020-12; draft-07 is assumed", schema["$schema"])
    own = schema.pop("description", None)
    if isinstance(own, str) and description is None:
        description = own
    elif own is not None:
        schema["description"] = own
    labels = schema.pop("labels", None)
    if labels is not None and not isinstance(labels, dict):
        schema["labels"] = labels
        labels = None
    if "eventMetadata" in schema:
        extra["eventMetadata"] = schema.pop("eventMetadata")
    if isinstance(version, str):
        extra["version_is_text"] = True
    valid = cleaned(schema, said or draft, refuse)
    written = schema
    if section is not None:
        written = lifted(schema, section)
        valid = written if valid is schema else lifted(valid, section)
    return PlannedEvent(
        type=type,
        name=name,
        place=source.place(at),
        schema=valid,
        draft=said or draft,
        version=None if version is None else str(version),
        description=description if isinstance(description, str) else None,
        labels=labels,
        written=None if valid is written else written,
        extra=extra,
        **about,
    )
