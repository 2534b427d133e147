"""What the golden region must show: expected.txt read into rows, and the other columns, the rejections, worked out here by hand.

Nothing here is computed from the files of landing/, and nothing is taken from a run. How the values are compared is not said here
(test_golden.py), nor how intervals are computed (intervals.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

AS_OF = "2024-10-15"
D2, D3, D4, D5 = "2023-09-01", "2024-01-01", "2024-09-01", AS_OF

SCHOOLS = {
    "A1": "090101",
    "A2": "090102",
    "A3": "090103",
    "A4": "090104",
    "A5": "090105",
    "L1": "090201",
    "L2": "090202",
    "L3": "090203",
    "L4": "090204",
    "R1": "090301",
    "R2": "090302",
    "R3": "090303",
}
# a municipality's schools share their first letter; A3 goes to Речной, but after its one examination
MUNICIPALITIES = {"A": "SVETLY", "L": "LESNOY", "R": "RECHNOY"}
REGION = "REGION"
CODES_OF_ENTITIES = {
    **{name: ("school", code) for name, code in SCHOOLS.items()},
    **{name: ("municipality", name.lower()) for name in MUNICIPALITIES.values()},
    REGION: ("region", "09"),
}


@dataclass(frozen=True)
class Key:
    """A row of contracts 4.1; no golden row has a breakdown."""

    code: str
    period: str
    entity: str
    subject: str = ""
    grade: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The key as the table has it."""
        level, entity_code = CODES_OF_ENTITIES[self.entity]
        return (self.code, self.period, level, entity_code, self.subject, self.grade, "")


@dataclass(frozen=True)
class Cell:
    """What stands in the row before suppression; `scores` for a mean of a school."""

    numerator: float
    denominator: float | None
    n: int
    primary: bool
    unit: str
    scores: Sequence[int] = ()

    @property
    def value(self) -> float:
        """Σnumerator / Σdenominator, or the count itself."""
        return self.numerator if self.denominator is None else self.numerator / self.denominator


def _cell(code: str, text: str) -> Cell:
    """`1/4*`, `60+73+24` or `2 of 5`."""
    primary, text = text.endswith("*"), text.rstrip("*")
    if " of " in text:
        value, n = map(int, text.split(" of "))
        return Cell(value, None, n, primary, "count")
    unit = "mean" if code == "ege_mean_score" else "share"
    if unit == "mean" and "/" not in text:
        scores = [int(score) for score in text.split("+")]
        return Cell(sum(scores), len(scores), len(scores), primary, unit, scores)
    top, bottom = map(int, text.split("/"))
    return Cell(top, bottom, bottom, primary, unit)


def _read(text: str) -> Iterator[tuple[Key, Cell]]:
    lines = "\n".join(line for line in text.splitlines() if line and not line.startswith("#"))
    for line in re.sub(r"\n +", " ", lines).splitlines():
        head, cells = re.split(r":\s+", line, maxsplit=1)
        code, period, *rest = head.split()
        cut = dict(zip(rest[::2], rest[1::2], strict=True))
        for item in re.split(r" [·|] ", cells):
            entity, value = item.strip().split(" ", 1)
            yield Key(code, period, entity, cut.get("subject", ""), cut.get("grade", "")), _cell(code, value)


def children(entity: str) -> list[str]:
    """The entities that an upper one is the sum of."""
    if entity == REGION:
        return list(MUNICIPALITIES.values())
    return [school for school in SCHOOLS if MUNICIPALITIES[school[0]] == entity]


def scores(key: Key) -> list[int]:
    """The single results behind a mean, at any level."""
    if key not in ROWS:
        return []
    below = [Key(key.code, key.period, child, key.subject) for child in children(key.entity)]
    return list(ROWS[key].scores) or [score for child in below for score in scores(child)]


_PAIRS = list(_read(Path(__file__).with_name("expected.txt").read_text(encoding="utf-8")))
ROWS = dict(_PAIRS)
assert len(ROWS) == len(_PAIRS), "expected.txt repeats a row"

CODES = sorted({key.code for key in ROWS})
# less is better in one of the twelve only
LESS_IS_BETTER = {"ege_below_min_share"}
# of these n is not people, or not people to be protected (contracts 4.4)
OPEN_AT_ANY_SIZE = {"cert_active_count", "leaders_pd_uko_share"}

