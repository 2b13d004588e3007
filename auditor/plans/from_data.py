"""A plan from plain data, such as an example in a rule."""

from typing import Any

from auditor.model.plan import Plan, PlanError
from auditor.plans.formats import own, segment_v2
from auditor.plans.source import Path, Source

_FORMATS = (own, segment_v2)


class _Data:
    """Data without lines."""

    def __init__(self, data: Any, file: str) -> None:
        self.data, self.file = data, file

    def line(self, path: Path) -> int | None:
        """None is known."""
        del path
        return None


def read_data(data: Any, name: str) -> Plan:
    """The plan, in our own format (then ``schema`` may be left out) or Segment's. Raises ``PlanError``."""
    if isinstance(data, dict) and not data.keys() & {"schema", "rules"}:
        data = {"schema": own.SCHEMA, **data}
    source = Source(_Data(data, name))
    for form in _FORMATS:
        if form.recognises(data):
            found: Plan = form.plan(source, name)
            return found
    raise PlanError(f"{name}: no tracking plan")
