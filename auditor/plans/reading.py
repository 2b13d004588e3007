"""From a path to a plan: told by what is in the file, never by its name."""

from pathlib import Path

from auditor.model.plan import Plan, PlanError
from auditor.plans.formats import segment_v2
from auditor.plans.json_text import JsonText
from auditor.plans.source import Source

_JSON_FORMATS = (segment_v2,)


def read(path: str | Path) -> Plan:
    """The tracking plan in a file. Raises ``PlanError``."""
    file = Path(path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise PlanError(f"{file}: cannot be read ({error.strerror})") from error
    text = content.decode("utf-8-sig")
    source = Source(JsonText(text, str(path)))
    for form in _JSON_FORMATS:
        if form.recognises(source.data):
            found: Plan = form.plan(source, file.stem)
            return found
    raise PlanError(f"{file}: no tracking plan")
