"""The record of what was destroyed: logs/destroyed/<time>.csv (выгрузка из журнала) and .txt (акт), as Roskomnadzor's order 179 of
28.10.2022 asks for them; and the note of a destruction that has begun, by which a killed one is ended.

No personal data: people are counted, not named; files are named as everywhere in Oko. What is destroyed is decided in retention.py.
Records are never removed by Oko: the order has them kept for three years.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from ingest.settings import Settings
from orchestration.export import write_csv

FOLDER = "destroyed"
BEGUN = ".begun.json"
UNKNOWN_KINDS = "не установлены: в файле не прочитано ни одной строки о людях"
SYSTEM = "Око"
METHOD = "удаление файлов и строк базы данных средствами информационной системы; копий в системе не осталось"
COLUMNS = (
    *("Начато", "Закончено", "Информационная система", "Файл", "Источник", "SHA-256", "Размер, байт", "Дата файла"),
    *("Субъектов", "Категории персональных данных", "Причина", "Способ"),
)


@dataclass(frozen=True)
class Item:
    """One content: `modified_at` of its newest file (ISO date), distinct people whose rows were loaded, what was known of them."""

    sha256: str
    name: str
    source: str
    size: int
    modified_at: str
    people: int
    kinds: str


@dataclass(frozen=True)
class Record:
    """A destruction that has begun."""

    path: Path
    begun_at: str
    items: list[Item]


def start(logs: Path, items: Sequence[Item]) -> Record:
    """Writes down, to the disk itself, what is about to be destroyed."""
    now = datetime.now(UTC)
    folder = logs / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    record = Record(folder / f"{now:%Y%m%dT%H%M%S%f}Z{BEGUN}", now.isoformat(timespec="seconds"), list(items))
    content = {"begun_at": record.begun_at, "items": [asdict(item) for item in items]}
    _write(record.path, json.dumps(content, ensure_ascii=False, indent=1).encode())
    return record


def unfinished(logs: Path) -> list[Record]:
    """Destructions that were cut off, the oldest first."""
    records = []
    for path in sorted((logs / FOLDER).glob(f"*{BEGUN}")):
        content = json.loads(path.read_text(encoding="utf-8"))
        records.append(Record(path, content["begun_at"], [Item(**item) for item in content["items"]]))
    return records


def finish(settings: Settings, record: Record) -> Path:
    """Writes the act and the export of a destruction that is complete; the path of the export."""
    zone = ZoneInfo(settings.time_zone)
    begun, ended = (
        f"{moment.astimezone(zone):%d.%m.%Y %H:%M:%S}" for moment in (datetime.fromisoformat(record.begun_at), datetime.now(UTC))
    )
    export = record.path.with_name(record.path.name.removesuffix(BEGUN) + ".csv")
    reason = f"истёк срок хранения, лет: {settings.personal_years} ([retention] personal_years в oko.toml)"
    table = BytesIO()
    rows = [
        (begun, ended, SYSTEM, item.name, item.source, item.sha256, item.size, item.modified_at, item.people, item.kinds, reason, METHOD)
        for item in record.items
    ]
    write_csv(table, COLUMNS, rows)
    _write(export.with_suffix(".txt"), _act(settings, record.items, export.name, reason, ended).encode())
    _write(export, table.getvalue())
    record.path.unlink()
    return export


def _act(settings: Settings, items: Sequence[Item], export: str, reason: str, ended: str) -> str:
    kinds = sorted({item.kinds for item in items})
    lines = [
        f"АКТ № {export.removesuffix('.csv')}",
        "об уничтожении персональных данных",
        "",
        f"Дата уничтожения: {ended} ({settings.time_zone})",
        "Оператор (наименование, адрес): ______________________________________________",
        "Лицо, обрабатывающее данные по поручению оператора (наименование, адрес; если есть): ______________________________",
        f"Информационная система: {SYSTEM}" + (f", регион: {settings.region_name}" if settings.region_name else ""),
        "Субъекты: лица, сведения о которых содержались в перечисленных ниже файлах; поимённо не приводятся, так как соответствие",
        "          псевдонимов уничтожено вместе с файлами. Состав файлов определяется однозначно по SHA-256.",
        "Категории уничтоженных персональных данных:",
        *[f"  - {kind}" for kind in kinds],
        f"Причина: {reason}",
        f"Способ: {METHOD}",
        f"Выгрузка из журнала: {export}",
        "",
        f"Уничтожено файлов: {len(items)}",
        *[
            f"  {n}. {item.name or 'без имени'} от {item.modified_at}, субъектов {item.people}, {item.sha256}"
            for n, item in enumerate(items, 1)
        ],
        "",
        "Уничтожил (должность, Ф. И. О., подпись): ______________________________________________",
        "Хранить вместе с выгрузкой три года (приказ Роскомнадзора от 28.10.2022 № 179).",
        "",
    ]
    return "\n".join(lines)


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk when this returns."""
    part = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    descriptor = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
