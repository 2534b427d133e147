"""Which spellings mean the same."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text import as_it_is, by_value, clean, clean_columns, fold, fold_header, name_key, unless


@pytest.mark.parametrize(
    "variant",
    ["МБОУ «СОШ № 5»", 'МБОУ "СОШ №5"', "МБОУ\u00a0“СОШ №  5”", "мбоу СОШ № 5 ", "МБОУ „СОШ N 5“"],
)
def test_quotes_spaces_and_number_signs_do_not_make_two_schools(variant: str) -> None:
    assert name_key(variant) == name_key("МБОУ «СОШ № 5»")


@pytest.mark.parametrize("variant", ["г. Бердск", "город  Бердск", "Город\u00a0Бердск", "г.Бердск", "Бердск"])
def test_a_town_is_its_name(variant: str) -> None:
    assert name_key(variant) == "бердск"


def test_dashes_and_yo_do_not_make_two_names() -> None:
    assert name_key("Усть–Таркский") == name_key("Усть - Таркский") == "усть-таркский"
    assert fold("Возобновлён") == fold("ВОЗОБНОВЛЕН")


def test_names_that_differ_stay_different() -> None:
    assert len({name_key(name) for name in ("СОШ № 1", "СОШ № 11", "Лицей № 1", "Горный", "Городище", "г. Горный")}) == 5


@pytest.mark.parametrize("variant", ["Объем, ч", "ОБЪЁМ,Ч", "Объём,\n ч", "Объём, ч:", "Объём , ч *"])
def test_headers_follow_the_text_rules(variant: str) -> None:
    assert fold_header(variant) == fold_header("Объём, ч")


def test_latin_lookalikes_in_a_russian_header() -> None:
    assert fold_header("Koд OO") == fold_header("Код ОО")
    assert fold_header("EduOrgINN") == "eduorginn"


def test_a_column_is_cleaned_like_its_cells() -> None:
    cells = ["a\u00a0b", " a  b ", "\u200ba", "", "\u00a0", None, "a b"]
    cleaned = clean_columns(pl.DataFrame({"x": cells, "plain": ["a"] * len(cells)}))
    assert cleaned["x"].to_list() == ["a b", "a b", "a", None, None, None, "a b"]
    assert cleaned["plain"].to_list() == ["a"] * len(cells)


@given(st.lists(st.text(alphabet='аёЁ «»"–-\u00a0\u200b№5г.', max_size=12), min_size=1, max_size=8))
def test_columns_and_single_strings_agree(cells: list[str]) -> None:
    frame = pl.DataFrame({"x": cells}, schema={"x": pl.String})
    assert clean_columns(frame)["x"].to_list() == [clean(cell) or None for cell in cells]
    assert by_value(frame["x"], name_key).to_list() == frame.select(by_value(pl.col("x"), name_key))["x"].to_list()


@given(st.text(alphabet='абвгдё «»"–-.№5\u00a0', max_size=30))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert fold_header(fold_header(text)) == fold_header(text)


def test_what_is_plain_is_done_quickly_and_what_is_not_thoroughly() -> None:
    cells = pl.DataFrame({"x": ["080101", None, "80101", "a b"]})
    mended = cells.select(unless("^[0-9]{6}$", as_it_is, lambda column: column.str.zfill(6), pl.col("x")))
    assert mended["x"].to_list() == ["080101", None, "080101", "000a b"]
