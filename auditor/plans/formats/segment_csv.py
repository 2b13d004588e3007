"""The CSV that Segment Protocols downloads and uploads: rows of events and their properties.

Column names are told by their words, since they have changed over the years.
"""

from auditor.model.plan import Plan
from auditor.plans.csv_text import CsvText
from auditor.plans.formats.table import Columns, events
from auditor.plans.source import Source

NAME = "segment-csv"

COLUMNS = Columns(
    {
        "type": frozenset({"type", "eventtype", "calltype", "ruletype"}),
        "event": frozenset({"event", "eventname", "key", "eventkey"}),
        "version": frozenset({"version", "eventversion"}),
        "description": frozenset({"eventdescription", "description"}),
        "labels": frozenset({"labels", "eventlabels", "label"}),
        "event_status": frozenset({"eventstatus"}),
        "property": frozenset({"property", "propertyname", "propertykey", "trait", "traitname", "propertyortrait"}),
        "property_description": frozenset({"propertydescription", "traitdescription"}),
        "kind": frozenset({"propertytype", "datatype", "propertydatatype", "traittype"}),
        "required": frozenset({"required", "propertyrequired", "status", "propertystatus", "isrequired"}),
        "allowed": frozenset({"allowedpropertyvalues", "allowedvalues", "permittedvalues", "regex", "pattern"}),
        "enum": frozenset({"enumvalues", "enum", "propertyenumvalues"}),
    }
)


def recognises(table: CsvText) -> bool:
    """Whether a table has an event's and a property's name for columns. Avo's is told first."""
    return {"event", "property"} <= COLUMNS.found(table).keys()


def plan(source: Source, name: str) -> Plan:
    """The plan; rows that say nothing are invalid parts."""
    return Plan(
        format=NAME,
        name=name,
        events=events(source, COLUMNS),
        files=(source.file,),
        invalid=tuple(source.invalid),
    )
