"""A way in which a call breaks the tracking plan, and all calls that break it in the same way."""

from collections.abc import Mapping

import msgspec

UNPLANNED_EVENT = "Unplanned-Event"
ADDITIONAL = "Additional-Properties"
REQUIRED = "Required-Missing"
DATATYPE = "Datatype-Mismatch"
VALUE = "Value-Not-Permitted"
UNKNOWN = "Unknown-Violation"
KINDS = (UNPLANNED_EVENT, ADDITIONAL, REQUIRED, DATATYPE, VALUE, UNKNOWN)
"""RudderStack's names of violations (domain.md 1.8), and one more: what it calls unknown is mostly a value that the
plan does not permit."""

_RUDDERSTACK = {"required": REQUIRED, "type": DATATYPE, "additionalProperties": ADDITIONAL}

ALLOW, FORBID = "allow", "forbid"


class Policy(msgspec.Struct, frozen=True):
    """What a site says of what its plan does not name, over what the plan says itself: "forbid", "allow", or ``None``
    where it says nothing. Unplanned events are then reported; of properties the plan's schemas decide."""

    events: str | None = None
    properties: str | None = None


class Violation(msgspec.Struct, frozen=True):
    """One way in which a call breaks the plan.

    ``place`` is where in the call, as Segment writes it ("properties.products[].price"); empty where the event
    itself is unplanned. ``label`` is how the plan calls the event. ``words`` say what is wrong, after the property;
    they never hold the value of a sensitive property. ``keyword`` is the one of JSON Schema that does not hold;
    ``common`` tells the plan's common schema from the event's own.
    """

    kind: str
    label: str
    place: str = ""
    words: str = ""
    keyword: str = ""
    common: bool = False

    @property
    def rudderstack(self) -> str:
        """What RudderStack calls it: it goes by the keyword (rudder-transformer, ``eventValidation.js``)."""
        return UNPLANNED_EVENT if self.kind == UNPLANNED_EVENT else _RUDDERSTACK.get(self.keyword, UNKNOWN)

    @property
    def segment(self) -> str:
        """The code by which Segment counts it (domain.md 1.8, source filters)."""
        if self.kind == UNPLANNED_EVENT:
            return "unplanned"
        return "common_schema_violation" if self.common else "schema_violation"

    @property
    def segment_type(self) -> str | None:
        """The ``violationType`` of Segment's "Violation Generated", where it is documented: "Required" is."""
        return "Required" if self.kind == REQUIRED else None


class ViolationGroup(msgspec.Struct, frozen=True):
    """All calls of one event that break the plan in one way: the findings of one fingerprint.

    ``count`` of the ``calls`` of this event break it so; ``first`` and ``last`` are when, ms since 1970 UTC by the
    corrected clock. ``app_versions`` and ``libraries`` count the calls by what sent them, the most first.
    """

    violation: Violation
    type: str
    severity: str
    fingerprint: str
    count: int
    calls: int
    first: int
    last: int
    app_versions: Mapping[str, int]
    libraries: Mapping[str, int]

    @property
    def share(self) -> float:
        """``count`` of ``calls``, 0 to 1."""
        return self.count / self.calls


class PlanResult(msgspec.Struct, frozen=True):
    """What became of the tracking plan in a run: which it was, and how it is broken. ``events`` counts distinct planned
    events, ``invalid`` the parts of the plan that mean nothing and so constrain nothing."""

    name: str
    format: str
    events: int
    invalid: int
    violations: tuple[ViolationGroup, ...]
