"""The funnel of a story."""

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from auditor.config.config_file import read_config
from auditor.config.settings import Settings
from auditor.engine.checking import options_of
from auditor.language.loader import load
from auditor.model.funnel import Funnel
from auditor.reports.funnel_json import document
from auditor.runners.funnel import funnel_of
from auditor.runners.local import Request
from tests.conftest import DEFAULT_RULES, ROOT, TODAY
from tests.stories import Record

SCHEMA = json.loads((ROOT / "auditor" / "schemas" / "funnel-1.json").read_text(encoding="utf-8"))
Draw = Callable[..., Funnel]


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """The funnel of records, with the text of an auditor.yml; its JSON fits the schema."""

    def drawn(records: Iterable[Record], config: str = "", **asked: object) -> Funnel:
        log, file = tmp_path / "log.jsonl", tmp_path / "auditor.yml"
        log.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
        settings, rules = Settings(), DEFAULT_RULES
        if config:
            file.write_text(config, encoding="utf-8")
            settings = read_config(file)
            rules = load(settings, options_of)
        request = Request((str(log),), settings, TODAY, redact=bool(asked.pop("redact", False)))
        found = funnel_of(request, rules, **asked)
        assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document(found))] == []
        return found

    return drawn
