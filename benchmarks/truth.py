"""The funnel of a large log against a table of accounts: whether it comes to an end, in how much memory."""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.generate import Log, log_file
from benchmarks.measure import Command, Run, auditor, run


@dataclass(frozen=True)
class Reconciled:
    """One run: events, accounts in the table, and what the funnel says of them."""

    events: int
    accounts: int
    size: int
    measured: Run
    captured: int
    missing: int


def reconciled(events: int, folder: Path, parts: int | None = None) -> Reconciled:
    """Make the log and its table, and run the funnel in a process of its own."""
    log = log_file(Log("many", events), folder)
    table = folder / f"accounts-{events}.csv"
    accounts = events // 5
    if not table.exists():
        write_accounts(log, table, accounts)
    given = () if parts is None else ("--parts", str(parts))
    output = folder / f"funnel-{events}.json"
    measured = run(Command(auditor("funnel", str(log), "--truth", str(table), "--format", "json", *given), output))
    truth = json.loads(output.read_text(encoding="utf-8"))["truth"]
    return Reconciled(events, accounts, log.stat().st_size, measured, truth["captured"], truth["missing"])


def write_accounts(log: Path, table: Path, accounts: int) -> None:
    """Most users of a log, and as many others from years before as it takes: a table holds every account there is."""
    rng = Random(log.name)
    with log.open(encoding="utf-8") as rows, table.open("w", encoding="utf-8", newline="") as out:
        out.write("user_id,created_at,method\n")
        known: set[str] = set()
        for row in rows:
            record = json.loads(row)
            user = record.get("userId")
            if user and user not in known:
                known.add(user)
                if len(known) <= accounts and rng.random() < 0.95:
                    made = record.get("originalTimestamp") or record["timestamp"]
                    out.write(f"{user},{made},{rng.choice(('password', 'oauth'))}\n")
        for number in range(accounts - len(known)):
            out.write(f"older-{number:012},20{rng.randrange(10, 20)}-0{rng.randrange(1, 9)}-11T10:00:00Z,password\n")
