"""What `oko backup`, `oko restore` and `oko rotate-key` say, and how they end.

What they do stands in backup.py, restore.py and rotation.py.
"""

from __future__ import annotations

from pathlib import Path

import click

from ingest.settings import Settings
from ingest.vault import VaultError
from orchestration.audit_log import record
from orchestration.backup import take_backup
from orchestration.backup_file import BackupError
from orchestration.home import code_version, yield_to_people
from orchestration.lock import RefreshRunning
from orchestration.night import FAULTS, NOT_PUBLISHED, PUBLISHED, run_night
from orchestration.restore import Contents, Proof
from orchestration.restore import restore as put_back
from orchestration.rotation import rotate_key

OK, REFUSED, NOT_PROVEN = 0, 1, 3


def backup(settings: Settings, path: Path) -> int:
    """Writes a backup and says what is in it."""
    yield_to_people()
    try:
        taken = take_backup(settings, path)
    except BackupError as error:
        return _refused(error)
    record(settings, "backup", publication_hash=taken.publication, parts=taken.parts, contents=taken.contents)
    click.echo(f"Копия записана: {path} ({taken.size / 1e6:.1f} МБ, частей {taken.parts}).")
    click.echo(f"В ней всё содержимое архива ({taken.contents}); в landing при восстановлении лягут файлы: {taken.landing}.")
    if taken.unread:
        click.echo(f"Файлов landing, которых не читало ни одно обновление, в ней нет: {taken.unread}. Сначала «oko refresh».")
    if taken.publication is None:
        click.echo("Публикации с отпечатком ещё нет: при восстановлении сверять будет не с чем.")
    click.echo("В копии персональные данные и пароли: храните её, как vault, или зашифруйте (docs/backup.md).")
    return OK


def restore(settings: Settings, path: Path) -> int:
    """Puts a backup back, proves it, and says how that ended."""
    yield_to_people()
    try:
        proof, contents = put_back(settings, path, _refresh)
    except BackupError as error:
        return _refused(error)
    record(settings, "restored", proof=proof.name.lower(), files=len(contents.landing))
    click.echo(f"Восстановлено в {settings.home}: файлов в landing {len(contents.landing)}.")
    click.echo(_outcome(proof, contents))
    return OK if proof in (Proof.SAME, Proof.NOTHING_TO_COMPARE) else NOT_PROVEN


def _refresh(settings: Settings) -> bool:
    return run_night(settings, full=True, sources=()) in (PUBLISHED, FAULTS)


def _outcome(proof: Proof, contents: Contents) -> str:
    publication = contents.publication
    if publication is None:
        return "Публикации в копии нет, сверять не с чем: выполните «oko refresh»."
    if proof is Proof.SAME:
        return f"Публикация та же, что {publication.id}: отпечаток {publication.hash[:16]} на {publication.as_of}."
    if proof is Proof.NOT_PUBLISHED:
        return "Обновление ничего не опубликовало (см. выше): данные на месте, исправьте причину и выполните «oko refresh --full»."
    other = "" if publication.code == code_version() else " Она сделана другой версией Oko: сверьте той же версией или сравните витрины."
    return f"Публикация ДРУГАЯ: отпечаток не совпал с {publication.id} ({publication.hash[:16]}).{other}"


def rotate(settings: Settings) -> int:
    """Changes the key and reads everything again."""
    yield_to_people()
    try:
        rotate_key(settings)
    except (VaultError, RefreshRunning) as error:
        click.echo(str(error), err=True)
        return NOT_PUBLISHED
    record(settings, "key_rotated")
    click.echo("Ключ сменён. Перечитываю файлы: до новой публикации в прежней стоят старые псевдонимы.")
    return run_night(settings, full=False, sources=())


def _refused(error: BackupError) -> int:
    click.echo(str(error), err=True)
    return REFUSED