# ------------------------------------------------------------------------------------------------ other columns, by hand
NO_DATA, STEADY = "нет данных", "без значимых изменений"
DETAILS: dict[Key, dict[str, object]] = {
    # 0 of 10 → 4 of 10. Wilson of 4/10: 0.16818 … 0.68733, of 0/10: 0 … 0.27753. Newcombe: 0.4 − √(0.23182² + 0.27753²) = 0.0384 > 0,
    # though the two intervals overlap. More below the minimum is worse.
    Key("ege_below_min_share", "2024", "LESNOY", "1"): {
        "previous_value": 0.0, "delta": 0.4, "ci_low": 0.1681803, "ci_high": 0.6873262, "dynamics": "рост", "assessment": "ухудшение",
        "entity_name": "Лесной муниципальный округ", "unit": "share", "visibility": "public",
    },
    # the same municipality a year before, under its name of then
    Key("ege_below_min_share", "2023", "LESNOY", "1"): {
        "previous_value": None, "delta": None, "dynamics": NO_DATA, "assessment": NO_DATA, "entity_name": "Лесной муниципальный район",
    },
    # 58.4 → 40.5; variances 320.489 and 418.5, SE 8.597, 17.7 degrees of freedom, t 2.1036: ±18.08 reaches over 17.9 (1.96 SE would not)
    Key("ege_mean_score", "2024", "LESNOY", "1"): {"previous_value": 58.4, "delta": -17.9, "dynamics": STEADY, "assessment": STEADY},
    # 45.4, s 21.501, t(4) 2.77645: 45.4 ± 26.697
    Key("ege_mean_score", "2023", "A1", "1"): {"ci_low": 18.7028, "ci_high": 72.0972, "unit": "mean", "entity_name": "Школа № 1"},
    # one person has no interval of the mean
    Key("ege_mean_score", "2024", "R2", "1"): {"ci_low": None, "ci_high": None, "previous_value": None, "delta": None, "dynamics": NO_DATA},
    # 49.0 → 75.0; variances 199.8 and 83.3, SE 5.321: 26 is far beyond 2.13 · 5.3
    Key("ege_mean_score", "2024", "REGION", "7"): {
        "previous_value": 49.0, "delta": 26.0, "dynamics": "рост", "assessment": "улучшение", "entity_name": "Регион",
    },
    # 1 of 10 → 6 of 10: 0.5 − √(0.28727² + 0.30415²) = 0.0816 > 0
    Key("ege_high_share_tb2", "2024", "REGION", "7"): {"previous_value": 0.1, "delta": 0.5, "dynamics": "рост", "assessment": "улучшение"},
    # 9 people in 2023: a group under ten has no dynamics; ten in both years has
    Key("ege_below_min_share", "2024", "SVETLY", "1"): {
        "previous_value": 1 / 9, "delta": 0.1 - 1 / 9, "dynamics": NO_DATA, "assessment": NO_DATA,
    },
    Key("ege_pass_share_mandatory", "2024", "SVETLY"): {"previous_value": 0.9, "delta": 0.0, "dynamics": STEADY, "assessment": STEADY},
    # 2 of 10 → 8 of 10
    Key("vpr_quality", "2023/2024", "A1", "2", "5"): {
        "previous_value": 0.2, "delta": 0.6, "dynamics": "рост", "assessment": "улучшение", "visibility": "internal",
    },
    # 9 with both marks before
    Key("vpr_journal_confirm", "2023/2024", "A1", "2", "5"): {"previous_value": 7 / 9, "dynamics": NO_DATA, "assessment": NO_DATA},
    Key("vpr_quality", "2023/2024", "REGION", "2", "5"): {"visibility": "public"},
    Key("vpr_quality", "2023/2024", "LESNOY", "2", "5"): {"visibility": "internal"},
    # an as-of date is compared with the same day a year before; the day of the refresh has none
    Key("staff_cat_high", D3, "REGION"): {"previous_value": 5 / 13, "delta": -1 / 13, "dynamics": STEADY},
    Key("staff_cat_high", D2, "REGION"): {"previous_value": None, "delta": None, "dynamics": NO_DATA},
    Key("staff_cat_high", D5, "REGION"): {"previous_value": None, "delta": None, "dynamics": NO_DATA},
    # renamed on 01.01.2024
    Key("cert_active_count", D2, "A2"): {"entity_name": "Школа № 2", "unit": "count", "ci_low": None, "ci_high": None, "denominator": None},
    Key("cert_active_count", D3, "A2"): {"entity_name": "Гимназия № 2", "previous_value": 1.0, "delta": -1.0},
    Key("ege_mean_score", "2023", "A2", "1"): {"entity_name": "Школа № 2"},
    Key("ege_mean_score", "2024", "A2", "1"): {"entity_name": "Гимназия № 2"},
    # a school of two heads after the merger; heads are shown at any number
    Key("leaders_pd_uko_share", D4, "L1"): {"previous_value": 0.0, "delta": 0.5, "visibility": "public"},
}  # fmt: skip

