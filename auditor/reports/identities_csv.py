"""`auditor identities --format csv`: a row for what each person has in each profile of each destination."""

import csv
import io

from auditor.model.identities import Identified

COLUMNS = ("destination", "profile", "person", "person_is", "events", "orphaned_events", "split", "merged", "rules")


def render(identified: Identified) -> str:
    """The table as CSV. ``profile`` is a number, empty where the events are in none; ``person`` a userId or anonymousId
    as ``person_is`` says, empty where nobody can tell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in identified.found:
        replay = one.replay
        splits = {(split.name, split.known): split.rules for split in replay.splits}
        merges = {(merged.profile, *person): merged.rules for merged in replay.merges for person in merged.people}
        for share in replay.shares:
            person = (share.name, share.known)
            rules = {*splits.get(person, ()), *merges.get((share.profile, *person), ())}
            kind = "" if not share.name else "userId" if share.known else "anonymousId"
            split, merged = ("yes" if held else "no" for held in (person in splits, (share.profile, *person) in merges))
            where = (one.destination, share.profile or "", share.name, kind)
            writer.writerow((*where, share.events, share.orphaned, split, merged, " ".join(sorted(rules))))
    return out.getvalue()
