"""Wilson's interval, against figures that are printed elsewhere and against what it stands for."""

from math import comb

import pytest

from auditor.funnels.wilson import interval


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # Newcombe, Two-sided confidence intervals for the single proportion (1998), table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_the_published_one(hits: int, of: int, low: float, high: float) -> None:
    found = interval(hits, of)
    assert found is not None
    assert found == pytest.approx((low, high), abs=0.00005)


def test_of_nothing_there_is_no_interval_and_the_ends_stay_inside() -> None:
    assert interval(0, 0) is None
    assert interval(7, 7) == (pytest.approx(0.6457, abs=0.0001), 1.0)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_it_covers_about_nineteen_of_twenty(share: float) -> None:
    of = 100
    covered = sum(
        comb(of, hits) * share**hits * (1 - share) ** (of - hits)
        for hits in range(of + 1)
        if (found := interval(hits, of)) is not None and found[0] <= share <= found[1]
    )
    assert 0.93 < covered < 0.97
