"""Exports of Google Forms and Yandex Forms: a row is a questionnaire, a column a question, told apart by the map of surveys.

The map (`survey_questions`) says which column is which question, the calendar (`survey_waves`) which wave an answer belongs to. Two
layouts come out: questionnaires, and their answers, one table a question so that messages name its column. A column that the map does
not know is never taken: people write names there. Judges no value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from typing import Any

import polars as pl

from ingest.convert import date_of
from ingest.declarations import Source
from ingest.grid import ROW, Grid, Table, column_letter
from ingest.known import Known
from ingest.layouts.labels import numbered
from ingest.scales import Scale, scale_of
from ingest.text import by_value, clean, fold

QUESTIONNAIRES, ANSWERS = "survey_forms", "survey_form_answers"
QUESTIONS, WAVES = "survey_questions", "survey_waves"

GOOGLE, YANDEX, YANDEX_ID = ("отметка времени", "timestamp"), ("время создания", "дата создания"), "id"
QUESTION, GROUP, SCHOOL, RATED, RATER = "вопрос", "группа", "Код ОО", "оцениваемый узел", "оценивающий узел"
FROM_ANSWER = "из ответа"
NO_WAVE = "нет волны"

_NUMBERING = re.compile(r"^(?:вопрос )?№? ?\d+(?:\.\d+)*[.):]+ ?")
LONGEST_QUESTION = 2_000
_GRID = re.compile(r"(.+?)(?: ?\[(.+)\]| / (.+))")
_MOMENT = re.compile(r"(.*?\d) ?(am|pm)?(?: ?(?:gmt|utc|msk|мск)[+-]?[\d:]*)?", re.IGNORECASE)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_CODE_AND_NAME = re.compile(r"(\d{4,}) ?[ .,:;(–—-].*")
_NOT_CHOSEN = {"нет", "0", "false", "ложь", "-"}


@dataclass(frozen=True)
class Question:
    """A row of the map."""

    code: str
    key: str
    purpose: str
    scale: Scale

    @property
    def stem(self) -> str:
        """The question of which this is an option or a row of a grid."""
        return self.key.rpartition(" / ")[0]


@dataclass(frozen=True)
class Instrument:
    """One version of one survey's questionnaire for one group, and where the columns of this form stand."""

    survey: str
    version: str
    group: str
    questions: list[Question]
    places: dict[str, list[int]] = field(repr=False)

    @cached_property
    def proper(self) -> list[Question]:
        """The questions, without the columns of other purposes."""
        return [question for question in self.questions if question.purpose == QUESTION]

    @cached_property
    def asked(self) -> list[Question]:
        """The questions that this form has."""
        return [question for question in self.proper if self.columns(question)]

    @property
    def fit(self) -> tuple[int, int]:
        """How many questions the form has; of two that fit alike, the one that misses fewer."""
        return len(self.asked), -len(self.proper)

    @property
    def is_recognised(self) -> bool:
        """At least half of the questions are there."""
        return bool(self.asked) and 2 * len(self.asked) >= len(self.proper)

    def columns(self, question: Question) -> list[int]:
        """Where a question stands; an option also where the form lists all that were chosen."""
        return self.places.get(question.key) or (self.places.get(question.stem, []) if question.scale.is_choice else [])

    def of_purpose(self, purpose: str) -> list[int]:
        """The columns that the map gives this purpose."""
        return next((self.columns(question) for question in self.questions if question.purpose == purpose), [])


@dataclass(frozen=True)
class Form:
    """A sheet that is a form's export: where its header, the moments and the numbers of the answers stand."""

    grid: Grid
    header: int
    moment: int
    number: int | None

    @cached_property
    def labels(self) -> tuple[str | None, ...]:
        """The header as written."""
        return self.grid.cells.row(self.header)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each question stands: in several columns, if branches of the form ask it again."""
        places: dict[str, list[int]] = {}
        for index, label in enumerate(self.labels):
            if label and index not in (self.moment, self.number):
                places.setdefault(question_key(label), []).append(index)
        return places

    @cached_property
    def rows(self) -> pl.DataFrame:
        """The questionnaires."""
        rows = numbered(self.grid, self.header + 1)
        return rows.filter(pl.any_horizontal(pl.exclude(ROW).is_not_null()))

    def cells(self, columns: list[int]) -> pl.Series:
        """What the questionnaires say there, the first cell that is filled; nothing where there is no such column."""
        if not columns:
            return pl.Series([None] * self.rows.height, dtype=pl.String)
        return self.rows.select(pl.coalesce([f"c{index}" for index in columns]).alias("cells")).to_series()

    def named(self, columns: list[int]) -> tuple[str, str]:
        """The first of these columns, as messages name it."""
        return self.labels[columns[0]] or "", column_letter(columns[0])


def tables(grids: list[Grid], source: Source, known: Known) -> list[Table]:
    """Questionnaires and answers of every sheet that is a form's export; without a map, only that the map is missing."""
    return [table for grid in grids if (form := _form(grid)) for table in _tables(form, known)]