# file, row as a person sees it, reason
REJECTIONS = {
    ("ege/2023/01 апелляции.csv", 6, "unknown_code"),  # Ёлкин: there is no such protocol
    ("ege/2024/01_28052024 русский язык.csv", 28, "duplicate_key"),  # the first of Ёлкин's two rows
    ("staff/кадры города.csv", 18, "unknown_school"),  # 099999
}

# what the files contradict each other or themselves in: the wanted columns of one finding each
FINDINGS: list[dict[str, object]] = [
    {"file_name": "ege/2023/02_01062023 математика профильная.csv"},  # the footer says 11, there are 10
    {"file_name": "vpr/Ф2 Математика 5 класс 2024.xlsx"},  # report 2 says 26 for all, its schools make 25
    {"entity_code": "090101", "subject_code": "1", "period": "2023", "value": 6.0, "expected": 5.0},  # form and protocol
    # report 2 says 12 pupils, marks 0, 2, 7, 3; the ten pupils themselves have 1, 1, 5, 3
    {
        "rule_code": "vpr_marks_individual",
        "entity_code": "090101",
        "subject_code": "2",
        "period": "2023/2024",
        "value": 12.0,
        "expected": 10.0,
    },
    # ФРДО has documents of 2021 and 2022: of the list it lacks …007, 15 and 17 of 2021 and …002, 5, 6, 10 and 13 of 2022
    {"rule_code": "courses_not_in_frdo", "period": "2021", "value": 3.0},
    {"rule_code": "courses_not_in_frdo", "period": "2022", "value": 5.0},
    {"rule_code": "attestation_people_unknown", "file_name": "attestation/реестр.csv", "row_number": 17, "value": 1.0},  # Ничейный
    {"rule_code": "exam_scale_test", "subject_code": "2", "period": "2023", "value": 10.0},  # none of the ten is on the scale of that year
    {"rule_code": "context_wording_unknown", "period": "2022/2023", "value": 1.0},  # «Волонтёров»
    {"rule_code": "context_part_over_whole", "entity_code": "090104", "value": 120.0},  # of 100 pupils
]

# marts.certificates on the day of the refresh: number → (school, municipality, is it active, days to its end)
CERTIFICATES = {
    1: ("A1", "SVETLY", False, -168),  # ended on 30.04.2024
    2: ("A1", "SVETLY", True, 136),  # ends on 28.02.2025: 16 + 30 + 31 + 31 + 28
    3: ("A2", "SVETLY", False, -410),  # ended on 01.09.2023: 366 to 01.09.2024 and 44
    4: ("A3", "RECHNOY", True, 86),  # ends on 09.01.2025: 16 + 30 + 31 + 9
    5: ("A4", "SVETLY", False, 108),  # terminated, would end on 31.01.2025
    7: ("L1", "LESNOY", False, 473),  # terminated, would end on 31.01.2026: 108 and 365
    8: ("L1", "LESNOY", False, -289),  # of L3, ended on 31.12.2023: 366 − 77
    9: ("L1", "LESNOY", True, 715),  # of L4; ends on 30.09.2026: 2 · 365 − 15
    10: ("R1", "RECHNOY", True, 1050),  # ends on 31.08.2027: 3 · 365 − 45
    11: ("R2", "RECHNOY", True, 866),  # ends on 28.02.2027: 136 and 2 · 365
    13: ("A5", "SVETLY", True, 838),  # ends on 31.01.2027: 108 and 2 · 365
}
