"""The law of order for the rules on ids: whatever line comes first in the file, the findings are the same."""

import random

import pytest

from auditor.config.settings import Settings
from auditor.model.finding import Report
from tests.conftest import Judge
from tests.stories import Story
from tests.stories_of_identity import IDENTITY

OWNER = Settings(destinations=("mixpanel-legacy", "segment"), min_confidence="low")


def said(report: Report) -> set[tuple[str, str | None, str, str]]:
    return {(f.rule, f.kind, f.message, f.event.message_id or "") for f in report.findings}


@pytest.mark.parametrize("rule", IDENTITY)
def test_shuffled_lines_give_the_same_findings(rule: str, judge: Judge) -> None:
    story = Story(rule)
    IDENTITY[rule][0](story)
    expected = said(judge(story.records, settings=OWNER))
    assert rule in {found[0] for found in expected}
    for seed in range(4):
        shuffled = random.Random(seed).sample(story.records, len(story.records))
        assert said(judge(shuffled, settings=OWNER)) == expected
