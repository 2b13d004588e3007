"""What was given in place of a tracking plan, and what to give instead."""

from pathlib import Path
from typing import Any

from auditor.model.event import CALLS

READ = (
    "Segment Protocols (JSON or CSV), RudderStack (YAML or JSON), Avo (JSON or CSV), or Auditor's own YAML; "
    "docs/tracking-plans.md shows each"
)

_PACKED = {
    b"\x1f\x8b": "packed with gzip: unpack it first (gunzip)",
    b"PK\x03\x04": "a zip archive or a spreadsheet: unpack it, or export the sheet as CSV",
    b"\x28\xb5\x2f\xfd": "packed with zstd: unpack it first (zstd -d)",
    b"%PDF": "a PDF: export the plan as JSON or CSV",
    b"\xff\xfe": "UTF-16 text: save it as UTF-8",
    b"\xfe\xff": "UTF-16 text: save it as UTF-8",
}


def why_no_text(content: bytes) -> str | None:
    """Why bytes are no text to read a plan from; ``None`` if they are."""
    for magic, words in _PACKED.items():
        if content.startswith(magic):
            return words
    if b"\x00" in content:
        return "binary data, not a tracking plan"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return f"not UTF-8 text (line {line}): save it as UTF-8"
    return None


def why_no_plan(data: Any, file: Path | None) -> str:
    """What values are that hold no tracking plan, and what to do."""
    if isinstance(data, dict):
        if isinstance(data.get("avo"), dict) and "schema" in data:
            return (
                "points to a tracking plan in Avo, and holds none itself. Export it: in Avo, Export > Export JSON, "
                "or the Export API (.../branches/main/export/v1)"
            )
        if "WorkspaceId" in data and {"SourceId", "VersionId", "OrgId"} & data.keys():
            return (
                "points to a tracking plan in Amplitude (ampli), and holds none itself. Auditor reads no plan of "
                "Amplitude's yet; write one in its own YAML, or export from the tool that the plan was made in"
            )
        if isinstance(data.get("trackingPlans"), list):
            return _typewriter(data["trackingPlans"], file)
        inner = data.get("data")
        if isinstance(inner, dict) and ("trackingPlan" in inner or "trackingPlans" in inner):
            return (
                "the head of a tracking plan from Segment's Public API, without its rules; get those too: "
                "/tracking-plans/{id}/rules"
            )
        if "$schema" in data and ("properties" in data or "type" in data):
            return f"a JSON Schema, not a tracking plan. Auditor reads {READ}"
    if _is_log(data):
        return "a log of recorded events, not a tracking plan: `auditor check` reads it"
    return f"no tracking plan that Auditor knows. It reads {READ}"


def _typewriter(plans: list[Any], file: Path | None) -> str:
    """Typewriter's configuration: it names folders, in which it saves plans."""
    saved = []
    for said in plans:
        folder = said.get("path") if isinstance(said, dict) else None
        if isinstance(folder, str) and file is not None and (found := file.parent / folder / "plan.json").is_file():
            saved.append(str(found))
    if saved:
        return f"the configuration of Typewriter, which points to tracking plans; give one that it saved: {saved[0]}"
    return (
        "the configuration of Typewriter (or RudderTyper), which points to tracking plans and holds none. Run it once: "
        "it saves plan.json into the folder that `path` names; or download the plan from Segment"
    )


def _is_log(data: Any) -> bool:
    if isinstance(data, list):
        return bool(data) and all(_is_log(item) for item in data[:3])
    if not isinstance(data, dict):
        return False
    if isinstance(data.get("batch"), list) or (isinstance(data.get("log"), dict) and "entries" in data["log"]):
        return True
    inner = data.get("message")
    call = inner if isinstance(inner, dict) else data
    return call.get("type") in CALLS and bool({"messageId", "userId", "anonymousId", "timestamp"} & call.keys())
