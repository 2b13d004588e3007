"""Shares, written as percentages."""

from typing import Any

import pytest

from auditor.config.share import share, share_words


@pytest.mark.parametrize(
    ("text", "given"), [("10%", (10, 100)), ("2.5%", (25, 1000)), ("0%", (0, 100)), ("100%", (100, 100))]
)
def test_a_percentage_is_a_fraction(text: str, given: tuple[int, int]) -> None:
    assert share(text) == given
    assert share_words(given) == text


@pytest.mark.parametrize("text", ["10", "101%", "100.1%", "-1%", "ten%", "1e1%", ".5%", 10, None, True])
def test_what_is_no_share_is_refused_with_what_to_write(text: Any) -> None:
    with pytest.raises(ValueError, match=r'is no share: write a percentage up to 100, such as "10%"'):
        share(text)
