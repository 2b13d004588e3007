"""From a path to a plan: told by what is in the file, never by its name."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from auditor.model.plan import Plan, PlanError
from auditor.plans.csv_text import CsvText
from auditor.plans.formats import (
    avo_csv,
    avo_json,
    own,
    rudderstack_json,
    rudderstack_yaml,
    segment_csv,
    segment_v1,
    segment_v2,
)
from auditor.plans.json_text import JsonText
from auditor.plans.mistaken import why_no_plan, why_no_text
from auditor.plans.source import Source, Text
from auditor.plans.yaml_text import YamlText

VALUES: tuple[Any, ...] = (own, segment_v2, rudderstack_json, avo_json, segment_v1)
"""Formats of plain values, JSON or YAML; each knows its own from all others, so their order says nothing."""
TABLES: tuple[Any, ...] = (avo_csv, segment_csv)

_LARGEST = 100_000_000
"""Bytes of a plan; Segment takes 15 MB."""
_DEEPEST = 150
"""Levels of a plan. Schemas take two for each level of properties, so nobody gets near it."""
_FILES = 2_000
"""Files of a folder that are looked at."""
_ENDINGS = frozenset({".json", ".yaml", ".yml", ".csv", ".tsv"})
_UP = 3
"""Folders above a file of RudderStack's in which the rest of its project is looked for."""


def read(path: str | Path) -> Plan:
    """The tracking plan in a file, a folder, or ``-`` for stdin. Raises ``PlanError``."""
    where = Path(path)
    if str(path) != "-" and where.is_dir():
        return _folder(where)
    text = _text(_content(str(path)), str(path))
    if rudderstack_yaml.kind(text.data) is not None:
        return _rudderstack([where.parent, *where.absolute().parents[1 : _UP + 1]], text, where)
    plan = _plan(text, "tracking plan" if str(path) == "-" else where.stem)
    if plan is None:
        raise PlanError(f"{path}: {why_no_plan(text.data, where)}")
    return plan


# --- One file -----------------------------------------------------------------------------------------------


