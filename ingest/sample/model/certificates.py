"""Certificates of quality management systems: issued, suspended, resumed, withdrawn, renewed.

How a register spells them belongs to `exports.certificates`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from ingest.sample.model.places import REGION_CODE, School

STANDARDS = ["ГОСТ Р ИСО 9001-2015", "ISO 9001:2015", "ГОСТ Р ИСО 21001-2022"]
OTHER_STANDARD = "ГОСТ Р ИСО 14001-2016"
BODIES = ["ОС «Эталон-Качество»", "ОС систем менеджмента «Гарант»", "АНО «Регистр СМК»"]

SHARE_OF_SCHOOLS = 0.4
VALIDITY = timedelta(days=3 * 365 + 1)


@dataclass(frozen=True)
class CertificateEvent:
    """One status of one certificate from one day on."""

    number: str
    registered: date
    school: School
    standard: str
    body: str
    valid_from: date
    valid_to: date
    status: str
    day: date


def certify(rng: Random, schools: list[School], first_year: int, last_day: date) -> list[CertificateEvent]:
    """The life of every certificate up to the last day."""
    events: list[CertificateEvent] = []
    serial = 0
    for school in schools:
        if school.opened.year < first_year and rng.random() < SHARE_OF_SCHOOLS:
            # More begin late than early: the register grows.
            start = date(first_year - 3, 1, 15) + timedelta(days=round((last_day.year - first_year + 3) * 365 * rng.random() ** 0.7))
            while start <= last_day and school.is_open(start):
                serial += 1
                certificate = _issue(rng, school, serial, start)
                events += [event for event in _live(rng, certificate) if event.day <= last_day]
                if rng.random() > 0.75:
                    break
                start = certificate.valid_to - timedelta(days=rng.randrange(0, 30))
    return events


def _issue(rng: Random, school: School, serial: int, start: date) -> CertificateEvent:
    standard = OTHER_STANDARD if rng.random() < 0.05 else rng.choices(STANDARDS, [7, 1, 1])[0]
    number = f"РОСС RU.{REGION_CODE}СМК.{serial:05d}"
    return CertificateEvent(
        number, start, school, standard, rng.choice(BODIES), start, start + VALIDITY - timedelta(days=1), "действует", start
    )


def _live(rng: Random, issued: CertificateEvent) -> list[CertificateEvent]:
    def event(status: str, days: int) -> CertificateEvent:
        return replace(issued, status=status, day=issued.registered + timedelta(days=days))

    chance, days = rng.random(), rng.randrange(200, 700)
    if chance < 0.12:
        return [issued, event("приостановлен", days), event("возобновлён", days + rng.randrange(40, 150))]
    if chance < 0.2:
        return [issued, event("приостановлен", days), event("прекращён", days + 90)]
    if chance < 0.25:
        return [issued, event("прекращён", days)]
    return [issued]
