"""Making the readers again from a few pictures: what is trained on what, and what is written."""

from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Generator, Tensor

from ganplay.data import fetch
from ganplay.data.faces import ATTRIBUTES, faces
from ganplay.data.pictures import scaled, shipped_digits
from ganplay.metrics.attributes import DigitsReader, FacesReader
from ganplay.metrics.judge import Judge
from ganplay.metrics.pictures import Gaussian
from ganplay.pretrain import pretrain
from ganplay.pretrain import readers as module
from ganplay.pretrain.readers import as_they_are, wrecked_digits, wrecked_faces


def few() -> tuple[Tensor, Tensor]:
    """2,000 digits of all classes, mixed."""
    pictures, labels = shipped_digits()
    which = torch.randperm(len(labels), generator=Generator().manual_seed(0))[:2000]
    return pictures[which], labels[which]


def told_by(path: Path) -> dict[str, str]:
    with safe_open(path, "pt") as file:
        return dict(file.metadata())


def test_readers_of_faces_from_the_data_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def drawn(n: int, seed: int) -> tuple[Tensor, Tensor]:
        asked.append((n, seed))
        return faces(n, seed)

    monkeypatch.setattr(module, "faces", drawn)
    monkeypatch.setattr(module, "FACES", 2000)
    monkeypatch.setattr(module, "HELD_OUT", 500)
    out, told = tmp_path / "new.safetensors", []
    before = torch.random.get_rng_state()
    pretrain("readers-faces", out, 2, "cpu", told.append)
    assert torch.equal(torch.random.get_rng_state(), before)
    assert asked == [(2000, 1), (500, 2)], "neither is the data set's"

    made, (pictures, truth) = FacesReader.load(out), faces(500, 2)
    seen = made.features(scaled(pictures))
    real = Gaussian.of(seen)
    torch.testing.assert_close(made.reference.mean, real.mean, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(made.reference.covariance, real.covariance, rtol=1e-3, atol=1e-3)
    right = ((made.look(scaled(pictures))[1] > 0.5) == truth).double().mean(1)
    assert right[0].min() > 0.8
    assert right[1].mean() > 0.7
    facts = told_by(out)
    assert facts.pop("command") == "python -m ganplay pretrain readers-faces --epochs 2"
    expected = {
        f"{name}_accuracy_{attribute}": f"{right[i, j]:.4f}"
        for i, name in enumerate(("plain", "robust"))
        for j, attribute in enumerate(ATTRIBUTES)
    }
    assert facts == expected
    assert len(told) == 7
    assert told[0].startswith("plain: epoch 1 of 2: mean loss ")
    assert told[5].startswith("robust: of 500 held-out faces at least ")
    assert told[6].startswith(f"wrote {out}")


def test_a_reader_of_digits_from_the_data_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fabricated: some shipped digits to train on, and all of them as those held out."""
    monkeypatch.setattr(fetch, "read", lambda _, train: few() if train else shipped_digits())
    out, told = tmp_path / "new.safetensors", []
    pretrain("reader-digits", out, 2, "cpu", told.append)
    made, (pictures, labels) = DigitsReader.load(out), shipped_digits()
    right = (made.chances(scaled(pictures))[1].argmax(1) == labels).double().mean().item()
    assert right > 0.5
    facts = told_by(out)
    assert facts.pop("command") == "python -m ganplay pretrain reader-digits --epochs 2"
    assert facts.keys() == {"test_accuracy"}
    assert float(facts["test_accuracy"]) == pytest.approx(right, abs=6e-5)
    assert told[2] == f"{right:.2%} of the 10,000 test digits are named right"
    assert {tensor.dtype for tensor in load_file(out).values()} == {torch.float16}


def test_what_the_classifiers_see() -> None:
    pictures, known = faces(50, 0)
    digits, labels = (part[:50] for part in few())
    for wreck, shown, said in (
        (as_they_are, pictures, known.float()),
        (wrecked_faces, pictures, known.float()),
        (wrecked_digits, digits, torch.nn.functional.one_hot(labels, Judge.classes).float()),
    ):
        x, y = wreck(shown, said, Generator().manual_seed(0))
        assert (x.shape, x.dtype, y.shape) == (shown.shape, torch.float32, said.shape)
        assert -1 <= x.min() < -0.9 < 0.9 < x.max() <= 1
        assert 0 <= y.min() <= y.max() <= 1
        if wreck is as_they_are:
            assert torch.equal(x, scaled(shown))
            assert torch.equal(y, said)
        else:
            assert (x - scaled(shown)).abs().mean() > 0.05
            assert ((y - said).abs() <= 0.5).all()
        if wreck is wrecked_digits:
            torch.testing.assert_close(y.sum(1), torch.ones(50))