def _content(path: str) -> bytes:
    try:
        with sys.stdin.buffer if path == "-" else open(path, "rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise PlanError(f"{path}: cannot be read ({error.strerror})") from error
    if len(content) > _LARGEST:
        raise PlanError(f"{path}: larger than {_LARGEST // 1_000_000} MB; no tracking plan is")
    return content


def _text(content: bytes, file: str) -> Text:
    """A file as values that know their lines. Raises ``PlanError``."""
    if (reason := why_no_text(content)) is not None:
        raise PlanError(f"{file}: {reason}")
    text = content.decode("utf-8-sig")
    if not text.strip():
        raise PlanError(f"{file}: empty")
    found = _values(text, file)
    if _depth(found.data) > _DEEPEST:
        raise PlanError(f"{file}: nested deeper than {_DEEPEST} levels; no tracking plan is")
    try:
        json.dumps(found.data, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError as error:
        raise PlanError(f"{file}: holds half of a character (a lone \\ud800 to \\udfff); write it whole") from error
    except ValueError as error:
        raise PlanError(f"{file}: holds a number that JSON does not have (infinite, or none at all)") from error
    return found


def _values(text: str, file: str) -> Text:
    if text.lstrip()[0] in "{[":
        try:
            return JsonText(text, file)
        except PlanError:
            if (reason := why_no_plan(_first_line(text), None)) and "log" in reason:
                raise PlanError(f"{file}: {reason}") from None
            raise
    return CsvText(text, file) if _is_table(text) else YamlText(text, file)


def _is_table(text: str) -> bool:
    try:
        header = CsvText(text.lstrip().partition("\n")[0], "")
    except PlanError:
        return False
    return any(form.recognises(header) for form in TABLES)


def _first_line(text: str) -> Any:
    try:
        return JsonText(text.lstrip().partition("\n")[0], "").data
    except PlanError:
        return None


def _plan(text: Text, name: str) -> Plan | None:
    """The plan in a text that is no file of RudderStack's; ``None`` if there is none."""
    forms = TABLES if isinstance(text, CsvText) else VALUES
    what = text if isinstance(text, CsvText) else text.data
    for form in forms:
        if form.recognises(what):
            found: Plan = form.plan(Source(text), name)
            return found
    return None


def _depth(data: Any) -> int:
    level, depth = [data], 0
    while level:
        level = [
            inner
            for value in level
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        depth += 1
    return depth


# --- Folders ------------------------------------------------------------------------------------------------


def _folder(folder: Path) -> Plan:
    """The one plan in a folder; pages of one API answer are one plan."""
    texts: list[Text] = []
    first: PlanError | None = None
    for file in _files(folder):
        try:
            texts.append(_text(_content(str(file)), str(file)))
        except PlanError as error:
            first = first or error
    if any(rudderstack_yaml.kind(text.data) in rudderstack_yaml.PLANS for text in texts):
        return _of_project(texts, folder)
    plans = [plan for text in texts if (plan := _plan(text, folder.name)) is not None]
    if len(plans) > 1 and all(plan.format == segment_v2.NAME for plan in plans) and _are_pages(texts):
        return _merged(plans)
    if len(plans) > 1:
        names = ", ".join(f"{plan.files[0]} ({plan.name})" for plan in plans[:5])
        raise PlanError(f"{folder}: holds {len(plans)} tracking plans: {names}; give the file of one")
    if not plans:
        why = f"; {first}" if first is not None else ""
        raise PlanError(f"{folder}: holds no tracking plan ({len(texts)} files of JSON, YAML and CSV{why})")
    return plans[0]


def _files(folder: Path) -> Iterator[Path]:
    found = 0
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder).parts
        if any(part.startswith(".") or part == "node_modules" for part in inside):
            continue
        if file.suffix.lower() in _ENDINGS and file.is_file():
            found += 1
            if found > _FILES:
                raise PlanError(f"{folder}: more than {_FILES} files; give the plan's own folder")
            yield file


def _are_pages(texts: list[Text]) -> bool:
    plans = [text.data for text in texts if not isinstance(text, CsvText) and segment_v2.recognises(text.data)]
    return all(isinstance(data, dict) and isinstance(data.get("data"), dict) for data in plans)


def _merged(plans: list[Plan]) -> Plan:
    import msgspec

    return msgspec.structs.replace(
        plans[0],
        events=tuple(event for plan in plans for event in plan.events),
        invalid=tuple(part for plan in plans for part in plan.invalid),
        files=tuple(file for plan in plans for file in plan.files),
        notes=(),
    )


# --- RudderStack's projects -----------------------------------------------------------------------------------


def _rudderstack(folders: list[Path], text: Text, file: Path) -> Plan:
    """The plan in one file of a project; the catalog is in its folder, or in one above."""
    kind = rudderstack_yaml.kind(text.data)
    if kind not in rudderstack_yaml.PLANS:
        raise PlanError(
            f"{file}: a file of a RudderStack project that holds its {kind}, not its tracking plan; "
            "give the folder of the project, or the file of kind tracking-plan (tp in v0.1)"
        )
    texts: list[Text] = []
    for folder in folders if str(file) != "-" else []:
        texts = [text, *_project(folder, file)]
        if any(rudderstack_yaml.kind(other.data) == "events" for other in texts):
            break
        if (folder / ".git").exists():
            break
    return _joined(text, texts or [text])


def _project(folder: Path, but: Path) -> Iterator[Text]:
    for file in _files(folder):
        if file.suffix.lower() in (".yaml", ".yml") and file.resolve() != but.resolve():
            content = _content(str(file))
            if b"rudder/" in content:
                yield _text(content, str(file))


def _of_project(texts: list[Text], folder: Path) -> Plan:
    plans = [text for text in texts if rudderstack_yaml.kind(text.data) in rudderstack_yaml.PLANS]
    if len(plans) > 1:
        names = ", ".join(text.file for text in plans[:5])
        raise PlanError(f"{folder}: holds {len(plans)} tracking plans of RudderStack: {names}; give the file of one")
    return _joined(plans[0], texts)


def _joined(text: Text, texts: list[Text]) -> Plan:
    source = Source(text)
    others = [source if other is text else Source(other, source.invalid) for other in texts]
    return rudderstack_yaml.plan(source, others, Path(text.file).parent.name or "tracking plan")
