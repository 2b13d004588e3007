"""The step that all formats share: a schema as written becomes a planned event, its invalid parts kept aside."""

from typing import Any

from auditor.model.plan import PlannedEvent
from auditor.plans.drafts import known_draft
from auditor.plans.shape import lifted
from auditor.plans.source import Origins, Path, Source, origin
from auditor.plans.validity import cleaned


def planned(
    source: Source,
    path: Path,
    schema: Any,
    *,
    type: str,
    name: str | None,
    draft: str,
    section: str | None = None,
    at: Path | None = None,
    origins: Origins | None = None,
    version: Any = None,
    description: Any = None,
    labels: Any = None,
    extra: dict[str, Any] | None = None,
    **about: Any,
) -> PlannedEvent:
    """A planned event from a schema as written.

    ``path`` is where the schema stands, ``at`` where the event does (one step above it, unless said), ``origins`` where
    its parts were written if they were put together. ``draft`` holds where the schema names none. ``section`` is what
    the schema speaks of, ``None`` if of the whole event. What the schema says of the event itself (its description, its
    labels) is taken out of it.
    """
    event = name if name is not None else type
    extra = dict(extra or {})
    written_at: Origins = {(): (source, path), **(origins or {})}

    def refuse(inner: Path, reason: str, part: Any) -> None:
        where, place = origin(written_at, inner)
        where.refuse(event, place, reason, part)

    if not isinstance(schema, dict):
        refuse((), "a planned event needs a JSON Schema, which is an object", schema)
        schema = {}
    schema = dict(schema)
    said = known_draft(schema.get("$schema", draft))
    if said is None:
        refuse(("$schema",), f"no draft of JSON Schema from 04 to 2020-12; {draft} is assumed", schema["$schema"])
    if description is None and isinstance(schema.get("description"), str):
        description = schema.pop("description")
    if labels is None and isinstance(schema.get("labels"), dict):
        labels = schema.pop("labels")
    if "eventMetadata" in schema:
        metadata = schema.pop("eventMetadata")
        if metadata != {"name": name, "type": type.upper()}:
            extra["eventMetadata"] = metadata
    if isinstance(version, str) and version.isdigit():
        extra["version_is_text"] = True
    valid = cleaned(schema, said or draft, refuse)
    written = schema
    if section is not None:
        written = lifted(schema, section)
        valid = written if valid is schema else lifted(valid, section)
    return PlannedEvent(
        type=type,
        name=name,
        place=source.place(path[:-1] if at is None else at),
        schema=valid,
        draft=said or draft,
        version=None if version is None else str(version),
        description=description if isinstance(description, str) else None,
        labels=labels,
        written=None if valid is written else written,
        extra=extra,
        **about,
    )
