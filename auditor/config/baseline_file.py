"""The baseline's file: `auditor/baseline/1`, JSON sorted by rule, so that its diffs can be read."""

import json
from pathlib import Path

from auditor.config.settings import ConfigError
from auditor.model.baseline import Accepted, Baseline

SCHEMA = "auditor/baseline/1"


def read_baseline(path: Path) -> Baseline:
    """Raises ``ConfigError`` where the file is no baseline."""
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        why = "make one with `auditor baseline LOG`" if isinstance(error, FileNotFoundError) else error.strerror
        raise ConfigError([f"{path}: the baseline cannot be read ({why})"]) from error
    except ValueError as error:
        raise ConfigError([f"{path}: the baseline is not JSON ({error})"]) from error
    if not isinstance(held, dict) or held.get("schema") != SCHEMA or not isinstance(held.get("findings"), list):
        raise ConfigError([f'{path}: this is no baseline: it lacks "schema": "{SCHEMA}" and its findings'])
    accepted = {}
    for number, one in enumerate(held["findings"]):
        found = _accepted(one)
        if found is None:
            problem = "needs a rule, a where, a fingerprint and a count above 0"
            raise ConfigError([f"{path}: entry {number + 1} of the findings {problem}"])
        if one["fingerprint"] in accepted:
            raise ConfigError([f"{path}: the fingerprint {one['fingerprint']} stands there twice"])
        accepted[one["fingerprint"]] = found
    return Baseline(accepted)


def _accepted(one: object) -> Accepted | None:
    if not isinstance(one, dict) or not all(isinstance(one.get(key), str) for key in ("rule", "where", "fingerprint")):
        return None
    count = one.get("count")
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        return None
    return Accepted(one["rule"], one["where"], count)


def baseline_text(baseline: Baseline) -> str:
    """The file's content."""
    entries = sorted(baseline.accepted.items(), key=lambda item: (item[1].rule, item[0]))
    findings = [
        {"rule": held.rule, "fingerprint": fingerprint, "count": held.count, "where": held.where}
        for fingerprint, held in entries
    ]
    return json.dumps({"schema": SCHEMA, "findings": findings}, indent=2, ensure_ascii=False) + "\n"
