"""A classifier against SciPy and the judge, and files that hold none."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from ganplay.data.faces import faces
from ganplay.data.pictures import scaled, shipped_digits
from ganplay.metrics.attributes import DigitsReader, FacesReader
from ganplay.metrics.attributes.digits import WEIGHTS as DIGITS
from ganplay.metrics.attributes.faces import WEIGHTS as FACES
from ganplay.metrics.classifier import BATCH, Classifier, named, shapes
from ganplay.metrics.judge import SHAPES, judge
from ganplay.metrics.judge import WEIGHTS as JUDGE
from tests.metrics.scipys import features_and_logits


def test_features_and_logits_are_scipys() -> None:
    tensors = named(load_file(FACES), "robust")
    picture = scaled(faces(1, 5)[0])[0]
    features, logits = features_and_logits(tensors, picture)
    classifier = Classifier(tensors)
    seen = classifier.features(picture[None])
    np.testing.assert_allclose(seen[0].numpy(), features, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(classifier.logits(seen)[0].numpy(), logits, rtol=1e-4, atol=1e-4)


def test_the_judges_weights_make_the_judge() -> None:
    weights = {name: tensor for name, tensor in load_file(JUDGE).items() if name != "reference"}
    assert shapes(1, 28, 10) == {n: shape for n, shape in SHAPES.items() if n != "reference"}
    pictures = scaled(shipped_digits()[0][:: 10_000 // (2 * BATCH + 3)])
    classifier = Classifier(weights)
    seen = classifier.features(pictures)
    assert (seen.dtype, seen.shape, seen.requires_grad) == (
        torch.float32,
        (len(pictures), 64),
        False,
    )
    assert torch.equal(seen, judge().features(pictures))
    assert torch.equal(classifier.logits(seen), judge().logits(seen))
    assert classifier.features(pictures[:0]).shape == (0, 64)


# ---- files that hold something else


def cut(path: Path, whole: Path) -> None:
    path.write_bytes(whole.read_bytes()[:-1])


def empty(path: Path, whole: Path) -> None:
    path.write_bytes(b"")


def absent(path: Path, whole: Path) -> None:
    pass


def folder(path: Path, whole: Path) -> None:
    path.mkdir()


def pickled(path: Path, whole: Path) -> None:
    torch.save(load_file(whole), path)


def text(path: Path, whole: Path) -> None:
    path.write_text(json.dumps({"a": 1}) * 40)


def another(path: Path, whole: Path) -> None:
    path.write_bytes(JUDGE.read_bytes())


def without_one(path: Path, whole: Path) -> None:
    tensors = load_file(whole)
    tensors.pop(next(name for name in tensors if name.endswith("last.bias")))
    save_file(tensors, path)


def one_more(path: Path, whole: Path) -> None:
    save_file(load_file(whole) | {"third.bias": torch.zeros(1)}, path)


def changed(path: Path, whole: Path, value: torch.Tensor) -> None:
    tensors = load_file(whole)
    name = next(name for name in tensors if name.endswith("hidden.bias"))
    save_file(tensors | {name: value}, path)


def too_wide(path: Path, whole: Path) -> None:
    changed(path, whole, torch.zeros(65))


def not_a_number(path: Path, whole: Path) -> None:
    changed(path, whole, torch.full((64,), torch.inf))


def whole_numbers(path: Path, whole: Path) -> None:
    changed(path, whole, torch.zeros(64, dtype=torch.int64))


BROKEN = {
    cut: "",
    empty: "",
    absent: "No such file",
    folder: "",
    pickled: "",
    text: "",
    another: " is ",
    without_one: "last.bias is missing",
    one_more: "third.bias is (1,) where nothing of that name is needed",
    too_wide: "hidden.bias is (65,) where (64,) is needed",
    not_a_number: "hidden.bias holds something that is no finite number",
    whole_numbers: "hidden.bias holds something that is no finite number",
}


@pytest.mark.parametrize(
    ("load", "whole", "what"),
    [
        (FacesReader.load, FACES, "the reader of faces"),
        (DigitsReader.load, DIGITS, "the reader of digits"),
    ],
    ids=["faces", "digits"],
)
@pytest.mark.parametrize("breakage", BROKEN, ids=lambda breakage: breakage.__name__)
def test_a_broken_file_is_refused_in_a_sentence(
    breakage: Callable[[Path, Path], None],
    load: Callable[[Path], object],
    whole: Path,
    what: str,
    tmp_path: Path,
) -> None:
    path = tmp_path / "reader.safetensors"
    breakage(path, whole)
    with pytest.raises(ValueError, match="can't be used") as caught:
        load(path)
    said = str(caught.value)
    assert said.startswith(f"{path} can't be used as {what}: ")
    assert BROKEN[breakage] in said
    assert said.endswith(".")
    assert said.isprintable()
    assert said.count("\n") == 0
