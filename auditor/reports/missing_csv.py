"""The file of `auditor funnel --missing-out`: users whose client signup never came, one a row, oldest first."""

import csv
import io

from auditor.model.funnel import Funnel
from auditor.reports.json import timestamp

COLUMNS = ("user_id", "created_at", "method", "cause")


def render(funnel: Funnel) -> str:
    """The rows as CSV (RFC 4180, with a header). User ids stand there as they are in the database: it is for a join."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for user in funnel.missing:
        writer.writerow((user.user, timestamp(user.created), user.method or "", user.cause))
    return out.getvalue()
