"""The CSV that Avo exports and imports: rows of events and their properties, with sources, categories, tags.

Column names are told by their words.
"""

from auditor.model.plan import Plan
from auditor.plans.csv_text import CsvText, plain
from auditor.plans.formats.table import Columns, events
from auditor.plans.source import Source

NAME = "avo-csv"

COLUMNS = Columns(
    {
        "type": frozenset({"eventtype", "calltype"}),
        "event": frozenset({"event", "eventname"}),
        "description": frozenset({"eventdescription"}),
        "event_status": frozenset({"eventstatus", "implementationstatus"}),
        "owners": frozenset({"owner", "owners", "eventowner", "stakeholders", "eventstakeholders"}),
        "tags": frozenset({"tags", "eventtags"}),
        "property": frozenset({"property", "propertyname", "eventproperty", "eventpropertyname"}),
        "property_description": frozenset({"propertydescription", "eventpropertydescription"}),
        "kind": frozenset({"propertytype", "propertyvaluetype", "datatype", "valuetype", "eventpropertytype"}),
        "is_list": frozenset({"islist", "list", "propertyislist", "isarray"}),
        "required": frozenset({"presence", "propertypresence", "required", "alwayssent", "isrequired"}),
        "allowed": frozenset({"regex", "propertyregex", "pattern"}),
        "enum": frozenset(
            {"allowedvalues", "propertyallowedvalues", "matches", "matchedvalues", "constraints", "propertyvalues"}
        ),
    }
)

_MARKS = frozenset(
    {
        "categories",
        "category",
        "destinations",
        "eventcategories",
        "eventcategory",
        "eventsources",
        "eventtags",
        "eventtriggers",
        "presence",
        "propertypresence",
        "propertybundles",
        "propertygroups",
        "sources",
        "stakeholders",
        "triggers",
    }
)
"""Columns that Avo has and Segment has not."""


def recognises(table: CsvText) -> bool:
    """Whether a table has an event's and a property's name for columns, and one that only Avo has."""
    own = {plain(column) for column in table.columns}
    return {"event", "property"} <= COLUMNS.found(table).keys() and bool(_MARKS & own)


def plan(source: Source, name: str) -> Plan:
    """The plan; rows that say nothing are invalid parts."""
    return Plan(
        format=NAME,
        name=name,
        events=events(source, COLUMNS),
        files=(source.file,),
        invalid=tuple(source.invalid),
    )
