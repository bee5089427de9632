"""Statistics of one period."""

import pytest

from rehearsal.world.inside.period_statistics import Sample, UnknownStatisticError, statistic


def seen(*values: float) -> list[Sample]:
    return [Sample(1, value, value, value) for value in values]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Sum", 1000),
        ("SampleCount", 4),
        ("Average", 250),
        ("Minimum", 100),
        ("Maximum", 400),
        ("TC(200:)", 2),
        ("TC(:200)", 2),
        ("TC(100:300)", 2),
        ("TC(400:)", 0),
        ("p50", 200),
        ("p99.9", 400),
    ],
)
def test_a_statistic_of_single_values(name: str, expected: float) -> None:
    assert statistic(name, seen(100, 200, 300, 400)) == expected


def test_a_value_seen_often_counts_as_often() -> None:
    assert statistic("TC(5:)", [Sample(7, 70, 10, 10), *seen(1)]) == 7
    assert statistic("p90", [Sample(9, 9, 1, 1), *seen(100)]) == 1


def test_a_statistic_set_has_sums_but_no_counts_in_a_range() -> None:
    set_ = [Sample(3, 60, 10, 30)]
    assert statistic("Sum", set_) == 60
    assert statistic("TC(15:)", set_) is None
    assert statistic("p50", set_) is None


@pytest.mark.parametrize("name", ["Sum", "SampleCount", "TC(1:)", "p50"])
def test_a_period_without_samples_has_no_data_point(name: str) -> None:
    assert statistic(name, []) is None


def test_an_unknown_statistic_is_refused() -> None:
    with pytest.raises(UnknownStatisticError, match="IQM"):
        statistic("IQM", seen(1))
