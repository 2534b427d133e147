"""How a run of Dagster ends is noted: the night's resource around steps that do well or fail; the real night is in test_night.py."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from dagster import AssetsDefinition, DagsterInstance, asset, materialize
from small_landing import Landing

from ingest.settings import Settings, load_settings
from orchestration.assets.landing import landing_assets
from orchestration.audit_log import events, verify
from orchestration.dbt_runs import DbtFailed
from orchestration.refresh import Refresh
from orchestration.resources import Night
from orchestration.runs import FAILED, PUBLISHED, UP_TO_DATE, load_run
from orchestration.watching import causes


@pytest.fixture
def settings(landing: Landing) -> Settings:
    landing.write_registers()
    return load_settings()


def run(last: Callable[[Refresh], object]) -> bool:
    """Landing and one more step of the night."""

    def dbt(night: Night) -> None:
        refresh = night.refresh
        for source in ("municipalities", "schools"):
            refresh.read_source(source)
        refresh.judge_waiting()
        last(refresh)

    step: AssetsDefinition = asset(name="dbt", deps=["landing"])(dbt)
    with DagsterInstance.ephemeral() as instance:
        return materialize([*landing_assets(), step], resources={"night": Night()}, instance=instance, raise_on_error=False).success


def told(settings: Settings) -> list[str]:
    return [line["event"] for line in events(settings.logs)]


def test_a_step_that_fails_is_named_without_its_words(settings: Settings) -> None:
    def fail(_: Refresh) -> None:
        try:
            raise DbtFailed("в ячейке стоит Иванов")
        except DbtFailed as error:
            raise RuntimeError("и здесь Иванов") from error

    assert not run(fail)
    noted = load_run(settings.logs)
    assert (noted.outcome, noted.step, noted.error, noted.due_at) == (FAILED, "dbt", "DbtFailed", "")
    assert told(settings) == ["refresh", "loaded", "failed"] and verify(settings.logs) == []
    _, loaded, failed = events(settings.logs)
    assert loaded["sources"]["schools"] == {"files": 1, "rows_in": 3, "rows_loaded": 3, "rows_rejected": 0}
    assert (failed["step"], failed["error"], failed["publication"]) == ("dbt", "DbtFailed", loaded["publication"])
    assert "Иванов" not in "".join(path.read_text() for path in settings.logs.iterdir() if path.suffix in (".json", ".jsonl", ".log"))
    assert causes(settings)[0].text.endswith(
        "таблица не собралась или не прошла проверку; этап: расчёт показателей (dbt). Читатели видят прежнюю публикацию."
    )


def test_a_run_that_publishes_ends_well(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Refresh, "_publish_files", lambda refresh, origin: None)
    monkeypatch.setattr(Refresh, "_prove_build", lambda refresh: None)
    assert run(lambda refresh: refresh.publish())
    noted = load_run(settings.logs)
    assert noted.outcome == PUBLISHED and noted.success_at == noted.ended_at < noted.due_at
    # nothing stands in the place of the publication, so nothing is recorded as published
    assert told(settings) == ["refresh", "loaded"]


def test_nothing_new_is_a_success_too(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.refresh.is_up_to_date", lambda _: True)
    assert run(lambda refresh: pytest.fail("the step was not skipped"))
    noted = load_run(settings.logs)
    assert noted.outcome == UP_TO_DATE and noted.due_at > noted.success_at and told(settings) == []


def test_a_full_disk_does_not_make_a_failure_of_a_night(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Refresh, "_publish_files", lambda refresh, origin: None)
    monkeypatch.setattr(Refresh, "_prove_build", lambda refresh: None)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("orchestration.runs.asdict", full)
    monkeypatch.setattr("orchestration.refresh.record", full)
    assert run(lambda refresh: refresh.publish())
    logged = (settings.logs / "refresh.log").read_text()
    assert "how the run ended cannot be noted" in logged and "the audit log cannot be written" in logged
