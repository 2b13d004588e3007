"""A plan from plain data, such as an example in a rule."""

from typing import Any

from auditor.model.plan import Plan, PlanError
from auditor.plans.reading import _JSON_FORMATS
from auditor.plans.source import Path, Source


class _Data:
    """Data without lines."""

    def __init__(self, data: Any, file: str) -> None:
        self.data, self.file = data, file

    def line(self, path: Path) -> int | None:
        """None is known."""
        del path
        return None


def read_data(data: Any, name: str) -> Plan:
    """The plan. Raises ``PlanError`` where it is none."""
    source = Source(_Data(data, name))
    for form in _JSON_FORMATS:
        if form.recognises(data):
            found: Plan = form.plan(source, name)
            return found
    raise PlanError(f"{name}: no tracking plan")
