"""The peer in Python: ``json.loads`` and jsonschema's validator, compiled once per planned event, over every line.

``python -m benchmarks.planned.loop LOG PLAN`` prints how many calls it saw and how many do not fit, as JSON.
"""

import json
import sys
from pathlib import Path
from typing import Any

from jsonschema.validators import validator_for


def main(log: Path, plan: Path) -> dict[str, int]:
    """Validate each line against the schema of its event."""
    validators: dict[tuple[str, str | None], Any] = {}
    for rule in json.loads(plan.read_bytes())["rules"]:
        schema = rule["jsonSchema"]
        validators[rule["type"].lower(), rule.get("key")] = validator_for(schema)(schema)
    calls = broken = 0
    with log.open("rb") as lines:
        for line in lines:
            event = json.loads(line)
            calls += 1
            name = event["event"] if event["type"] == "track" else None
            broken += not validators[event["type"], name].is_valid(event)
    return {"calls": calls, "broken": broken}


if __name__ == "__main__":
    json.dump(main(Path(sys.argv[1]), Path(sys.argv[2])), sys.stdout)
