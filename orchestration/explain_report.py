"""What `oko explain` says of a number, line by line, in Russian. Computes nothing but how a number is written; names nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from ingest.wording import REASONS
from orchestration.explain import Answer, Evidence, FileRows, Row

MOST_ROWS = 10
MOST_FILES = 20
MOST_MEMBERS = 20
LEVELS = {
    **{"school": "школа", "municipality": "муниципалитет", "region": "регион", "cluster": "кластер", "class": "класс"},
    **{"umc": "УМЦ", "kc": "КЦ", "group": "группа"},
}
EVIDENCE = {
    "S": "договорённость",
    "V": "проверено по документу",
    "C": "подтверждено косвенно",
    "R": "по памяти, не проверено",
    "D": "наше решение",
}
SUPPRESSION = {
    "primary": "в витринах закрыто: за числом слишком мало людей",
    "complementary": "в витринах закрыто, чтобы по нему не вычислили закрытое соседнее",
}
STRUCTURES = {"as_was": "школы, как были", "today": "сегодняшняя сеть школ (после слияний)"}
NAME_WIDTH = 20


def describe(answer: Answer, everything: bool) -> Iterator[str]:
    """The whole answer; `everything` shows all files, schools and rejected rows."""
    yield from _heading(answer)
    yield ""
    yield from _number(answer)
    yield from _comparison(answer)
    yield from _method(answer)
    yield from _versions(answer)
    yield from _parameters(answer)
    yield from _units(answer, everything)
    for evidence in answer.evidence:
        yield from _evidence(evidence, everything)
    if not answer.evidence:
        yield from ("", "Фактов за этим показателем в описании нет.")
    yield from _rejections(answer, everything)


def _heading(answer: Answer) -> Iterator[str]:
    value = answer.value
    yield f"{answer.indicator['indicator_name']} ({value['indicator_code']})"
    place = f"{value['entity_name'] or value['entity_code']} ({value['entity_code']}, {LEVELS.get(value['level'], value['level'])})"
    cuts = [f"{answer.subject_name or 'предмет'} ({value['subject_code']})"] if value["subject_code"] else []
    cuts += [f"{value['grade']} класс"] if value["grade"] else []
    cuts += [value["breakdown"]] if value["breakdown"] else []
    yield " · ".join([place, value["period"], *cuts])


def _number(answer: Answer) -> Iterator[str]:
    value, indicator = answer.value, answer.indicator
    unit, counted = value["unit"], "людей" if indicator["counts"] == "people" else "объектов"
    yield _line("Значение", f"{shown(value['value'], unit)}; {counted}: {value['n']}")
    yield _line("Формула", indicator["formula"])
    for name, column in (("Числитель", "numerator"), ("Знаменатель", "denominator")):
        figure = "" if value[column] is None else f": {_figure(value[column])}"
        yield _line(name, f"{indicator[f'{column}_name']}{figure}")
    if value["ci_low"] is not None:
        yield _line(
            "Интервал 95 %", f"{shown(value['ci_low'], unit)} … {shown(value['ci_high'], unit)}: неопределённость из-за малой численности"
        )
    else:
        yield _line("Интервал 95 %", "не применяется или не оценивается")
    if answer.shown and answer.shown["is_suppressed"]:
        yield _line("Закрытие", SUPPRESSION.get(answer.shown["suppression"], "в витринах закрыто"))
    if not answer.shown:
        yield _line("Закрытие", "в витринах этой строки нет, она есть только в ядре")


def _comparison(answer: Answer) -> Iterator[str]:
    value = answer.value
    if value["previous_value"] is None:
        yield _line("Прежнее значение", f"нет: {_why_nothing_before(answer)}")
    else:
        change = shown(value["delta"], value["unit"], sign=True)
        yield _line(
            "Прежнее значение", f"{shown(value['previous_value'], value['unit'])} ({answer.before or 'прежняя волна'}), изменение {change}"
        )
    yield _line("Динамика", f"{value['dynamics']}; оценка: {value['assessment']}{_why_no_word(answer)}")


def _why_nothing_before(answer: Answer) -> str:
    if answer.breaks:
        said = "; ".join(f"{row['reason']} (основание {_evidence_word(row['evidence'])})" for row in answer.breaks)
        return f"с прежним периодом сравнивать нельзя. {said}"
    if answer.before is None:
        return "у волны опроса нет прежнего периода, изменение показывает свой показатель"
    if answer.before_row is None:
        return f"за {answer.before} значения нет"
    return f"значение за {answer.before} есть, но по методике с ним не сравнивается"


def _why_no_word(answer: Answer) -> str:
    if answer.value["dynamics"] != "нет данных" or answer.value["previous_value"] is None:
        return ""
    least = next((row["parameter_value"] for row in answer.common_parameters if row["parameter_code"] == "dynamics_min_people"), None)
    numbers = [number for number in (answer.value["n"], (answer.before_row or {}).get("n")) if number is not None]
    if least and any(number < float(least) for number in numbers):
        return f" (в одном из периодов меньше {least})"
    return " (интервал изменения не оценивается)"


def _method(answer: Answer) -> Iterator[str]:
    indicator = answer.indicator
    yield _line("Версия методики", f"{answer.value['methodology_version']}, действует с {_day(indicator['valid_from'])}")
    if indicator["usage_kind"] == "diagnostic_only":
        yield _line("Использование", "только диагностика: не для выводов об учителях и школах, не для рейтингов и выплат")
    yield _line("Видимость", "для служебного пользования" if answer.value["visibility"] == "internal" else "открытый показатель")
    if indicator["limits_text"]:
        yield _line("Чего не говорит", indicator["limits_text"])
    yield _line("Основание", indicator["founding_document"])


def _versions(answer: Answer) -> Iterator[str]:
    for row in answer.versions:
        title = f"Иначе: версия {row['methodology_version']}, {STRUCTURES.get(row['structure'], row['structure'])}"
        parts = f"{_figure(row['numerator'])} из {_figure(row['denominator'])}, " if row["denominator"] is not None else ""
        yield f"{title}: {shown(row['value'], row['unit'])} ({parts}n = {row['n']})"


def _parameters(answer: Answer) -> Iterator[str]:
    groups = (("Параметры его моделей", answer.parameters), ("Общие параметры", answer.common_parameters))
    for title, rows in groups:
        if rows:
            yield from ("", title)
            for row in rows:
                yield f"  {row['parameter_code']} = {row['parameter_value']}: {row['parameter_name']} ({_evidence_word(row['evidence'])})"
    if answer.thresholds:
        yield from ("", "Пороги года")
        for row in answer.thresholds:
            default = "по умолчанию, " if row["is_default"] else ""
            name = row["subject_name"] or row["subject_code"]
            basis = row["basis"] or "основание не названо"
            yield f"  {name}, {row['threshold_kind']}: {_figure(row['threshold_value'])} ({default}{basis})"
    if answer.seeds:
        yield from ("", f"Справочники: {', '.join(answer.seeds)} (dbt_project/seeds, основание в каждой строке)")


def _units(answer: Answer, everything: bool) -> Iterator[str]:
    yield ""
    if answer.units is None:
        yield "Посчитано: показатель вычисляется из других показателей и фактов, своих единиц у него нет."
        return
    units, value = answer.units, answer.value
    parts = [f"числитель {_figure(units.numerator)}"]
    parts += [f"знаменатель {_figure(units.denominator)}"] if units.denominator is not None else []
    verdict = "сходится с опубликованным" if units.reproduce(value) else "НЕ СХОДИТСЯ с опубликованным: сообщите тем, кто ведёт систему"
    yield f"Посчитано заново по единицам: строк {units.rows}, {', '.join(parts)}, n = {units.n}: {verdict}"
    if len(units.members) > 1:
        listed = units.members if everything else units.members[:MOST_MEMBERS]
        for row in listed:
            denominator = f" / {_figure(row['denominator'])}" if row["denominator"] is not None else ""
            yield f"  {row['member_code']}: {_figure(row['numerator'])}{denominator} (n = {row['n']})"
        yield from _more(len(units.members) - len(listed), "школ и узлов")


def _evidence(evidence: Evidence, everything: bool) -> Iterator[str]:
    counted = sum(rows.count for rows in evidence.counted)
    excluded = sum(rows.count for _, files in evidence.excluded for rows in files)
    yield from ("", f"{evidence.title} (core.{evidence.fact}): вошло строк {counted}, не вошло {excluded}")
    yield from _files(evidence.counted, everything, "  ")
    for reason, files in evidence.excluded:
        yield f"  не вошло {sum(rows.count for rows in files)}: {reason}"
        yield from _files(files, everything, "    ")


def _files(files: list[FileRows], everything: bool, indent: str) -> Iterator[str]:
    listed = files if everything else files[:MOST_FILES]
    for rows in listed:
        name = rows.file_name or "сделано из других таблиц, одной строки файла нет"
        numbers = ", ".join(str(number) for number in rows.numbers)
        more = " …" if rows.numbers and len(rows.numbers) < rows.count else ""
        yield f"{indent}{name}: {rows.count}" + (f" (строки {numbers}{more})" if numbers else "")
    yield from _more(len(files) - len(listed), "файлов", indent)


def _rejections(answer: Answer, everything: bool) -> Iterator[str]:
    yield ""
    if not answer.rejections:
        yield "Отклонённых строк в этих файлах нет."
        return
    by_reason: dict[str, list[Row]] = {}
    for row in answer.rejections:
        by_reason.setdefault(row["reason_code"], []).append(row)
    yield f"Отклонено строк в этих файлах (о других объектах тоже): {len(answer.rejections)}"
    for reason, rows in sorted(by_reason.items()):
        yield f"  {REASONS.get(reason, reason)} ({reason}): {len(rows)}"
        listed = rows if everything else rows[:MOST_ROWS]
        for row in listed:
            at = f", строка {row['row_number']}" if row["row_number"] is not None else ""
            yield f"    {row['file_name']}{at}: {row['message_ru']}"
        yield from _more(len(rows) - len(listed), "строк", "    ")


def _more(left: int, what: str, indent: str = "  ") -> Iterable[str]:
    return [f"{indent}… и ещё {what}: {left}; все — с --rows"] if left > 0 else []


# ---- words -----------------------------------------------------------------------------------------------------------------------


def shown(value: float | None, unit: str, sign: bool = False) -> str:
    """A value as people read it: shares in per cent, a decimal comma."""
    if value is None:
        return "нет"
    plus = "+" if sign and value > 0 else ""
    if unit in ("share", "flag"):
        return f"{plus}{_rounded(value * 100, 1)} {'п. п.' if sign else '%'}"
    return f"{plus}{_rounded(value, 2)}"


def _rounded(number: float, digits: int) -> str:
    return f"{number:.{digits}f}".rstrip("0").rstrip(".").replace(".", ",").replace("-", "−")


def _figure(value: Any) -> str:
    return "нет" if value is None else _rounded(float(value), 4)


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def _evidence_word(letter: str) -> str:
    return EVIDENCE.get(letter, letter)


def _line(name: str, text: str) -> str:
    return f"{name:<{NAME_WIDTH}}{text}"
