"""The shipped judge against SciPy, against MNIST's published counts, and against broken files."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from ganplay.data.pictures import scaled, shipped_digits
from ganplay.metrics.classifier import BATCH
from ganplay.metrics.judge import SHAPES, WEIGHTS, Judge, judge
from tests.metrics.scipys import features_and_logits

TEST_COUNTS = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
"""How many of MNIST's 10,000 test digits are 0, 1, ... 9."""


@pytest.fixture(scope="module")
def shipped() -> tuple[Tensor, Tensor, Tensor]:
    """The shipped training digits, what each is, and what the judge sees."""
    pictures, labels = shipped_digits()
    pictures = scaled(pictures)
    return pictures, labels, judge().features(pictures)


def test_it_knows_the_shipped_digits(shipped: tuple[Tensor, Tensor, Tensor]) -> None:
    _, labels, features = shipped
    said = judge().logits(features).argmax(1)
    right = (said == labels).double()
    assert right.mean() >= 0.995
    assert right.view(10, 1000).mean(1).min() >= 0.99, "in every class"


def test_reference_is_mnists_test_digits() -> None:
    """At least half the difference of two counts are digits that are named wrong."""
    found = judge()
    assert found.accuracy >= 0.993
    said = found.logits(found.reference).argmax(1)
    counts = torch.bincount(said, minlength=10)
    wrong = (counts - torch.tensor(TEST_COUNTS)).abs().sum() / 2
    assert wrong <= (1 - found.accuracy) * 10_000
    assert (counts - 1000).abs().sum() / 2 > 200, "which the shipped digits would not be"


def test_reference_is_held_out(shipped: tuple[Tensor, Tensor, Tensor]) -> None:
    _, _, features = shipped
    assert torch.cdist(features[::50], features[1::50]).min() > 1
    assert torch.cdist(judge().reference[::10], features).min() > 1


def test_what_is_shipped_is_small_and_plain() -> None:
    with safe_open(WEIGHTS, "pt") as file:
        told = file.metadata()
    assert told == {
        "command": "python -m ganplay pretrain judge-mnist",
        "test_accuracy": f"{judge().accuracy:.4f}",
    }
    assert WEIGHTS.stat().st_size < 2e6
    sizes = {name: tensor.numel() for name, tensor in load_file(WEIGHTS).items()}
    assert sizes.pop("reference") == 640_000
    assert sum(sizes.values()) == pytest.approx(106_000, rel=0.01)


def test_features_and_logits_are_scipys() -> None:
    picture = scaled(shipped_digits()[0][5003])
    features, logits = features_and_logits(load_file(WEIGHTS), picture)

    seen = judge().features(picture[None])
    np.testing.assert_allclose(seen[0].numpy(), features, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(judge().logits(seen)[0].numpy(), logits, rtol=1e-4, atol=1e-4)


def test_a_picture_is_seen_alike_in_any_company(
    shipped: tuple[Tensor, Tensor, Tensor], monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures, _, features = shipped
    sizes = []
    see = Judge._see
    monkeypatch.setattr(Judge, "_see", lambda self, x: sizes.append(len(x)) or see(self, x))
    some = pictures[7 : 7 + 2 * BATCH + 3].double().requires_grad_()
    seen = judge().features(some)
    assert sizes == [BATCH, BATCH, 3], "so that memory is bounded"
    assert (seen.dtype, seen.shape, seen.requires_grad) == (torch.float32, (len(some), 64), False)
    torch.testing.assert_close(seen, features[7 : 7 + len(some)], rtol=1e-4, atol=1e-4)
    assert judge().features(pictures[:0]).shape == (0, 64)
    assert torch.is_grad_enabled()


@pytest.mark.parametrize("value", [torch.nan, torch.inf, -torch.inf])
def test_what_is_no_finite_number_is_seen_as_none(value: float) -> None:
    pictures = torch.zeros(3, 1, 28, 28)
    pictures[1, 0, 5, 5] = value
    seen = judge().features(pictures)
    assert seen[1].isnan().all()
    assert seen[[0, 2]].isfinite().all()


def test_it_is_loaded_once() -> None:
    assert judge() is judge()
    assert judge().classes == 10


# ---- files that are no judge

TOLD = {"test_accuracy": "0.99"}


def cut(path: Path) -> None:
    path.write_bytes(WEIGHTS.read_bytes()[:-1])


def garbled(path: Path) -> None:
    content = bytearray(WEIGHTS.read_bytes())
    content[8:60] = bytes(52)
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def absent(path: Path) -> None:
    pass


def folder(path: Path) -> None:
    path.mkdir()


def pickled(path: Path) -> None:
    torch.save(load_file(WEIGHTS), path)


def text(path: Path) -> None:
    path.write_text(json.dumps(TOLD) * 40)


def without_one(path: Path) -> None:
    save_file({n: t for n, t in load_file(WEIGHTS).items() if n != "last.bias"}, path, TOLD)


def one_more(path: Path) -> None:
    save_file(load_file(WEIGHTS) | {"third.bias": torch.zeros(1)}, path, TOLD)


def too_wide(path: Path) -> None:
    save_file(load_file(WEIGHTS) | {"hidden.bias": torch.zeros(65)}, path, TOLD)


def fewer_digits(path: Path) -> None:
    save_file(load_file(WEIGHTS) | {"reference": torch.zeros(9_999, 64)}, path, TOLD)


def not_a_number(path: Path) -> None:
    save_file(load_file(WEIGHTS) | {"last.bias": torch.full((10,), torch.nan)}, path, TOLD)


def whole_numbers(path: Path) -> None:
    save_file(load_file(WEIGHTS) | {"last.bias": torch.zeros(10, dtype=torch.int64)}, path, TOLD)


def untold(path: Path) -> None:
    save_file(load_file(WEIGHTS), path)


def misled(path: Path) -> None:
    save_file(load_file(WEIGHTS), path, {"test_accuracy": "good"})


BROKEN = {
    cut: "",
    garbled: "",
    empty: "",
    absent: "No such file",
    folder: "",
    pickled: "",
    text: "",
    without_one: "last.bias is missing",
    one_more: "third.bias",
    too_wide: "hidden.bias is (65,) where (64,) is needed",
    fewer_digits: "reference is (9999, 64) where (10000, 64) is needed",
    not_a_number: "last.bias",
    whole_numbers: "last.bias",
    untold: "test_accuracy",
    misled: "test_accuracy",
}


@pytest.mark.parametrize("breakage", BROKEN, ids=lambda breakage: breakage.__name__)
def test_a_broken_file_is_refused_in_a_sentence(
    breakage: Callable[[Path], None], tmp_path: Path
) -> None:
    path = tmp_path / "judge.safetensors"
    breakage(path)
    with pytest.raises(ValueError, match="can't be used as the judge of digits") as caught:
        Judge.load(path)
    said = str(caught.value)
    assert said.startswith(f"{path} can't be used as the judge of digits: ")
    assert BROKEN[breakage] in said
    assert said.endswith(".")
    assert said.isprintable()


def test_a_whole_file_is_not_refused(tmp_path: Path) -> None:
    path = tmp_path / "judge.safetensors"
    shutil.copy(WEIGHTS, path)
    loaded = Judge.load(path)
    assert torch.equal(loaded.reference, judge().reference)
    save_file(load_file(WEIGHTS), path, TOLD)
    assert Judge.load(path).accuracy == 0.99
    assert set(load_file(path)) == set(SHAPES)
