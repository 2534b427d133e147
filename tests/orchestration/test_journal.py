"""The log of a refresh says where something broke and never what stood in a cell."""

from __future__ import annotations

import logging
import stat
from pathlib import Path

import pytest

from orchestration.journal import LOG_FILE, journal_in


def test_an_error_is_logged_without_its_words(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("ingest.reading")
    with journal_in(tmp_path):
        try:
            raise ValueError("не число: Лукашин Ефим Ильич")
        except ValueError:
            logger.exception("%s: a fault of Oko, not of the file", "staff/кадры.csv")
    text = (tmp_path / LOG_FILE).read_text(encoding="utf-8")
    assert "staff/кадры.csv" in text and "ValueError" in text and "test_journal.py" in text
    assert "Лукашин" not in text
    assert stat.S_IMODE((tmp_path / LOG_FILE).stat().st_mode) == 0o600
    assert capfd.readouterr().err == ""


def test_an_error_that_was_caused_by_another_is_no_leak_either(tmp_path: Path) -> None:
    with journal_in(tmp_path):
        try:
            try:
                raise KeyError("Лукашин")
            except KeyError as error:
                raise ValueError("Ефим") from error
        except ValueError:
            logging.getLogger("orchestration.refresh").exception("broken")
    text = (tmp_path / LOG_FILE).read_text(encoding="utf-8")
    assert "Лукашин" not in text and "Ефим" not in text


def test_after_the_refresh_nothing_is_written(tmp_path: Path) -> None:
    with journal_in(tmp_path):
        pass
    logging.getLogger("ingest").warning("later")
    assert (tmp_path / LOG_FILE).read_text(encoding="utf-8") == ""