def question_key(text: str) -> str:
    """A question as it is compared: without its number and the marks at its end, a row of a grid in one spelling."""
    folded = fold(text)
    grid = _GRID.fullmatch(folded) if len(folded) <= LONGEST_QUESTION else None
    parts = [grid[1], grid[2] or grid[3]] if grid else [folded]
    return " / ".join(_NUMBERING.sub("", part.strip()).strip(" .?!:;*") for part in parts)


def moment_of(text: str) -> str:
    """`2018/02/15 10:22:31 PM GMT+7` as `2018-02-15 22:22:31`: the moment must be the same in every export; no date stays as it is."""
    parts = _MOMENT.fullmatch(clean(text))
    written, half = (parts[1], (parts[2] or "").lower()) if parts else (text, "")
    day, time = date_of(written), _TIME.search(written)
    if not day or not time:
        return day.isoformat() if day else text
    hour = int(time[1]) % 12 + 12 * (half == "pm") if half else int(time[1])
    return f"{day} {hour:02}:{time[2]}:{time[3] or '00'}"


def _form(grid: Grid) -> Form | None:
    """Google begins with the moment, Yandex with the number of the answer; elsewhere such columns make no form."""
    for row, headers in enumerate(grid.headers):
        first = min((places[0] for places in headers.values()), default=None)
        google = next((headers[mark][0] for mark in GOOGLE if mark in headers), None)
        yandex = next((headers[mark][0] for mark in YANDEX if mark in headers), None)
        if google is not None and google == first and len(headers) > 1:
            return Form(grid, row, google, None)
        if yandex is not None and YANDEX_ID in headers and headers[YANDEX_ID][0] == first and len(headers) > 2:
            return Form(grid, row, yandex, headers[YANDEX_ID][0])
    return None


def _tables(form: Form, known: Known) -> Iterator[Table]:
    instruments = _instruments(form, known)
    candidates = _best(instruments)
    if not candidates:
        yield _without_map(form, instruments)
        return
    questionnaires = _questionnaires(form, candidates, known)
    yield questionnaires
    ids = questionnaires.rows["questionnaire_id"]
    for number, instrument in enumerate(candidates):
        is_its = questionnaires.rows["_candidate"] == number
        if is_its.any():
            for question in instrument.asked:
                yield _answers(form, instrument, question, is_its, ids)


def _instruments(form: Form, known: Known) -> list[Instrument]:
    rows = known.rows(QUESTIONS)
    ordered = sorted(rows.to_dicts(), key=lambda row: (*_instrument(row), row["question_code"]))
    return [
        Instrument(survey, version, group, [_question(row) for row in questions], form.places)
        for (survey, version, group), questions in groupby(ordered, key=_instrument)
    ]


