"""The format of the home folder: a number in `format`, so that an older Oko never works on what it does not understand.

A home without the file is of format 1: that is what all releases wrote before there was one.
"""

from __future__ import annotations

from pathlib import Path

from ingest.settings import Settings, SettingsError

# raised by a release whose homes, or backups, the releases before it could not work on
HOME_FORMAT = 1
FORMAT_FILE = "format"
# there while a restore is under way: what the home holds is not whole
RESTORING = ".restoring"


def require_usable(settings: Settings) -> None:
    """Raises SettingsError for a home of a later format, or one whose restore was broken off."""
    require_known_format(settings)
    if (settings.home / RESTORING).exists():
        raise SettingsError(f"Восстановление папки {settings.home} не закончено: повторите «oko restore» с той же копией.")


def require_known_format(settings: Settings) -> None:
    """Raises SettingsError for a home of a later format."""
    path = settings.home / FORMAT_FILE
    text = path.read_text(encoding="utf-8", errors="replace").strip() if path.exists() else "1"
    if not (text.isascii() and text.isdigit()):
        raise SettingsError(f"{path}: в файле не номер формата; восстановите его из резервной копии.")
    if int(text) > HOME_FORMAT:
        raise SettingsError(
            f"Папка {settings.home} написана более новой версией Oko (формат {text}, эта версия знает {HOME_FORMAT}): обновите Oko."
        )


def mark_format(home: Path) -> None:
    """Writes the format into a home that has none."""
    path = home / FORMAT_FILE
    if not path.exists():
        path.write_text(f"{HOME_FORMAT}\n", encoding="utf-8")
