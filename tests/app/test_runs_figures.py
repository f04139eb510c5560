"""Numbers as the tables show them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from eog_tui.figures import ago, amount, duration, money

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        (timedelta(seconds=-3), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(seconds=60), "1m"),
        (timedelta(minutes=59, seconds=59), "59m"),
        (timedelta(hours=1), "1h"),
        (timedelta(hours=23, minutes=59), "23h"),
        (timedelta(days=1), "1d"),
        (timedelta(days=99), "99d"),
        (timedelta(days=174), "24w"),
        (timedelta(days=699), "99w"),
        (timedelta(days=700), "1y"),
    ],
)
def test_how_long_ago(passed: timedelta, shown: str) -> None:
    assert ago(NOON - passed, NOON) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "–"),
        (0, "0.0s"),
        (0.44, "0.4s"),
        (9.96, "10s"),
        (59.4, "59s"),
        (59.6, "1m00"),
        (125, "2m05"),
        (3599.7, "1h00"),
        (11_220, "3h07"),
        (360_000, "4d"),
    ],
)
def test_how_long(seconds: float | None, shown: str) -> None:
    assert duration(seconds) == shown


@pytest.mark.parametrize(
    ("dollars", "shown"),
    [(None, "–"), (0, "$0.00"), (0.0004, "<$0.01"), (0.005, "$0.01"), (0.314, "$0.31"), (1234.5, "$1,234.50")],
)
def test_money(dollars: float | None, shown: str) -> None:
    assert money(dollars) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0, "–"),
        (7, "7"),
        (999, "999"),
        (1_000, "1.0k"),
        (12_400, "12.4k"),
        (99_960, "100k"),
        (999_600, "1.0M"),
        (1_250_000, "1.2M"),
        (3_000_000_000, "3.0G"),
    ],
)
def test_amounts_stay_short(number: int, shown: str) -> None:
    assert amount(number) == shown
    assert len(shown) <= 5
