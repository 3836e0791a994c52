"""The command line: JSON as promised, errors in one line, and the same numbers as the Trainer."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ganplay import checkpoint, pretrain
from ganplay.__main__ import main
from ganplay.config import ConfigError, RunConfig
from ganplay.data import DATA_SETS, fetch
from ganplay.observe.plane import METRICS
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


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["trian"],
        ["train", "extra"],
        ["data"],
        ["data", "fetch"],
        ["data", "fetch", "ring"],
        ["pretrain"],
        ["pretrain", "judge"],
        ["pretrain", "judge-mnist", "--epochs", "0"],
        ["pretrain", "judge-mnist", "--device", "tpu"],
        ["pretrain", "judge-mnist", "--out", "judge.pt"],
    ],
    ids=str,
)
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
    flags = ("--config", "--set", "--steps", "--runs", "--seed", "--device", "--json")
    for flag in (*flags, "--save", "--load"):
        assert flag in out


def test_as_a_program(pytestconfig: pytest.Config) -> None:
    words = [sys.executable, "-m", "ganplay", "train", "--steps", "5", "--json", "-"]
    done = subprocess.run(words, cwd=pytestconfig.rootpath, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    seen = json.loads(done.stdout)
    assert seen["steps"] == 5
    assert math.isfinite(seen["runs"][0]["metrics"]["sliced_w2"])


def test_starts_without_what_it_does_not_need(pytestconfig: pytest.Config) -> None:
    code = "import sys, ganplay.__main__ as cli; cli.main(['data', 'list']); print(*sys.modules)"
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, cwd=pytestconfig.rootpath, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "ganplay.trainer" in loaded
    assert not loaded & {"torchvision", "streamlit", "plotly", "scipy", "ot", "bench"}


def test_only_convolutions_take_all_cores(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", asked.append)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    monkeypatch.setattr(Trainer, "metrics", lambda trainer, k: {})
    sizes = {"generator.hidden": "4", "discriminator.hidden": "3,4"}
    for kind, threads in (("dcgan", 3), ("mlp", 1)):
        kinds = {"generator.kind": kind, "discriminator.kind": kind, "data.name": "mnist"}
        report(command, *arguments("--steps", "1", **sizes, **kinds))
        assert asked[-1] == threads


# ---- checkpoints


def test_going_on_from_a_file_is_going_on(command: Command, tmp_path: Path) -> None:
    path = str(tmp_path / "run.safetensors")
    runs = ("--runs", "2", "--seed", "5")
    whole = report(command, *arguments(*runs, "--steps", "20"))
    half = report(command, *arguments(*runs, "--steps", "8", "--save", path))
    rest = report(command, "train", "--device", "cpu", "--load", path, "--steps", "12")
    assert [each["steps"] for each in (whole, half, rest)] == [20, 8, 20]
    assert rest["runs"] == whole["runs"] != half["runs"]
    assert rest["config"] == whole["config"]
    assert rest["seconds"] > half["seconds"]


def test_a_checkpoint_may_change_and_be_kept_anew(command: Command, tmp_path: Path) -> None:
    path = str(tmp_path / "run.safetensors")
    report(command, *arguments("--save", path))
    words = ("--device", "cpu", "--load", path, "--save", path, "--steps", "4")
    seen = report(command, "train", *words, "--set", "loss=wgan", "--set", "batch_size=7")
    trainer = Trainer(RunConfig().updated(SMALL))
    trainer.advance(12)
    trainer.change(loss="wgan", batch_size=7)
    trainer.advance(4)
    assert seen["runs"][0]["metrics"] == trainer.metrics()
    kept = checkpoint.read(Path(path))
    assert (kept.step, kept.config) == (16, trainer.config)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seed", "1"], "--seed can't go with --load: a checkpoint has its own seed."),
        (["--runs", "1"], "--runs can't go with --load: a checkpoint has its own runs."),
        (["--config", "x"], "--config can't go with --load: a checkpoint has its own config."),
        (["--set", "latent.dim=2"], "latent.dim: can't change in the middle of a run; start it"),
        (["--set", "seed=2"], "seed: can't change in the middle of a run; start it"),
        (["--set", "loss=gan"], "loss: gan is not allowed; it takes one of"),
        (["--load", "{dir}/none.safetensors"], "none.safetensors: can't be read (No such file"),
        (["--load", "{dir}"], "can't be read (Is a directory"),
        (["--load", "{dir}/text.safetensors"], "The checkpoint is cut short or no .safetensors"),
        (["--load", "{dir}/two.safetensors"], "it holds runs of several configs; give one."),
        (["--save", "{dir}/run.pt"], "--save: {dir}/run.pt has to end in .safetensors"),
        (["--save", "-"], "--save: - has to end in .safetensors"),
        (["--save", "{dir}/no/run.safetensors"], "run.safetensors can't be written: no such"),
        (["--save", "{dir}/folder.safetensors"], "can't be written: it is a folder"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_wrong_with_a_file_is_told_before_the_training(
    words: list[str],
    said: str,
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    small: RunConfig,
) -> None:
    (tmp_path / "text.safetensors").write_text("x,y")
    (tmp_path / "folder.safetensors").mkdir()
    checkpoint.save(Trainer(small), tmp_path / "run.safetensors")
    both = [small, small.updated({"loss": "wgan"})]
    checkpoint.save(Trainer(both), tmp_path / "two.safetensors")
    monkeypatch.setattr(Trainer, "advance", pytest.fail)
    start = ["train", "--load", "{dir}/run.safetensors", *words]
    code, out, err = command(*(word.format(dir=tmp_path) for word in start))
    assert (code, out) == (2, "")
    assert said.format(dir=tmp_path) in err
    assert len(err.splitlines()) == 1


def test_what_is_too_large_to_keep_is_not_trained(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoint, "MAX_BYTES", 1000)
    monkeypatch.setattr(Trainer, "advance", pytest.fail)
    code, out, err = command(*arguments("--save", str(tmp_path / "run.safetensors")))
    assert (code, out) == (2, "")
    assert "too large" in err
    assert len(err.splitlines()) == 1


# ---- data


def test_data_sets_are_listed(command: Command) -> None:
    code, out, err = command("data", "list")
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == list(DATA_SETS)
    (mnist,) = (line for line in out.splitlines() if line.startswith("mnist "))
    assert "shipped" in mnist


def test_data_is_fetched(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(fetch, "fetch", asked.append)
    for name in fetch.FETCHABLE:
        code, out, _ = command("data", "fetch", name)
        assert code == 0
        assert out == f"{name} is in {fetch.folder(name)}\n"
    assert asked == list(fetch.FETCHABLE) == ["mnist", "fashion_mnist"]


def test_a_fetch_that_fails_is_one_sentence(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(name: str) -> None:
        raise fetch.FetchError(f"{name} can't be fetched, which needs the network")

    monkeypatch.setattr(fetch, "fetch", fail)
    said = "mnist can't be fetched, which needs the network.\n"
    assert command("data", "fetch", "mnist") == (2, "", said)


# ---- shipped checkpoints


def test_shipped_checkpoints_are_made_again(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def make(*words: Any) -> None:
        asked.append(words[:4])
        words[4]("epoch 1 of 3")

    monkeypatch.setattr(pretrain, "pretrain", make)
    path = tmp_path / "new.safetensors"
    flags = ("--out", str(path), "--epochs", "3", "--device", "cpu")
    said = (0, f"judge-mnist is in {path}\n", "epoch 1 of 3\n")
    assert command("pretrain", "judge-mnist", *flags) == said
    assert command("pretrain", "judge-mnist")[0] == 0
    assert asked == [("judge-mnist", path, 3, "cpu"), ("judge-mnist", None, None, "auto")]


def test_a_checkpoint_that_can_not_be_made_is_one_sentence(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*words: Any) -> None:
        raise ConfigError("judge-mnist is trained on all of MNIST, which is missing.")

    monkeypatch.setattr(pretrain, "pretrain", fail)
    said = "judge-mnist is trained on all of MNIST, which is missing.\n"
    assert command("pretrain", "judge-mnist") == (2, "", said)
