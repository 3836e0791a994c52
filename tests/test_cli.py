"""The command line: JSON as promised, errors in one line, and the same numbers as the Trainer."""

import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ganplay.__main__ import main
from ganplay.config import RunConfig
from ganplay.observe import METRICS
from ganplay.trainer import Trainer

SMALL = {
    "batch_size": "9",
    "latent.dim": "3",
    "generator.hidden": "7,5",
    "discriminator.hidden": "6",
}
DIVERGES = {
    "loss": "wgan",
    "discriminator.clip": "0",
    "generator.optimizer": "sgd",
    "discriminator.optimizer": "sgd",
    "generator.lr": "10",
    "discriminator.lr": "10",
    "generator.momentum": "0.99",
    "discriminator.momentum": "0.99",
}

Command = Callable[..., tuple[int, str, str]]


def arguments(*more: str, **fields: str) -> list[str]:
    settings = [f"--set={name}={value}" for name, value in (SMALL | fields).items()]
    return ["train", "--device", "cpu", "--steps", "12", *settings, *more]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command line: exit code, stdout, stderr."""

    def run(*words: str) -> tuple[int, str, str]:
        code = main(words)
        return code, *capsys.readouterr()

    return run


def report(command: Command, *words: str) -> dict[str, Any]:
    code, out, _ = command(*words, "--json", "-")
    assert code == 0
    loaded: dict[str, Any] = json.loads(out, parse_constant=pytest.fail)  # no NaN, no Infinity
    return loaded


def test_report_is_the_contracts(command: Command) -> None:
    seen = report(command, *arguments("--runs", "2", "--seed", "5"))
    types = {name: type(value) for name, value in seen.items()}
    assert types == {
        "config": dict,
        "steps": int,
        "seconds": float,
        "iterations_per_second": float,
        "device": str,
        "runs": list,
        "floors": dict,
    }
    assert [run["seed"] for run in seen["runs"]] == [5, 6]
    for run in seen["runs"]:
        assert run.keys() == {"seed", "diverged", "metrics"}
        assert run["diverged"] is False
        assert tuple(run["metrics"]) == METRICS
        for name, value in run["metrics"].items():
            assert type(value) in ((int,) if "modes" in name else (float, type(None)))
    assert seen["floors"].keys() == set(METRICS)
    assert seen["floors"]["high_quality"] == pytest.approx(1 - math.exp(-4.5), abs=0.01)
    assert seen["floors"]["d_accuracy"] == 0.5
    assert (seen["steps"], seen["device"]) == (12, "cpu")
    assert seen["iterations_per_second"] == pytest.approx(12 / seen["seconds"])
    config = RunConfig().updated(SMALL | {"seed": 5})
    assert RunConfig.model_validate(seen["config"]) == config


def test_numbers_are_the_trainers_and_run_k_is_that_of_seed_k(command: Command) -> None:
    both = report(command, *arguments("--runs", "2", "--seed", "3"))["runs"]
    for k, run in enumerate(both):
        (alone,) = report(command, *arguments("--seed", str(3 + k)))["runs"]
        trainer = Trainer(RunConfig().updated(SMALL | {"seed": 3 + k}))
        trainer.advance(12)
        assert alone["metrics"] == trainer.metrics()
        pair = (np.array([*r["metrics"].values()], float) for r in (run, alone))  # NaN for None
        np.testing.assert_allclose(*pair, rtol=1e-6)
    assert both[0]["metrics"]["emd"] != both[1]["metrics"]["emd"]


def test_settings_come_from_file_then_flags(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text('loss = "hinge"\nseed = 4\n[generator]\nlr = 0.1\nhidden = [3]\n')
    words = ("--config", str(path), "--set", "generator.lr=0.2", "--seed", "9", "--steps", "1")
    config = report(command, "train", *words)["config"]
    assert (config["loss"], config["seed"]) == ("hinge", 9)
    assert (config["generator"]["lr"], config["generator"]["hidden"]) == (0.2, [3])


def test_switches_and_aids_are_set_like_all_else(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text("batch_size = 12\n[aids]\nminibatch_stddev = true\npack = 4\n")
    flags = ("--set=discriminator.spectral_norm=true", "--set=aids.unroll=1", "--steps", "2")
    config = report(command, "train", "--config", str(path), *flags)["config"]
    assert config["discriminator"]["spectral_norm"] is True
    assert config["aids"] == {
        "unroll": 1, "pack": 4, "minibatch_stddev": True, "instance_noise": 0.0
    }  # fmt: skip


def test_table_and_file(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    code, out, err = command(*arguments("--runs", "3", "--json", str(path)))
    assert code == 0
    head, *rows = out.splitlines()
    assert head.split() == ["seed", *METRICS]
    assert [row.split()[0] for row in rows] == ["0", "1", "2", "perfect"]
    assert "12 iterations at" in err
    seen = json.loads(path.read_text("utf-8"))
    first = dict(zip(METRICS, rows[0].split()[1:], strict=True))
    assert float(first["emd"]) == pytest.approx(seen["runs"][0]["metrics"]["emd"], rel=1e-3)


def test_divergence_is_reported(command: Command) -> None:
    words = arguments("--runs", "2", "--steps", "400", **DIVERGES)
    for run in report(command, *words)["runs"]:
        assert run["diverged"] is True
        assert run["metrics"] == dict.fromkeys(METRICS)
    _, out, _ = command(*words)
    assert out.count("diverged") == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "generator.lrr=1"], "generator.lrr: there is no such setting; the nearest is"),
        (["--set", "loss=gan"], "loss: gan is not allowed; it takes one of"),
        (["--set", "loss"], "--set loss: write FIELD=VALUE"),
        (["--set", "generator.hidden=0"], "generator.hidden: 0 is not allowed"),
        (["--set", "generator.lr=1e9"], "generator.lr: 1e9 is not allowed"),
        (["--config", "{dir}/bad.toml"], "bad.toml: can't be read as TOML"),
        (["--config", "{dir}/missing.toml"], "missing.toml: can't be read as TOML"),
        (["--set=data.name=points", "--set=data.file={dir}/missing.csv"], "no such file"),
        (["--set=data.name=points", "--set=data.file={dir}/text.csv"], "is not a number"),
        (["--set", "aids.pack=2"], "aids.pack, batch_size: 9 points can't be put into packs of 2"),
        (["--set", "aids.minibatch_stddev=2"], "aids.minibatch_stddev: 2 is not allowed"),
        (["--steps", "0"], "--steps: 0 is not a whole number of at least 1"),
        (["--steps", "²"], "--steps"),
        (["--runs", "x"], "--runs: x is not a whole number"),
        (["--seed", "-1"], "seed: -1 is not allowed; it takes a whole number at least 0"),
        (["--seed", "x"], "--seed"),
        (["--device", "tpu"], "--device"),
        (["--steps", "1", "--json", "{dir}/no/such/place.json"], "can't be written"),
        (["--unknown"], "--unknown"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_errors_are_one_line_on_stderr(
    words: list[str], said: str, command: Command, tmp_path: Path
) -> None:
    (tmp_path / "bad.toml").write_text("loss = ")
    (tmp_path / "text.csv").write_text("x,y\n1,2\n3,four\n")
    code, _, err = command(*arguments(), *(word.format(dir=tmp_path) for word in words))
    assert code == 2
    assert said in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("words", [[], ["trian"], ["train", "extra"]], ids=str)
def test_unknown_commands_are_refused(words: list[str], command: Command) -> None:
    code, out, err = command(*words)
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "--help" in err


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without a GPU")
def test_cuda_without_a_gpu_is_refused(command: Command) -> None:
    code, out, err = command("train", "--device", "cuda")
    assert (code, out) == (2, "")
    assert err == "device: cuda is not allowed here, as torch finds no GPU; use cpu.\n"


def test_help_names_every_flag(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["train", "--help"])
    assert caught.value.code == 0
    out = capsys.readouterr().out
    for flag in ("--config", "--set", "--steps", "--runs", "--seed", "--device", "--json"):
        assert flag in out


def test_as_a_program(pytestconfig: pytest.Config) -> None:
    words = [sys.executable, "-m", "ganplay", "train", "--steps", "5", "--json", "-"]
    done = subprocess.run(words, cwd=pytestconfig.rootpath, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    seen = json.loads(done.stdout)
    assert seen["steps"] == 5
    assert math.isfinite(seen["runs"][0]["metrics"]["sliced_w2"])
