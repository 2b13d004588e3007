"""Events put on their lanes anew, where events were left out or changed after they were read (HARs, tables).

``logs.settle`` does the same as it reads.
"""

from auditor.logs.sides import SERVER, family_of
from auditor.model.event import Event, Sender
from auditor.model.log import Log


def regroup(log: Log) -> dict[str, list[Event]]:
    """Set what a log says of its events by lane and by mask. Returns the arrivals of each repeated messageId."""
    lanes: dict[tuple[str | None, str | None, str], tuple[Sender, list[Event]]] = {}
    arrivals: dict[str, list[Event]] = {}
    log.alone, log.by_mask, log.links = [], {}, []
    kept = {id(event) for event in log.events} if log.numbered else set()
    for event in log.events:
        log.by_mask.setdefault(event.mask, []).append(event)
        if event.previous_id is not None:
            log.links.append(event)
        if event.message_id is not None:
            arrivals.setdefault(event.message_id, []).append(event)
        sender, lane = Sender(event.sender.agent), log.alone
        if event.side != SERVER and event.anonymous_id is not None:
            key = (event.write_key, family_of(event.library), event.anonymous_id)
            sender, lane = lanes.setdefault(key, (sender, []))
        sender.mixed = sender.mixed or event.sender.mixed or event.sender.agent != sender.agent
        event.sender = sender
        sender.note(event)
        lane.append(event)
    log.numbered = [event for event in log.numbered if id(event) in kept]
    log.lanes = list(lanes.values())
    return {message: events for message, events in arrivals.items() if len(events) > 1}
