"""`oko rotate-key`: a new key behind all pseudonyms. All files are read again from the archive: one person stays one in all years.

Killed at any moment: the key is the old one or the new one, what is published is of one key, and the next refresh reads again whatever
still has pseudonyms of another key (orchestration/intake.py).
"""

from __future__ import annotations

from ingest.archive import Archive
from ingest.declarations import load_sources
from ingest.settings import Settings
from ingest.vault import Vault, VaultError, key_id
from orchestration.home import open_warehouse, prepare_home
from orchestration.lock import RefreshLock
from orchestration.raw_tables import raw_tables

LOST = "lost"


def rotate_key(settings: Settings) -> None:
    """Puts a new key in the place of the old one. Raises VaultError where a content could not be read again, RefreshRunning beside a
    refresh; nothing has changed then. What is published keeps its pseudonyms until the next refresh."""
    prepare_home(settings)
    with RefreshLock(settings.warehouse):
        # a key that is lost, or damaged, is replaced as well
        _require_everything_readable(settings, key_id(settings.vault) or LOST)
        Vault(settings.vault).rotate()


def _require_everything_readable(settings: Settings, before: str) -> None:
    archive = Archive(settings.archive)
    warehouse = open_warehouse(settings)
    try:
        warehouse.prepare(raw_tables(load_sources().values()))
        # before the key changes: later nobody could tell by which key these were read
        warehouse.stamp_key(before)
        rows = warehouse.files().select("file_sha256", "file_name").iter_rows()
        lost = [name for sha256, name in rows if not archive.path(sha256).exists()]
    finally:
        warehouse.close()
    if lost:
        raise VaultError(
            f"Ключ не сменён: в архиве нет содержимого файлов ({len(lost)}), и перечитать их нельзя: {', '.join(sorted(lost)[:3])}. "
            "Выполните сначала «oko refresh --full»."
        )
