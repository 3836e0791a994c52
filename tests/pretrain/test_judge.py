"""Making the judge again: what is written, and each step of the training."""

import re
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from torch import Generator, Tensor

from ganplay.data import fetch
from ganplay.data.pictures import scaled, shipped_digits
from ganplay.metrics.judge import SHAPES, Judge
from ganplay.pretrain import pretrain
from ganplay.pretrain.classifier import folded
from ganplay.pretrain.judge import SHIFT, shifted, trained


def nothing(line: str) -> None:
    """Is told, and forgets."""


def few() -> tuple[Tensor, Tensor]:
    """2,500 digits of all classes, mixed."""
    pictures, labels = shipped_digits()
    which = torch.randperm(len(labels), generator=Generator().manual_seed(0))[:2500]
    return pictures[which], labels[which]


def test_a_judge_from_the_data_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fabricated: some shipped digits to train on, and all of them as those held out."""
    asked = []

    def read(name: str, train: bool) -> tuple[Tensor, Tensor]:
        asked.append((name, train))
        return few() if train else shipped_digits()

    monkeypatch.setattr(fetch, "read", read)
    out, told = tmp_path / "new.safetensors", []
    pretrain("judge-mnist", out, 1, "cpu", told.append)
    assert asked == [("mnist", True), ("mnist", False)]

    made, (pictures, labels) = Judge.load(out), shipped_digits()
    seen = made.features(scaled(pictures))
    torch.testing.assert_close(seen, made.reference, rtol=1e-3, atol=1e-3)
    right = (made.logits(seen).argmax(1) == labels).double().mean().item()
    assert right > 0.5
    assert made.accuracy == pytest.approx(right, abs=6e-5)
    with safe_open(out, "pt") as file:
        assert file.metadata()["command"] == "python -m ganplay pretrain judge-mnist --epochs 1"
    assert [path.name for path in tmp_path.iterdir()] == ["new.safetensors"]
    assert len(told) == 3
    assert told[0].startswith("epoch 1 of 1: mean loss ")
    assert told[1] == f"{made.accuracy:.2%} of the 10,000 test digits are named right"
    assert told[2] == f"wrote {out}, {out.stat().st_size / 1e6:.1f} MB"


def test_training_is_the_same_each_time_and_leaves_others_random_numbers_alone() -> None:
    pictures, labels = few()
    before = torch.random.get_rng_state()
    first = folded(trained(pictures[:640], labels[:640], 1, nothing))
    torch.rand(3)
    again = folded(trained(pictures[:640], labels[:640], 1, nothing))
    torch.random.set_rng_state(before)
    folded(trained(pictures[:640], labels[:640], 1, nothing))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert first.keys() == again.keys() == SHAPES.keys() - {"reference"}
    for name, tensor in first.items():
        assert torch.equal(tensor, again[name])
        assert tuple(tensor.shape) == SHAPES[name]


def test_training_lowers_the_loss() -> None:
    told = []
    trained(*few(), 3, told.append)
    losses = [float(re.fullmatch(r"epoch . of 3: mean loss ([\d.]+)", line)[1]) for line in told]
    assert losses[0] > 2 * losses[1] > 2 * losses[2] > 0


def test_folding_changes_nothing() -> None:
    pictures, labels = few()
    net = trained(pictures[:640], labels[:640], 1, nothing)
    assert net.first_norm.running_mean.abs().min() > 0, "has seen something"
    judge = Judge({**folded(net), "reference": torch.zeros(0, 64)}, 0)
    x = scaled(pictures[:50])
    with torch.no_grad():
        torch.testing.assert_close(judge.logits(judge.features(x)), net(x), rtol=1e-4, atol=1e-4)


def test_digits_are_moved_evenly_and_onto_black() -> None:
    pictures = torch.zeros(5000, 1, 28, 28, dtype=torch.uint8)
    pictures[:, 0, 10, 20] = 200
    pictures[:, 0, 0, 0] = 100
    before = pictures.clone()
    seen, labels = shifted(pictures, torch.arange(5000), Generator().manual_seed(0))
    assert torch.equal(pictures, before)
    assert torch.equal(labels, torch.arange(5000))
    assert (seen.shape, seen.min(), seen.dtype) == (pictures.shape, -1, torch.float32)
    seen = ((seen + 1) * 127.5).round()
    _, _, row, column = (seen == 200).nonzero().T
    assert len(row) == 5000
    counts = torch.bincount((row - 10 + SHIFT) * 5 + column - 20 + SHIFT, minlength=25)
    assert len(counts) == 25
    # binomial of mean 200: 5 standard deviations
    assert (counts - 200).abs().max() < 70
    assert set(seen.unique().tolist()) == {0, 100, 200}
    corner = (seen == 100).flatten(1).any(1)
    assert torch.equal(corner, (row >= 10) & (column >= 20)), "what is moved out does not come back"
