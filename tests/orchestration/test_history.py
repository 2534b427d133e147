"""Dagster's history with its connections kept: what one class writes the other one reads, and no event opens the files anew."""

import sqlite3
from pathlib import Path

import dagster
import pytest
from dagster._core.instance.ref import InstanceRef


@dagster.asset(check_specs=[dagster.AssetCheckSpec("any", asset="counted")])
def counted() -> dagster.MaterializeResult:  # type: ignore[type-arg]
    return dagster.MaterializeResult(metadata={"Строк": 3}, check_results=[dagster.AssetCheckResult(passed=True, check_name="any")])


def _instance(folder: Path, storage: str) -> dagster.DagsterInstance:
    folder.mkdir(exist_ok=True)
    base = {"base_dir": str(folder)}
    custom = {"custom": {"module": "orchestration.history", "class": "History", "config": base}}
    return dagster.DagsterInstance.from_ref(
        InstanceRef.from_dir(
            str(folder), overrides={"storage": custom if storage == "ours" else {"sqlite": base}, "telemetry": {"enabled": False}}
        )
    )


@pytest.mark.parametrize(("writer", "reader"), [("ours", "theirs"), ("theirs", "ours")])
def test_either_class_reads_what_the_other_wrote(tmp_path: Path, writer: str, reader: str) -> None:
    with _instance(tmp_path, writer) as written:
        run = dagster.materialize([counted], instance=written)
    with _instance(tmp_path, reader) as read:
        kinds = [record.dagster_event.event_type_value for record in read.all_logs(run.run_id) if record.dagster_event]
        latest = read.get_latest_materialization_event(dagster.AssetKey("counted"))
    assert {"PIPELINE_SUCCESS", "ASSET_MATERIALIZATION", "ASSET_CHECK_EVALUATION"} <= set(kinds)
    assert latest is not None and latest.asset_materialization is not None
    assert latest.asset_materialization.metadata["Строк"].value == 3


def test_events_do_not_open_the_files_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    plain = sqlite3.dbapi2.connect

    def connect(path: str, *arguments: object, **options: object) -> sqlite3.Connection:
        opened.append(Path(path).parent.name)
        return plain(path, *arguments, **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(sqlite3.dbapi2, "connect", connect)
    counts = {}
    for storage in ("ours", "theirs"):
        with _instance(tmp_path / storage, storage) as instance:
            dagster.materialize([counted], instance=instance)
            opened.clear()
            dagster.materialize([counted], instance=instance)
            counts[storage] = opened.count("runs")
    # the file of the new run, and Dagster stamping it
    assert counts["ours"] * 9 < counts["theirs"], counts
