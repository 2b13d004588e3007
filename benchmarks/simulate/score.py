"""Runs ``auditor check`` as a process on a form of a run, and compares its findings with the answer key."""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.simulate.answer import Answer
from benchmarks.simulate.answers import answers
from benchmarks.simulate.crowd import Crowd
from benchmarks.simulate.forms import Form
from benchmarks.simulate.run import Household

ROOT = Path(__file__).resolve().parents[2]


class NotRead(Exception):
    """``auditor check`` cannot read this form; the message is its own."""


@dataclass(slots=True)
class RuleScore:
    """One rule on one form. ``planted`` are asked for; ``companions`` are findings that the key calls true as well."""

    planted: int = 0
    found: int = 0
    companions: int = 0
    right: int = 0
    false: int = 0
    missed_by: Counter[str] = field(default_factory=Counter)
    false_by: Counter[str] = field(default_factory=Counter)

    @property
    def recall(self) -> float | None:
        """Share of what was planted that was found; None: nothing was."""
        return self.found / self.planted if self.planted else None

    @property
    def precision(self) -> float | None:
        """Share of the findings that are true; None: there are none."""
        said = self.right + self.companions + self.false
        return (said - self.false) / said if said else None


@dataclass(slots=True)
class Score:
    """A form's result. ``severities`` are each rule's default, ``examples`` a few misses and false alarms."""

    form: str
    events: int
    rules: dict[str, RuleScore]
    severities: dict[str, str]
    status: dict[str, str]
    examples: list[str]


def check(files: list[Path], folder: Path) -> dict[str, Any]:
    """The JSON report of ``auditor check`` on some files, run in a folder that may hold a configuration.

    Raises NotRead where the exit code says that nothing could be checked, RuntimeError where Auditor itself broke.
    """
    hidden = ("CI", "GITHUB_", "GITLAB_", "AUDITOR_")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(hidden)}
    command = [sys.executable, "-m", "auditor", "check", *map(str, files), "--format", "json", "--no-redact"]
    paths = os.pathsep.join(filter(None, (str(ROOT), environment.get("PYTHONPATH"))))
    done = subprocess.run(
        command, cwd=folder, env=environment | {"PYTHONPATH": paths}, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1, 2, 3):
        raise RuntimeError(f"auditor check: exit code {done.returncode}\n{done.stderr}")
    if done.returncode in (2, 3):
        raise NotRead((done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0])
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def checked(form: Form, held: list[Household]) -> dict[str, Any]:
    """Write a form and check it. Raises NotRead, also where what was read cannot be what was written."""
    with TemporaryDirectory(prefix="auditor-simulate-") as name:
        folder = Path(name)
        written = folder / "log"
        written.mkdir()
        if form.config:
            (folder / "auditor.yml").write_text(form.config, encoding="utf-8")
        report = check(form.write(held, written), folder)
    messages = sum(len(household.collector.stored) for household in held)
    if report["summary"]["events"] < messages / 2:
        raise NotRead(f"read {report['summary']['events']} of some {messages} events")
    if not report["summary"]["users"]:
        raise NotRead(f"found no user in {report['summary']['events']} events")
    return report


def score(form: Form, everybody: list[Household]) -> Score:
    """Write a form of the run, check it and compare. Raises NotRead."""
    held = [household for household in everybody if form.holds(household)]
    return compare(form.name, checked(form, held), key(form, held), _owners(held))


def key(form: Form, held: list[Household]) -> list[Answer]:
    """The answers of all households; what a rule says once only is one answer."""
    found, once = [], defaultdict[tuple[str, str], list[Answer]](list)
    crowd = Crowd(held)
    for household in held:
        for answer in answers(household, form.seen):
            if crowd.hides(answer, household):
                found.append(replace(answer, planted=False))
            elif answer.once is None:
                found.append(answer)
            else:
                once[answer.rule, answer.once].append(answer)
    for (rule, said), group in once.items():
        ids = frozenset().union(*(answer.ids for answer in group))
        found.append(Answer(rule, ids, once=said, planted=any(a.planted for a in group), cause=group[0].cause))
    return found


def compare(form: str, report: dict[str, Any], expected: list[Answer], owners: dict[str, str]) -> Score:
    """Match findings and answers by rule, blamed message and, where only one is right, kind."""
    rules: dict[str, RuleScore] = defaultdict(RuleScore)
    by_message: dict[tuple[str, str], list[Answer]] = defaultdict(list)
    for answer in expected:
        for message_id in answer.ids:
            by_message[answer.rule, message_id].append(answer)
    met: set[int] = set()
    examples = []
    for finding in report["findings"]:
        rule, event = finding["rule"], finding["event"]
        blamed = event["message_id"] or ""
        fitting = [a for a in by_message[rule, blamed] if a.kind in (None, finding["kind"])]
        met |= {id(answer) for answer in fitting}
        if not fitting:
            cause = owners.get(blamed, "a message that nobody sent")
            rules[rule].false += 1
            rules[rule].false_by[f"{cause} ({finding['kind'] or finding['severity']})"] += 1
            examples.append(f"false alarm, {cause}: {rule} {blamed}: {finding['message']}")
        elif any(answer.planted for answer in fitting):
            rules[rule].right += 1
        else:
            rules[rule].companions += 1
    for answer in expected:
        if answer.planted:
            rules[answer.rule].planted += 1
            if id(answer) in met:
                rules[answer.rule].found += 1
            else:
                rules[answer.rule].missed_by[f"{answer.cause} ({answer.kind or 'any kind'})"] += 1
                examples.append(f"missed, {answer.cause}: {answer.rule} {answer.kind or ''} {sorted(answer.ids)[:2]}")
    status = {rule["id"]: rule["status"] for rule in report["rules"]}
    severities = {rule["id"]: rule["severity"] for rule in report["rules"]}
    return Score(form, report["summary"]["events"], dict(rules), severities, status, examples)


def _owners(held: list[Household]) -> dict[str, str]:
    return {
        call.message.id: household.plan.name
        for household in held
        for call in household.truth.calls
        if call.message is not None
    }
