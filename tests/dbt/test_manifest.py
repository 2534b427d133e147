"""The rules of the project, held against the manifest: layers, contracts, keys, descriptions, grain, indicators, unit tests.

What models compute is not tested here.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from dbt_manifest import LAYERS, PORTABLE_TYPES, Project
from dbt_running import PROJECT

from orchestration.dbt_sources import load_registry

# a model with one of these decides something, and a unit test has to say what
BRANCH = re.compile(r"\bcase\b|\bcoalesce\(|\brow_number\(|\bhaving\b|leading_integer", re.IGNORECASE)
# branches that only stand in for an absent value or join identical shapes; what could go wrong there is a typo the build finds
TRIVIAL = {
    *("stg_schools__school", "stg_municipalities__municipality", "stg_staff__employment", "stg_frdo__document"),
    *("stg_ege_by_school__result", "stg_ege_by_school__application", "findings"),
}
# of one form, which test_generated and test_build hold
GENERATED = ("staging", "plain")
CYRILLIC = re.compile("[А-Яа-яЁё]")


@pytest.fixture(scope="module")
def project(manifest: dict[str, Any]) -> Project:
    return Project(manifest)


def test_no_layer_is_skipped_or_read_upward(project: Project) -> None:
    wrong = [
        f"{model.name} ({model.layer}) reads {name} ({layer})"
        for model in project.models
        for layer, name in project.layers_read_by(model)
        if layer not in LAYERS[model.layer] | ({"intermediate"} if model.layer == "intermediate" else set())
    ]
    assert not wrong


def test_a_staging_model_reads_one_raw_table(project: Project) -> None:
    wrong = {
        model.name: sorted(read)
        for model in project.models
        if model.layer == "staging" and len(read := {name for _, name in project.layers_read_by(model)} - {"_files"}) > 1
    }
    assert not wrong


def test_no_model_asks_which_engine_it_runs_on() -> None:
    asking = [path.name for path in PROJECT.glob("models/**/*.sql") if re.search(r"target\.|adapter\.", path.read_text(encoding="utf-8"))]
    assert not asking


def test_contracts_with_portable_types(project: Project) -> None:
    wrong = []
    for model in project.models:
        if model.is_contracted:
            if not model.node["config"]["contract"]["enforced"]:
                wrong.append(f"{model.name}: no contract")
            wrong += [
                f"{model.name}.{c['name']}: {c['data_type']}"
                for c in model.node["columns"].values()
                if c["data_type"] not in PORTABLE_TYPES
            ]
    assert not wrong


def test_keys_are_tested(project: Project) -> None:
    keyless = [
        model.name
        for model in project.models
        if model.is_contracted and not project.tests_of(model) & {"primary_key", "indicator_units"} and not model.meta.get("no_key")
    ]
    assert not keyless


def test_everything_is_described_in_russian(project: Project) -> None:
    mute = []
    for node in [*project.manifest["nodes"].values(), *project.manifest["sources"].values()]:
        if node["resource_type"] in ("model", "seed", "source"):
            mute += [node["name"]] if not CYRILLIC.search(node["description"]) else []
            mute += [f"{node['name']}.{name}" for name, column in node["columns"].items() if not column["description"]]
    assert not mute


def test_the_first_line_says_the_grain(project: Project) -> None:
    grainless = [model.name for model in project.models if not model.node["raw_code"].startswith("-- Grain: one row")]
    assert not grainless


def test_every_indicator_has_a_model_an_entry_and_a_unit_test(project: Project) -> None:
    registry = load_registry()
    assert len(registry) == len({entry["code"] for entry in registry})
    for layer, kind in (("indicators", "units"), ("derived", "derived")):
        entries = {f"ind_{entry['code']}" for entry in registry if entry["kind"] == kind}
        entries |= {version["model"] for entry in registry if entry["kind"] == kind for version in entry["alternatives"]}
        models = {model.name for model in project.models if model.layer == layer}
        assert models == entries
        assert models <= project.unit_tested


def test_the_registry_names_what_is_there(project: Project) -> None:
    models = {model.name for model in project.models}
    codes = {entry["code"] for entry in load_registry()}
    wrong = []
    for entry in load_registry():
        wrong += [f"{entry['code']}: evidence {fact}" for fact in entry["evidence"] if fact not in models]
        wrong += [f"{entry['code']}: says nothing of {key}" for key in ("cannot_say_ru", "verified_by", "evidence") if not entry[key]]
        wrong += [f"{entry['code']}: derived from {entry['derived_from']}"] if entry["derived_from"] not in codes | {""} else []
    assert not wrong


def test_every_model_with_a_branch_has_a_unit_test(project: Project) -> None:
    by_hand = [model for model in project.models if model.folder != GENERATED]
    untested = {model.name for model in by_hand if BRANCH.search(model.node["raw_code"])} - project.unit_tested
    assert untested - TRIVIAL == set()


def test_the_rules_of_every_check_are_known(project: Project) -> None:
    """A finding of a rule that `quality.rules` does not have would be lost by the join."""
    checks = [model.node["raw_code"] for model in project.models if model.folder == ("quality", "checks")]
    used = {rule for sql in checks for rule in re.findall(r"'(\w+)'(?: as rule_code|\n\s+(?:else|end))", sql)}
    used |= {rule for sql in checks for rule in re.findall(r"(?:then|else) '(\w+)'", sql)}
    rules = (PROJECT / "seeds" / "quality_rules.csv").read_text(encoding="utf-8")
    known = {line.split(",")[0] for line in rules.splitlines()}
    assert used and used <= known


def test_diagnostic_indicators_judge_nobody(project: Project) -> None:
    """Results of ВПР may be looked at, but no model of incentives or funding may read them (domain dossier 5.1)."""
    diagnostic = {f"ind_{entry['code']}" for entry in load_registry() if entry["usage"] == "diagnostic_only"}
    assert diagnostic
    readers = {model.name for model in project.models for _, name in project.layers_read_by(model) if name in diagnostic}
    # all of them meet there, and only the roll-up and the suppression go on from it
    assert readers == {"indicator_units", "indicator_derived_rows"}
