"""A new key behind the pseudonyms: one person stays one person, no pseudonym stays, and rows of two keys never stand side by side.

Real files through the real readers into both engines, without dbt; the marts after a rotation are compared in test_upgrade.py.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from small_landing import STAFF, Landing, read_landing, teacher

from ingest.archive import Archive
from ingest.settings import load_settings
from ingest.vault import KEY_FILE, Vault, VaultError, key_id
from orchestration.home import open_warehouse
from orchestration.lock import RefreshLock, RefreshRunning
from orchestration.refresh import Refresh
from orchestration.rotation import rotate_key
from orchestration.state import refresh_inputs
from warehouse.engine import Warehouse

ANNA, BORIS, VERA = "112-233-445 95", "087-654-303 00", "001-002-003 54"
YEARS = {"staff/2022.csv": (ANNA, BORIS), "staff/2023.csv": (ANNA, VERA), "staff/ушёл из landing.csv": (BORIS, VERA)}


def people(warehouse: Warehouse) -> dict[str, list[str]]:
    """The pseudonyms of each file, in the order of its rows."""
    sql = """
        SELECT f.file_name, s.person_id FROM raw.staff AS s JOIN raw._files AS f ON s._file_sha256 = f.file_sha256
        ORDER BY f.file_name, s._row_number
    """
    found: dict[str, list[str]] = {}
    for name, person in warehouse.query(sql).iter_rows():
        found.setdefault(name, []).append(person)
    return found


def read(*, sources: tuple[str, ...] = ()) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    read_landing(sources=sources, look=lambda warehouse: found.update(people(warehouse)))
    return found


def by_person(found: dict[str, list[str]]) -> dict[str, set[str]]:
    """Who has which pseudonyms over all files."""
    assert set(found) == set(YEARS)
    seen: dict[str, set[str]] = {}
    for name, pseudonyms in found.items():
        for who, pseudonym in zip(YEARS[name], pseudonyms, strict=True):
            seen.setdefault(who, set()).add(pseudonym)
    return seen


@pytest.fixture(params=["duckdb", "postgres"] if os.environ.get("OKO_TEST_FULL") else ["duckdb"])
def target(request: pytest.FixtureRequest) -> str:
    """The engine of most tests; the first one is of both in any case."""
    return str(request.param)


@pytest.fixture
def two_years(on_target: Landing) -> Landing:
    """Three people in three files, one of which has left landing while its rows stay."""
    on_target.write_registers()
    for year, (name, who) in enumerate(YEARS.items()):
        on_target.write(name, STAFF, *[teacher(snils, "540101", start=f"01.09.{2020 + year}") for snils in who])
    read()
    (on_target.home / "landing" / "staff" / "ушёл из landing.csv").unlink()
    return on_target


def require_one_new_pseudonym_each(before: dict[str, set[str]], after: dict[str, set[str]]) -> None:
    assert {who: len(pseudonyms) for who, pseudonyms in after.items()} == {ANNA: 1, BORIS: 1, VERA: 1}
    assert len(set().union(*after.values())) == 3
    assert not set().union(*before.values()) & set().union(*after.values())


@pytest.mark.parametrize("target", ["duckdb", "postgres"], indirect=True)
@pytest.mark.parametrize("sources", [(), ("schools",)])
def test_after_a_rotation_everybody_has_one_new_pseudonym(two_years: Landing, sources: tuple[str, ...]) -> None:
    before, settings = by_person(read()), load_settings()
    inputs = refresh_inputs(settings)
    rotate_key(settings)
    assert refresh_inputs(settings) != inputs
    require_one_new_pseudonym_each(before, by_person(read(sources=sources)))
    # and the vault knows them by the new ones, for files in landing and out of it
    kept = {file.sha256: file.name for file in Archive(settings.archive).manifest() if file.name in YEARS}
    known = {name: Vault(settings.vault).identities(sha256)["person_id_pseudonym"].to_list() for sha256, name in kept.items()}
    assert known == read()


def test_what_left_landing_stays_out_of_it(two_years: Landing) -> None:
    read()
    rotate_key(load_settings())
    flags: dict[str, bool] = {}
    read_landing(look=lambda warehouse: flags.update(warehouse.query("SELECT file_name, in_landing FROM raw._files").iter_rows()))
    assert {name for name, is_there in flags.items() if not is_there} == {"staff/ушёл из landing.csv"}


@pytest.mark.parametrize("files", [1, 3])
def test_killed_while_it_reads_again_it_goes_on_with_one_key(two_years: Landing, files: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = by_person(read())
    rotate_key(load_settings())
    plain, left = Refresh._put, [files]

    def put(self: Refresh, *arguments: object, **options: object) -> None:
        if left[0] == 0:
            raise KeyboardInterrupt
        left[0] -= 1
        plain(self, *arguments, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Refresh, "_put", put)
        read()
    require_one_new_pseudonym_each(before, by_person(read()))


def test_twice_is_as_good_as_once(two_years: Landing) -> None:
    before = by_person(read())
    rotate_key(load_settings())
    rotate_key(load_settings())
    require_one_new_pseudonym_each(before, by_person(read()))


def test_rows_of_a_release_that_knew_one_key_are_read_again_too(two_years: Landing) -> None:
    before = by_person(read())
    warehouse = open_warehouse(load_settings())
    warehouse.execute("ALTER TABLE raw._files DROP COLUMN key_id")
    warehouse.close()
    assert by_person(read()) == before
    rotate_key(load_settings())
    require_one_new_pseudonym_each(before, by_person(read()))


def test_a_lost_key_is_replaced_and_everything_read_again(two_years: Landing) -> None:
    before = by_person(read())
    (load_settings().vault / KEY_FILE).unlink()
    with pytest.raises(VaultError, match="rotate-key"):
        read()
    rotate_key(load_settings())
    require_one_new_pseudonym_each(before, by_person(read()))


def test_a_content_that_could_not_be_read_again_keeps_the_key(two_years: Landing) -> None:
    settings = load_settings()
    before, key = read(), key_id(settings.vault)
    (gone,) = [file for file in Archive(settings.archive).manifest() if file.name == "staff/ушёл из landing.csv"]
    Archive(settings.archive).path(gone.sha256).unlink()
    with pytest.raises(VaultError, match=r"не сменён.*ушёл из landing"):
        rotate_key(settings)
    assert key_id(settings.vault) == key
    assert read() == before


def test_a_content_lost_after_the_rotation_stops_the_refresh(two_years: Landing) -> None:
    settings = load_settings()
    read()
    rotate_key(settings)
    (gone,) = [file for file in Archive(settings.archive).manifest() if file.name == "staff/ушёл из landing.csv"]
    Archive(settings.archive).path(gone.sha256).unlink()
    with pytest.raises(VaultError, match=r"--full"):
        read()
    full: dict[str, list[str]] = {}
    read_landing(full=True, look=lambda warehouse: full.update(people(warehouse)))
    assert set(full) == {"staff/2022.csv", "staff/2023.csv"}


def test_beside_a_refresh_the_key_stays(two_years: Landing) -> None:
    settings = load_settings()
    key = key_id(settings.vault)
    with RefreshLock(settings.warehouse), pytest.raises(RefreshRunning):
        rotate_key(settings)
    assert key_id(settings.vault) == key
    assert not [path for path in Path(settings.vault).iterdir() if path.name.startswith(".")]