def _instrument(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["survey_code"], row["version"], row["respondent_group"]


def _question(row: dict[str, Any]) -> Question:
    scale = scale_of(row["scale"])
    assert scale, "the scales of the map were judged when it was loaded"
    return Question(row["question_code"], question_key(row["question_text"]), row["purpose"], scale)


def _best(instruments: list[Instrument]) -> list[Instrument]:
    """The questionnaires that fit best, of one survey and group the latest version: which of them it is, the wave tells."""
    recognised = [instrument for instrument in instruments if instrument.is_recognised]
    best = [instrument for instrument in recognised if instrument.fit == max(other.fit for other in recognised)]
    latest = {(one.survey, one.group): one for one in sorted(best, key=lambda one: _version(one.version))}
    return [latest[key] for key in sorted(latest)]


def _version(text: str) -> list[tuple[int, str]]:
    # compared by length first, because a number of five thousand digits is none to Python
    numbered = [(part.lstrip("0"), part) for part in re.findall(r"\d+|\D+", text)]
    return [(len(number) if part.isdecimal() else -1, number if part.isdecimal() else part) for number, part in numbered]


def _without_map(form: Form, instruments: list[Instrument]) -> Table:
    nearest = max(instruments, key=lambda instrument: instrument.fit, default=None)
    hint = ""
    if nearest and nearest.asked:
        hint = f" Ближе всего опрос «{nearest.survey}»: узнано вопросов {len(nearest.asked)} из {len(nearest.proper)}."
    advice = "Добавьте опрос в карту (survey_questions), тексты вопросов возьмите из формы: файл загрузится сам."
    headers = {"answered_on": form.named([form.moment])}
    missing = ["вопросы, которые есть в карте опросов"]
    return Table(QUESTIONNAIRES, form.grid.sheet, form.rows.select(ROW), missing, headers, advice=advice + hint)


# ---- questionnaires ------------------------------------------------------------------------------------------------------------


def _questionnaires(form: Form, candidates: list[Instrument], known: Known) -> Table:
    first = candidates[0]
    columns = {purpose: first.of_purpose(purpose) for purpose in (GROUP, SCHOOL, RATED, RATER)}
    moments = by_value(form.cells([form.moment]), moment_of)
    nodes = known.codes("node_code")
    said = {
        GROUP: form.cells(columns[GROUP]),
        SCHOOL: by_value(form.cells(columns[SCHOOL]), _school_code),
        RATED: by_value(form.cells(columns[RATED]), lambda cell: _node_code(cell, nodes)),
        RATER: by_value(form.cells(columns[RATER]), lambda cell: _node_code(cell, nodes)),
    }
    found = _Waves(candidates, known.rows(WAVES).to_dicts()).of(moments, said[GROUP], said[RATED])
    rows = form.rows.select(ROW).with_columns(
        pl.Series("_candidate", [number for number, *_ in found], dtype=pl.Int64),
        pl.Series("survey_code", [candidates[number].survey for number, *_ in found], dtype=pl.String),
        pl.Series("version", [candidates[number].version for number, *_ in found], dtype=pl.String),
        pl.Series("wave", [wave for _, wave, _, _ in found], dtype=pl.String),
        pl.Series("respondent_group", [group for _, _, group, _ in found], dtype=pl.String),
        pl.Series("rated_node_code", [node for *_, node in found], dtype=pl.String),
        said[RATER].alias("rater_node_code"),
        said[SCHOOL].alias("school_code"),
        _ids(form, moments, said).alias("questionnaire_id"),
        moments.alias("answered_on"),
    )
    headers = {"answered_on": form.named([form.moment]), "wave": form.named([form.moment])}
    names = {GROUP: "respondent_group", SCHOOL: "school_code", RATED: "rated_node_code", RATER: "rater_node_code"}
    headers |= {names[purpose]: form.named(places) for purpose, places in columns.items() if places}
    return Table(QUESTIONNAIRES, form.grid.sheet, rows, headers=headers, left_out=list(_left_out(form, candidates)))


@dataclass(frozen=True)
class _Waves:
    """The calendar, asked for each answer: which of the questionnaires that fit it belongs to, in which wave, about whom."""

    candidates: list[Instrument]
    waves: list[dict[str, Any]]

    def of(self, moments: pl.Series, groups: pl.Series, rated: pl.Series) -> list[tuple[int, str, str | None, str | None]]:
        """Candidate, wave, respondent group and rated node of each questionnaire."""
        asked = list(zip([date_of(moment) if moment else None for moment in moments], groups, rated, strict=True))
        answers = {question: self._one(*question) for question in set(asked)}
        return [answers[question] for question in asked]

    def _one(self, day: date | None, said: str | None, node: str | None) -> tuple[int, str, str | None, str | None]:
        found = {
            (number, wave["wave"], group, node or wave["rated_node_code"])
            for number, instrument in enumerate(self.candidates)
            for group in [said if instrument.group == FROM_ANSWER else instrument.group]
            for wave in self.waves
            if wave["survey_code"] == instrument.survey and _is_within(wave, day, group, node)
        }
        if len(found) == 1:
            return found.pop()
        first = self.candidates[0]
        return 0, NO_WAVE, said if first.group == FROM_ANSWER else first.group, node


def _is_within(wave: dict[str, Any], day: date | None, group: str | None, node: str | None) -> bool:
    is_its_group = wave["respondent_group"] is None or fold(wave["respondent_group"]) == fold(group or "")
    is_its_node = node is None or wave["rated_node_code"] in (None, node)
    return day is not None and wave["starts_on"] <= day <= wave["ends_on"] and is_its_group and is_its_node


def _ids(form: Form, moments: pl.Series, said: dict[str, pl.Series]) -> pl.Series:
    """Yandex numbers its answers; elsewhere a hash of the moment and of whom it is about, the same in a later and longer export."""
    numbers = form.cells([form.number] if form.number is not None else [])
    seen: Counter[tuple[str, ...]] = Counter()
    ids = []
    for number, *parts in zip(numbers, moments, *said.values(), strict=True):
        key = tuple(part or "" for part in parts)
        seen[key] += 1
        ids.append(clean(number) if number else sha256("|".join([*key, str(seen[key])]).encode()).hexdigest()[:16])
    return pl.Series(ids, dtype=pl.String)


def _school_code(cell: str) -> str:
    """`080101 — Лицей № 1` is `080101`; anything else stays."""
    listed = _CODE_AND_NAME.fullmatch(clean(cell))
    return listed[1] if listed else cell


def _node_code(cell: str, nodes: Iterable[str]) -> str:
    """`КЦ-01 (Лицей № 1)` is `КЦ-01`, where there is such a node; anything else stays."""
    folded = fold(cell)
    named = [node for node in nodes if re.match(rf"{re.escape(fold(node))}(?![\w-])", folded)]
    return max(named, key=len, default=cell)


# ---- answers -------------------------------------------------------------------------------------------------------------------


def _answers(form: Form, instrument: Instrument, question: Question, is_its: pl.Series, ids: pl.Series) -> Table:
    columns = instrument.columns(question)
    rows = form.rows.select(
        ROW,
        pl.lit(instrument.survey).alias("survey_code"),
        ids,
        pl.lit(question.code).alias("question_code"),
        _numbers(form, instrument, question).alias("answer"),
        pl.lit(str(question.scale.least)).alias("scale_least"),
        pl.lit(str(question.scale.greatest)).alias("scale_greatest"),
    )
    return Table(ANSWERS, form.grid.sheet, rows.filter(is_its), headers={"answer": form.named(columns)})


def _numbers(form: Form, instrument: Instrument, question: Question) -> pl.Series:
    cells = form.cells(instrument.columns(question))
    if not question.scale.is_choice:
        return by_value(cells, question.scale.number)
    if question.key not in instrument.places:
        return by_value(cells, lambda cell: "1" if _is_listed(question, cell) else "0")
    # a column for each option: blank is «not chosen», unless the whole question is left blank
    siblings = [index for one in instrument.asked if one.stem == question.stem for index in instrument.columns(one)]
    is_answered = form.cells(siblings).is_not_null()
    chosen = by_value(cells, lambda cell: "0" if fold(cell) in _NOT_CHOSEN else "1").fill_null("0")
    return chosen.set(~is_answered, None)


def _is_listed(question: Question, cell: str) -> bool:
    return bool(_option(question).search(fold(cell)))


def _option(question: Question) -> re.Pattern[str]:
    """An option among the chosen ones, which commas or semicolons divide; it may have commas itself."""
    return re.compile(rf"(?:^|[,;] ?){re.escape(question.key.rpartition(' / ')[2])}[.?!]?(?= ?[,;]|$)")


def _left_out(form: Form, candidates: list[Instrument]) -> Iterator[str]:
    """Columns with data that no map knows, and lists of options in which people wrote something of their own."""
    known = {form.moment, form.number} | {index for one in candidates for question in one.questions for index in one.columns(question)}
    for index, label in enumerate(form.labels):
        name = f"{column_letter(index)} («{clean(label)[:80]}»)" if label else f"{column_letter(index)} (без заголовка)"
        cells = form.rows[f"c{index}"]
        if index not in known and cells.is_not_null().any():
            yield name
        options = [
            one for candidate in candidates for one in candidate.asked if one.scale.is_choice and candidate.places.get(one.stem) == [index]
        ]
        if options and any(_is_own(cell, options) for cell in cells.drop_nulls().unique()):
            yield f"{name}: варианты, которых нет в карте"


def _is_own(cell: str, options: list[Question]) -> bool:
    """Whether a cell says more than the options that the map has."""
    rest = fold(cell)
    for option in sorted(options, key=lambda option: -len(option.key)):
        rest = _option(option).sub("", rest)
    return bool(rest.strip(" ,;"))
