"""Pseudonyms, the key behind them, and who is behind them."""

from __future__ import annotations

import hmac
import stat
from pathlib import Path

import polars as pl
import pytest

from ingest import vault as vaults
from ingest.vault import KEY_FILE, Vault, VaultError, key_id

PEOPLE = pl.Series(["11223344595", None, "11223344595", "08765430300"])


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_pseudonym_is_the_keyed_hash_of_kind_and_value(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    first, none, again, other = vault.pseudonym("snils", PEOPLE)
    key = (tmp_path / "vault" / KEY_FILE).read_bytes()
    assert first == hmac.digest(key, b"snils\x1f11223344595", "sha256").hex()[:32]
    assert (none, again) == (None, first)
    assert other != first
    assert vault.pseudonym("document_number", PEOPLE)[0] != first


def test_the_same_key_gives_the_same_pseudonyms_and_another_one_others(tmp_path: Path) -> None:
    here = Vault(tmp_path / "vault").pseudonym("snils", PEOPLE)
    assert Vault(tmp_path / "vault").pseudonym("snils", PEOPLE).to_list() == here.to_list()
    assert Vault(tmp_path / "elsewhere").pseudonym("snils", PEOPLE)[0] != here[0]


def test_only_the_owner_may_look(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    vault.pseudonym("snils", PEOPLE)
    vault.keep("ab12", pl.DataFrame({"last_name": ["Кузнечикова"]}))
    assert mode(tmp_path / "vault") == mode(tmp_path / "vault" / "identities") == 0o700
    assert {mode(path) for path in (tmp_path / "vault").rglob("*") if path.is_file()} == {0o600}


def test_identities_of_a_file_are_replaced(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    vault.keep("ab12", pl.DataFrame({"last_name": ["Кузнечикова", "Светлячков"]}))
    vault.keep("ab12", pl.DataFrame({"last_name": ["Светлячков"]}))
    assert vault.identities("ab12")["last_name"].to_list() == ["Светлячков"]
    assert vault.identities("cd34").is_empty()


def test_a_read_only_vault_leaves_no_trace(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault", read_only=True)
    vault.keep("ab12", pl.DataFrame({"last_name": ["Кузнечикова"]}))
    assert vault.pseudonym("snils", PEOPLE)[0] is not None
    assert not (tmp_path / "vault").exists()


def test_a_read_only_vault_knows_the_key_that_is_there(tmp_path: Path) -> None:
    written = Vault(tmp_path).pseudonym("snils", PEOPLE)
    assert Vault(tmp_path, read_only=True).pseudonym("snils", PEOPLE).to_list() == written.to_list()


def test_a_lost_key_is_never_silently_replaced(tmp_path: Path) -> None:
    """With a new key every person would become another one."""
    vault = Vault(tmp_path)
    vault.pseudonym("snils", PEOPLE)
    vault.keep("ab12", pl.DataFrame({"last_name": ["Кузнечикова"]}))
    (tmp_path / KEY_FILE).unlink()
    with pytest.raises(VaultError):
        Vault(tmp_path).pseudonym("snils", PEOPLE)
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(VaultError):
        Vault(tmp_path).pseudonym("snils", PEOPLE)


def test_what_is_forgotten_of_a_great_many_people_is_worked_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vaults, "_MOST_RECENT", 2)
    vault = Vault(tmp_path / "vault")
    first = vault.pseudonym("snils", PEOPLE).to_list()
    others = [vault.pseudonym("snils", pl.Series([f"{number:011}"])).item() for number in range(9)]
    assert vault.pseudonym("snils", PEOPLE).to_list() == first
    assert len({*others, *first}) == 9 + 3


def test_a_new_key_gives_everybody_another_pseudonym_and_nothing_else(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "vault")
    assert key_id(tmp_path / "vault") == ""
    before, known_as = vault.pseudonym("snils", PEOPLE).to_list(), vault.key_id()
    vault.rotate()
    first, none, again, other = vault.pseudonym("snils", PEOPLE)
    assert (none, again) == (None, first) and not {first, other} & set(before)
    assert vault.key_id() == key_id(tmp_path / "vault") != known_as
    assert Vault(tmp_path / "vault").pseudonym("snils", PEOPLE)[0] == first
    assert [path.name for path in (tmp_path / "vault").iterdir()] == [KEY_FILE] and mode(tmp_path / "vault" / KEY_FILE) == 0o600
