"""The register of accredited organisations as JSON lines, in the shape of the federal open data."""

from __future__ import annotations

import json
from datetime import date
from random import Random
from uuid import UUID

from ingest.sample.files import Landing
from ingest.sample.model import World, words
from ingest.sample.model.places import REGION_CODE, School

STATUSES = ["Действующее", "Переоформлено", "Приостановлено"]
LEVELS = ["Начальное общее образование", "Основное общее образование", "Среднее общее образование"]
MINISTRY = f"Министерство образования. {words.REGION_NAME}"


def write(world: World, landing: Landing) -> None:
    """One line a certificate of accreditation; a few schools have none."""
    rng = world.stream("export/accreditation")
    day = date(world.last_year, 8, 31)
    known = [school for school in world.places.schools if rng.random() < 0.96]
    lines = [json.dumps(_record(rng, school, serial, day), ensure_ascii=False) for serial, school in enumerate(known, start=1)]
    landing.lines("accreditation/Реестр аккредитации.jsonl", lines, day)


def _record(rng: Random, school: School, serial: int, day: date) -> dict[str, object]:
    name, short = school.full_name(day).replace("«", '"').replace("»", '"'), school.short_name(day)
    issued = date(rng.randrange(2011, day.year), rng.randrange(1, 13), rng.randrange(1, 29))
    return {
        "IsFederal": False,
        "Id": _uuid(rng),
        "StatusName": rng.choices(STATUSES, [40, 2, 1])[0],
        "TypeName": None,
        "RegionName": words.REGION_NAME,
        "RegionCode": REGION_CODE,
        "RegNumber": f"А007-00{REGION_CODE}0-{REGION_CODE}/{serial:08d}",
        "IssueDate": issued.isoformat(),
        "EndDate": None if issued.year > 2012 or rng.random() < 0.5 else date(issued.year + 12, 6, 1).isoformat(),
        "ControlOrgan": MINISTRY,
        "EduOrgFullName": name,
        "EduOrgShortName": short,
        "EduOrgINN": school.inn,
        "EduOrgKPP": f"{REGION_CODE}0101001",
        "EduOrgOGRN": school.ogrn,
        "ActualEducationOrganization": {"Id": _uuid(rng), "FullName": name, "ShortName": short, "HeadName": None},
        "Supplements": [_supplement(rng, name)],
    }


def _supplement(rng: Random, name: str) -> dict[str, object]:
    programmes = [{"Id": _uuid(rng), "EduLevelName": level, "IsAccredited": True} for level in LEVELS]
    return {"StatusName": "Действующее", "Number": "1", "EduOrgFullName": name, "EducationalPrograms": programmes}


def _uuid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))
