"""The published tables: the papers' figures as printed, and rows measured under their protocol."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from ganplay.data import Grid, Ring
from ganplay.metrics.protocols import SAMPLES, pacgan
from ganplay.tables import COLUMNS, TABLES, Table
from ganplay.trainer import Trainer

Command = Callable[..., tuple[int, str, str]]

every_table = pytest.mark.parametrize("name", TABLES)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row of every table trains for 12 iterations, with nets and batches of a handful."""
    sizes = {"generator.hidden": (7,), "discriminator.hidden": (6,)}
    for name, table in TABLES.items():
        measured = {
            row: (config.updated(sizes | {"batch_size": 12}), 12)
            for row, (config, _) in table.measured.items()
        }
        monkeypatch.setitem(TABLES, name, replace(table, measured=measured))


def report(command: Command, *words: str) -> dict[str, Any]:
    code, out, _ = command("table", *words, "--json", "-")
    assert code == 0
    loaded: dict[str, Any] = json.loads(out, parse_constant=pytest.fail)  # no NaN, no Infinity
    return loaded


def rows_of(seen: dict[str, Any], source: str) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in seen["rows"] if row["source"] == source}


# ---- what is published


PRINTED = {
    "pacgan-ring": (8, {"GAN": (6.3, 98.2, 0.45), "PacGAN4": (7.8, 95.9, 0.07)}),
    "pacgan-grid": (25, {"GAN": (17.3, 94.8, 0.70), "PacGAN4": (24.8, 93.6, 0.04)}),
    "veegan-ring": (8, {"GAN": (1, 99.3), "VEEGAN": (8, 52.9)}),
    "veegan-grid": (25, {"GAN": (3.3, 0.5), "VEEGAN": (24.6, 40)}),
}


@every_table
def test_published_rows_are_the_papers(name: str) -> None:
    table, (modes, some) = TABLES[name], PRINTED[name]
    assert table.modes == modes
    for row, figures in some.items():
        assert tuple(mean for mean, _ in table.published[row]) == figures
    for row, figures in table.published.items():
        means = dict(zip(table.columns, (mean for mean, _ in figures), strict=True))
        assert 0 < means["modes"] <= modes, row
        assert 0 < means["high_quality"] <= 100, row
        # a mean over runs with m modes each can't be nearer to all modes than m equal ones are
        if "reverse_kl" in means:
            assert means["reverse_kl"] > np.log(modes / means["modes"]) - 0.02, row


def test_the_data_are_the_papers() -> None:
    """Against PacGAN's code: means (cos, sin) of i 2 pi / 8 and the grid of -4, -2, 0, 2, 4."""
    angles = np.arange(8) * 2 * np.pi / 8
    for ring in (TABLES["pacgan-ring"].data, TABLES["veegan-ring"].data):
        assert isinstance(ring, Ring)
        expected = np.stack((np.cos(angles), np.sin(angles)), -1)
        np.testing.assert_allclose(ring.parts().centres, expected, atol=1e-6)
        assert ring.sigma == 0.01
    for grid in (TABLES["pacgan-grid"].data, TABLES["veegan-grid"].data):
        assert isinstance(grid, Grid)
        expected = np.array([(x, y) for x in range(-4, 5, 2) for y in range(-4, 5, 2)])
        np.testing.assert_allclose(grid.parts().centres, expected, atol=1e-6)
        assert grid.sigma == 0.05


# ---- what is measured


@every_table
def test_measured_rows_train_what_they_name(name: str) -> None:
    table = TABLES[name]
    for row, (config, iterations) in table.measured.items():
        assert config.data == table.data
        assert iterations >= 1000
        assert config.aids.pack == (int(row[-1]) if "PacGAN" in row else 1)
        assert config.batch_size == 100 * config.aids.pack
        assert config.aids.unroll == (5 if "unrolled" in row else 0)
        strong = "relativistic" in row
        assert (config.loss == "relativistic", config.penalty.name == "r1_r2") == (strong, strong)
        assert config.generator.steps_total == config.discriminator.steps_total == iterations


@every_table
@pytest.mark.usefixtures("short")
def test_json(command: Command, name: str) -> None:
    seen, table = report(command, name, "--runs", "2", "--seed", "3"), TABLES[name]
    assert seen.keys() == {"table", "protocol", "rows"}
    assert seen["table"] == name
    assert seen["protocol"] == table.describe(2)
    assert seen["protocol"]["samples"] == SAMPLES == 2500
    published, measured = rows_of(seen, "published"), rows_of(seen, "measured")
    assert list(published) == list(table.published)
    assert list(measured) == ["perfect sampler", *table.measured]
    keys = {"name", "source", "runs", *table.columns, *(f"{c}_error" for c in table.columns)}
    for row in published.values():
        assert row.keys() == keys
        assert row["runs"] == table.runs
    for row_name, row in measured.items():
        trained = set() if row_name == "perfect sampler" else {"iterations", "seconds", "settings"}
        assert row.keys() == keys | trained
        assert row["runs"] == 2
        assert row.get("iterations", 12) == 12
        assert 0 <= row["modes"] <= table.modes
    perfect = measured["perfect sampler"]
    assert perfect["modes"] == table.modes
    assert perfect["high_quality"] == pytest.approx(98.9, abs=0.6)


