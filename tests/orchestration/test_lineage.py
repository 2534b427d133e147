"""What is read from the texts of the dbt project about an indicator: its parameters, seeds and facts; and what its page says of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration import indicator_docs, lineage
from orchestration.dbt_sources import PROJECT, load_registry
from orchestration.lineage import Project, basis_of, common_parameters, explained_facts, read_project

TEXTS = Project(
    models={
        "ind_a": "select * from {{ ref('fct_one') }} join {{ ref('dim_threshold') }} where day > {{ spring() }}",
        "fct_one": "select * from {{ ref('int_far') }} where x > {{ parameter('least') }} and {{ ref('subjects') }}",
        "fct_two": "select {{ parameter('greatest') }}",
        "int_far": "select {{ parameter('far_away') }}",
        "indicator_values": "select {{ parameter('z') }}, {{ spring() }}",
    },
    macros={
        "spring": "{% macro spring() %}{{ day_of('spring_day') }}{% endmacro",
        "day_of": "{% macro day_of(d) %}{{ parameter('spring_day') }}",
    },
    seeds=frozenset({"subjects", "parameters"}),
)


def test_parameters_of_a_model_its_macros_and_the_facts_behind_it() -> None:
    """But not of what those facts are made of."""
    basis = basis_of({"code": "a", "evidence": ["fct_two"]}, TEXTS)
    assert basis.parameters == ("greatest", "least", "spring_day")
    assert basis.seeds == ("subjects",)
    assert basis.has_thresholds


def test_common_parameters() -> None:
    assert common_parameters(TEXTS, ["indicator_values"]) == ["spring_day", "z"]


def test_an_indicator_without_a_model_rests_on_nothing() -> None:
    assert basis_of({"code": "none", "evidence": []}, TEXTS) == lineage.Basis()


@pytest.fixture(scope="module")
def project() -> Project:
    return read_project(PROJECT)


def test_parameters_of_real_indicators(project: Project) -> None:
    bases = {entry["code"]: basis_of(entry, project) for entry in load_registry()}
    assert {"vpr_autumn_day", "vpr_spring_day"} <= set(bases["vpr_quality"].parameters)
    assert bases["ege_mean_score"].parameters == ("ege_form_day",) and not bases["ege_mean_score"].has_thresholds
    assert bases["ege_pass_share_mandatory"].has_thresholds
    assert "quality_standards" in bases["cert_active_count"].seeds


def test_every_fact_of_the_registry_can_be_explained() -> None:
    facts = {fact.name for fact in explained_facts(PROJECT)}
    named = {fact for entry in load_registry() for fact in entry["evidence"]}
    assert named <= facts, sorted(named - facts)


def test_every_explained_fact_says_when_and_whose() -> None:
    """A period or a condition on the day; not both a member and a unit; only parameters that there are, no other word of the question."""
    parameters = (PROJECT / "seeds" / "parameters.csv").read_text(encoding="utf-8")
    known = {line.split(",")[0] for line in parameters.splitlines()[1:]}
    words = {"indicator_code", "period", "level", "entity_code", "subject_code", "grade", "breakdown", "day"}
    wrong = []
    for fact in explained_facts(PROJECT):
        texts = [*fact.places.values(), *(when for when, _ in fact.excluded)]
        wrong += [f"{fact.name}: no period"] if bool(fact.places["period"]) == bool(fact.places["in_period"]) else []
        wrong += [f"{fact.name}: a member and a unit"] if fact.places["member"] and fact.places["unit"] else []
        wrong += [f"{fact.name}: asked.{word}" for text in texts for word in re.findall(r"\basked\.(\w+)", text) if word not in words]
        wrong += [f"{fact.name}: {{{code}}}" for text in texts for code in re.findall(r"\{(\w+)\}", text) if code not in known]
    assert not wrong


def test_short_ways_of_saying_what_counts(tmp_path: Path) -> None:
    (tmp_path / "models" / "core").mkdir(parents=True)
    (tmp_path / "models" / "core" / "_core.yml").write_text(
        """
models:
  - {name: dim_a, description: Не факт}
  - name: fct_a
    description: Реестр
    config: {meta: {explain: {from: valid_from, to: valid_to, person: person_id, only: {ege_: is_ege, oge_: is_oge}}}}
  - name: fct_b
    description: События
    config: {meta: {explain: {from: status_date, member: school_code, person: person_id, excluded: [{when: is_old, reason_ru: давно}]}}}
""",
        encoding="utf-8",
    )
    register, events = explained_facts(tmp_path)
    assert register.places["in_period"] == "valid_from <= asked.day and valid_to >= asked.day"
    assert (register.places["member"], register.places["unit"]) == ("", "person_id")
    assert register.places["applies"] == (
        "(case when asked.indicator_code like 'ege_%' then is_ege when asked.indicator_code like 'oge_%' then is_oge else true end)"
    )
    assert (events.places["in_period"], events.places["member"], events.places["unit"]) == ("status_date <= asked.day", "school_code", "")
    assert events.excluded == (("is_old", "давно"),)


def test_the_dictionary_says_what_the_registry_says() -> None:
    pages = {path.name: text for path, text in indicator_docs.pages().items()}
    for entry in load_registry():
        page = next(text for name, text in pages.items() if f'<a id="{entry["code"]}"></a>' in text)
        said = " ".join(page.split())
        for key in ("name_ru", "formula_ru", "numerator_ru", "denominator_ru", "cannot_say_ru", "founding_document", "owner"):
            assert " ".join(str(entry[key]).split()).replace("|", "\\|") in said, (entry["code"], key)
        assert f"[`{entry['code']}`]" in pages["README.md"]


def test_what_nothing_verifies_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = load_registry()
    monkeypatch.setattr(indicator_docs, "load_registry", lambda: [{**entries[0], "verified_by": "none"}, *entries[1:]])
    pages = {path.name: text for path, text in indicator_docs.pages().items()}
    index = pages["README.md"]
    unverified = index[index.index("## Не подтверждено") : index.index("## Общие правила")]
    assert f"- `{entries[0]['code']}` — {entries[0]['name_ru']}" in unverified
    assert any("**ничем со стороны: не подтверждено**" in text for text in pages.values())


def test_every_mart_is_in_the_dictionary_of_marts() -> None:
    text = indicator_docs.pages()[indicator_docs.MARTS]
    names = {Path(path).stem.removeprefix("marts__") for path in (PROJECT / "models" / "marts").glob("*.sql")}
    assert names and {name for name in names if f"\n## marts.{name}\n" not in text} == set()
