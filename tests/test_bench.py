"""The bench command measures every workload, whatever it finds."""

import json

import pytest

from bench import engine
from ganplay.__main__ import main


def test_bench_prints_a_row_for_each_variant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engine, "TURN", 0.001)
    monkeypatch.setattr(engine, "ROUNDS", 1)
    assert main(["bench", "--json", "-"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    variants = {(row["workload"], row["variant"]) for row in rows}
    for name, workload in engine.WORKLOADS.items():
        assert {(name, "naive"), *((name, f"engine K={k}") for k in workload.runs)} <= variants
    for row in rows:
        assert row["iterations_per_second"] > 0
        assert (row["ratio_to_naive"] == 1) == (row["variant"] == "naive")