@pytest.mark.usefixtures("short")
def test_numbers_are_the_protocols_over_single_runs(command: Command) -> None:
    """Run k is the single run of seed S + k, and a row the mean and its standard error."""
    row = rows_of(report(command, "pacgan-ring", "--runs", "3", "--seed", "5"), "measured")["GAN"]
    single = [
        rows_of(report(command, "pacgan-ring", "--runs", "1", "--seed", str(5 + k)), "measured")
        for k in range(3)
    ]
    for column in ("modes", "high_quality"):
        values = [each["GAN"][column] for each in single]
        assert row[column] == pytest.approx(np.mean(values))
        assert row[f"{column}_error"] == pytest.approx(np.std(values, ddof=1) / np.sqrt(3))
        assert single[0]["GAN"][f"{column}_error"] is None


def test_a_row_is_what_its_generator_makes() -> None:
    """A generator that is perfect by hand scores as the perfect sampler does."""
    table = TABLES["pacgan-ring"]
    config, _ = table.measured["GAN"]
    table = replace(table, measured={"GAN": (config, 1)})

    def untrained(name: str, trainer: Trainer, iterations: int) -> None:
        assert (name, iterations) == ("GAN", 1)
        trainer.generate = lambda z, k: table.data.sample(  # type: ignore[method-assign]
            len(z), torch.Generator().manual_seed(k)
        )

    *_, perfect, row = table.rows(2, 0, untrained)
    scores = [
        pacgan(table.data.sample(SAMPLES, torch.Generator().manual_seed(k)), table.data)
        for k in range(2)
    ]
    assert row["high_quality"] == pytest.approx(np.mean([s.high_quality for s in scores]))
    assert row["reverse_kl"] == pytest.approx(np.mean([s.reverse_kl for s in scores]))
    assert (row["modes"], perfect["modes"]) == (8, 8)


def test_a_run_without_a_value_leaves_the_row_without() -> None:
    table = TABLES["pacgan-ring"]
    centres = table.data.parts().centres
    good, bad = centres.repeat(10, 1), torch.zeros(80, 2)
    assert table._figures([good, good]) == [(8, 0), (100, 0), (pytest.approx(0, abs=1e-9), 0)]
    modes, high_quality, reverse_kl = table._figures([good, bad])
    assert (modes, high_quality, reverse_kl) == ((4, 4), (50, 50), None)


# ---- the command


@every_table
@pytest.mark.usefixtures("short")
def test_printed_table(command: Command, name: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    table, path = TABLES[name], tmp_path / "table.json"
    code, out, err = command("table", name, "--runs", "2", "--json", str(path))
    assert code == 0
    assert table.paper in out
    assert all(COLUMNS[column][0] in out for column in table.columns)
    lines = out.splitlines()
    assert sum(line.startswith("published") for line in lines) == len(table.published)
    assert sum(line.startswith("measured here") for line in lines) == 1 + len(table.measured)
    assert err.splitlines() == [f"training {row}: 2 runs" for row in table.measured]
    mean, error = table.published["GAN"][0]
    figure = f"{mean:.2f}" if error is None else f"{mean:.2f} ± {error:.2f}"
    assert figure in next(line for line in lines if line.startswith("published"))
    assert json.loads(path.read_text("utf-8"))["table"] == name


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["stylegan"], ", ".join(TABLES)),
        ([], "NAME"),
        (["pacgan-ring", "--runs", "0"], "--runs: 0 is not a whole number of at least 1"),
        (["pacgan-ring", "--seed", "-1"], "--seed"),
        (["pacgan-ring", "--json", "/no/such/place.json"], "be written"),
    ],
    ids=str,
)
def test_errors_are_one_line_on_stderr(words: list[str], said: str, command: Command) -> None:
    code, out, err = command("table", *words)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert said in err.replace("'", "")


def test_more_than_one_mode_is_learnt_in_a_few_iterations() -> None:
    """The strong recipe, a tenth of the way: cheap, and it fails if a row's config does not train."""
    table: Table = TABLES["pacgan-ring"]
    config, _ = table.measured["relativistic, R1 + R2"]
    short = {f"{side}.steps_total": 1500 for side in ("generator", "discriminator")}
    table = replace(table, measured={"strong": (config.updated(short), 1500)})
    *_, row = table.rows(2, 0, lambda name, trainer, steps: trainer.advance(steps))
    assert row["modes"] >= 6
    assert row["high_quality"] > 20
