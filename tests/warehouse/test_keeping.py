"""Which publications stay, worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.keeping import Rules, kept, next_id, started_at

NOVOSIBIRSK = ZoneInfo("Asia/Novosibirsk")


def times(*days: str) -> dict[str, datetime]:
    """Publications named by their day, at 02:00 UTC."""
    return {day: datetime.fromisoformat(f"{day}T02:00:00+00:00") for day in days}


def test_the_last_the_months_and_the_years() -> None:
    days = times(
        "2023-12-30", "2024-06-30", "2024-12-01", "2024-12-31", "2025-01-30", "2025-01-31", "2025-03-01", "2025-03-02", "2025-03-03"
    )
    assert kept(days, Rules(last=2, months=3, years=2), "2025-03-03") == {
        # February had none: three months are March, January and December; two years are 2025 and 2024
        "2024-12-31": ["последняя за 12.2024", "последняя за 2024 год"],
        "2025-01-31": ["последняя за 01.2025"],
        "2025-03-02": ["из последних"],
        "2025-03-03": ["текущая", "из последних", "последняя за 03.2025", "последняя за 2025 год"],
    }


def test_months_are_those_of_the_region() -> None:
    two = {"a": datetime(2024, 12, 31, 16, tzinfo=UTC), "b": datetime(2024, 12, 31, 18, tzinfo=UTC)}
    assert list(kept(two, Rules(last=1, months=2, years=0, zone=UTC), None)) == ["b"]
    assert list(kept(two, Rules(last=1, months=2, years=0, zone=NOVOSIBIRSK), None)) == ["a", "b"]


def test_pinned_ones_stay_in_any_letter_case_and_a_pin_of_nothing_is_no_error() -> None:
    days = times("2024-01-01", "2024-02-01", "2024-03-01")
    names = {f"{name}T": time for name, time in days.items()}
    assert list(kept(names, Rules(1, 0, 0, pinned=["2024-01-01t", "2020-01-01T"]), None)) == ["2024-01-01T", "2024-03-01T"]


def test_the_current_one_stays_when_the_clock_was_set_back() -> None:
    days = times("2025-03-01", "2025-03-02", "2020-01-01")
    assert list(kept(days, Rules(1, 0, 0), "2020-01-01")) == ["2020-01-01", "2025-03-02"]


def test_nothing_is_kept_of_nothing() -> None:
    assert kept({}, Rules(), None) == {}


def test_an_id_tells_its_time_in_any_letter_case() -> None:
    assert started_at("20261122T131455995401Z") == datetime(2026, 11, 22, 13, 14, 55, 995401, UTC)
    assert started_at("20261122t131455995401z") == started_at("20261122T131455995401Z")
    assert started_at("p1") is None


HOURS = st.lists(st.integers(0, 24 * 365 * 4), unique=True, min_size=1, max_size=60)


@settings(deadline=None)
@given(hours=HOURS, last=st.integers(1, 5), months=st.integers(0, 14), years=st.integers(0, 5))
def test_a_rule_bounds_how_many_stay_and_what_stayed_stays(hours: list[int], last: int, months: int, years: int) -> None:
    rules = Rules(last, months, years)
    all_times = {str(hour): datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in hours}
    current = max(all_times, key=lambda name: all_times[name])
    stays = kept(all_times, rules, current)
    assert current in stays
    assert min(last, len(hours)) <= len(stays) <= last + months + years
    # asked again of what is left, the rule keeps all of it: nothing goes without a new publication
    assert kept({name: all_times[name] for name in stays}, rules, current) == stays


def test_an_id_tells_the_time_and_sorts_after_the_last_one_though_the_clock_was_set_back() -> None:
    now = datetime(2026, 11, 22, 2, 0, 0, 5, tzinfo=UTC)
    assert next_id(now, None) == next_id(now, "20261121T020000000000Z") == "20261122T020000000005Z"
    assert next_id(now, "20271231T235959999999Z") == "20280101T000000000000Z"
    assert next_id(now, "20261122t020000000005z") == "20261122T020000000006Z"
