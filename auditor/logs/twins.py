"""Warehouses hold a track call twice: in ``tracks`` without its properties, and in the table of its event with them."""

from auditor.model.log import Log


def without_twins(log: Log, tables: dict[int, str]) -> bool:
    """Leave out the rows of ``tracks`` whose call stands in the table of its event too; they count as skipped.

    ``tables`` names the table that each file of rows holds, by the number of the file. Returns whether there were any.
    """
    bare = {file for file, table in tables.items() if table == "tracks"}
    full = {file for file, table in tables.items() if table == "event"}
    if not bare or not full:
        return False
    known = {event.message_id for event in log.events if event.file in full and event.message_id is not None}
    kept = [event for event in log.events if event.file not in bare or event.message_id not in known]
    twins = len(log.events) - len(kept)
    log.skipped += twins
    log.events = kept
    return twins > 0
