"""What else lies in such folders: pages saved under the wrong name, empty files, tables of something else."""

from __future__ import annotations

from ingest.sample.files import Landing
from ingest.sample.model import World

PAGE = "<html><head><title>Вход</title></head><body><p>Сеанс завершён, войдите снова.</p></body></html>"


def write(world: World, landing: Landing) -> None:
    """Files that are rejected whole."""
    modified = world.last_day
    landing.stray("pd_courses/Выгрузка с портала.xls", PAGE.encode("cp1251"), modified, "unreadable_file")
    landing.stray("certificates/Новый файл.csv", b"", modified, "unreadable_file")
    _stray_table(landing, f"ege/{world.last_year}/Расписание автобусов.csv", "unknown_layout", world, "Маршрут;Отправление", ["7", "08:15"])
    header = "СНИЛС;Фамилия;Имя;Отчество;Код ОО;Должность;Дата решения;Действует по;Номер приказа"
    job = world.staff.jobs[0]
    row = [job.worker.snils, "", "", "", job.school.code, job.position, "03.03.2022", "", "1-к"]
    _stray_table(landing, "attestation/Без графы.csv", "missing_column", world, header, row)


def _stray_table(landing: Landing, name: str, reason: str, world: World, header: str, row: list[str]) -> None:
    text = "".join(f"{line}\r\n" for line in (header, ";".join(row)))
    landing.stray(name, text.encode("cp1251"), world.last_day, reason)
