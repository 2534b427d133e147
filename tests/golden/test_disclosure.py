"""The attack of tests/disclosure.py on what the golden region publishes, and on regions that hide too little."""

from __future__ import annotations

from disclosure import Attack, attacks

from .conftest import Published


def test_no_closed_cell_of_the_golden_region_can_be_had(golden_duckdb: Published) -> None:
    found = attacks(golden_duckdb.home / "warehouse" / "oko.duckdb", golden_duckdb.home / "published" / "oko.duckdb")
    assert sum(len(attack.hidden) for attack in found.values()) > 100
    told = {cut: attack.disclosed() for cut, attack in found.items()}
    assert not {cut: cells for cut, cells in told.items() if cells}


def _region(*schools: tuple[str, float, float, bool]) -> Attack:
    """A municipality of schools (code, numerator, n, hidden) that is shown as a whole."""
    attack = Attack()
    for code, numerator, n, hidden in schools:
        unknown = attack.unknown(0, n)
        cell = ("share", "", "school", code)
        attack.members[cell].append(unknown)
        attack.members["share", "", "municipality", "m"].append(unknown)
        if hidden:
            attack.hidden.append(cell)
        else:
            attack.equations.append(({unknown: 1.0}, numerator))
    whole = attack.members["share", "", "municipality", "m"]
    attack.equations.append((dict.fromkeys(whole, 1.0), sum(numerator for _, numerator, _, _ in schools)))
    return attack


def test_the_attack_subtracts() -> None:
    assert _region(("1", 2, 3, True), ("2", 5, 10, False)).disclosed() == [("share", "", "school", "1")]


def test_the_attack_knows_what_extreme_shares_tell() -> None:
    both = [("share", "", "school", "1"), ("share", "", "school", "2")]
    assert _region(("1", 0, 3, True), ("2", 0, 4, True), ("3", 5, 10, False)).disclosed() == both
    assert _region(("1", 3, 3, True), ("2", 4, 4, True), ("3", 5, 10, False)).disclosed() == both


def test_two_schools_with_something_between_them_are_safe() -> None:
    assert _region(("1", 0, 3, True), ("2", 2, 4, True), ("3", 5, 10, False)).disclosed() == []


def test_a_second_division_of_the_same_schools_tells() -> None:
    attack = _region(("1", 1, 3, True), ("2", 2, 4, True), ("3", 5, 10, False))
    attack.equations.append(({0: 1.0, 2: 1.0}, 6.0))
    assert len(attack.disclosed()) == 2
