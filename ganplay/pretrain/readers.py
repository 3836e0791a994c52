"""What reads attributes off faces and digits."""

from torch import Generator, Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy, one_hot

from ganplay.data.faces import ATTRIBUTES, faces
from ganplay.data.pictures import scaled
from ganplay.metrics.classifier import Classifier
from ganplay.metrics.judge import Judge
from ganplay.metrics.pictures import Gaussian
from ganplay.pretrain.augment import (
    coloured,
    contrasted,
    laid_over,
    noisy,
    softened,
    striped,
    thickened,
    warped,
)
from ganplay.pretrain.checkpoint import Checkpoint, Tell
from ganplay.pretrain.classifier import Augment, Loss, fitted, folded
from ganplay.pretrain.judge import all_digits

FACES, HELD_OUT = 40_000, 10_000
FACES_SEED, HELD_OUT_SEED = 1, 2
"""Neither is the data set's, so that no net is judged by one that knows its faces."""

PLAIN_EPOCHS, ROBUST_EPOCHS, DIGITS_EPOCHS = 4, 10, 10
NOISE = 0.4
"""The largest standard deviation of what is added to pictures of -1..1."""


def make_faces_readers(epochs: int | None, device: str, tell: Tell) -> Checkpoint:
    """Train two classifiers of attributes on drawn faces, and let the plain one look at others."""
    (pictures, known), (held_out, truth) = (
        [part.to(device) for part in faces(*which)]
        for which in ((FACES, FACES_SEED), (HELD_OUT, HELD_OUT_SEED))
    )

    def made(name: str, augment: Augment, times: int) -> tuple[Checkpoint, Tensor]:
        tensors = learned(
            name, pictures, known.float(), augment, binary_cross_entropy_with_logits, times, tell
        )
        classifier = Classifier(tensors)
        seen = classifier.features(scaled(held_out))
        right = ((classifier.logits(seen) > 0) == truth).double().mean(0)
        tell(f"{name}: of {HELD_OUT:,} held-out faces at least {right.min():.2%} are read right")
        facts = {
            f"{name}_accuracy_{attribute}": f"{each:.4f}"
            for attribute, each in zip(ATTRIBUTES, right.tolist(), strict=True)
        }
        return Checkpoint({f"{name}.{key}": each for key, each in tensors.items()}, facts), seen

    plain, seen = made("plain", as_they_are, epochs or PLAIN_EPOCHS)
    robust, _ = made("robust", wrecked_faces, epochs or ROBUST_EPOCHS)
    real = Gaussian.of(seen)
    reference = {"reference.mean": real.mean, "reference.covariance": real.covariance}
    return Checkpoint(plain.tensors | robust.tensors | reference, plain.facts | robust.facts)


def make_digits_reader(epochs: int | None, device: str, tell: Tell) -> Checkpoint:
    """Train a classifier beside the judge on MNIST's training digits, all wrecked a little."""
    (pictures, labels), (held_out, truth) = (
        [part.to(device) for part in parts] for parts in all_digits("reader-digits")
    )
    targets = one_hot(labels, Judge.classes).float()
    times = epochs or DIGITS_EPOCHS
    tensors = learned("robust", pictures, targets, wrecked_digits, cross_entropy, times, tell)
    classifier = Classifier(tensors)
    said = classifier.logits(classifier.features(scaled(held_out))).argmax(1)
    accuracy = (said == truth).double().mean().item()
    tell(f"{accuracy:.2%} of the {len(truth):,} test digits are named right")
    return Checkpoint(tensors, {"test_accuracy": f"{accuracy:.4f}"})


def learned(
    name: str,
    pictures: Tensor,
    targets: Tensor,
    augment: Augment,
    loss: Loss,
    epochs: int,
    tell: Tell,
) -> dict[str, Tensor]:
    """The weights of a classifier trained on pictures [N, c, side, side] uint8 and targets [N, T], as
    they are kept: float16."""
    net = fitted(
        pictures,
        targets,
        targets.shape[1],
        augment=augment,
        loss=loss,
        epochs=epochs,
        tell=lambda line: tell(f"{name}: {line}"),
    )
    return {key: tensor.half() for key, tensor in folded(net).items()}


def as_they_are(pictures: Tensor, targets: Tensor, rng: Generator) -> tuple[Tensor, Tensor]:
    """Pictures [n, c, h, w] uint8 in -1..1, and nothing else."""
    return scaled(pictures), targets


def wrecked_faces(pictures: Tensor, targets: Tensor, rng: Generator) -> tuple[Tensor, Tensor]:
    """Faces [n, 3, 32, 32] uint8 laid over each other, in false colours, faded, blurred, striped and
    noisy, in -1..1."""
    x, y = laid_over(scaled(pictures), targets, rng)
    for change in (coloured, contrasted, softened, striped):
        x = change(x, rng)
    return noisy(x, NOISE, rng).clamp_(-1, 1), y


def wrecked_digits(pictures: Tensor, targets: Tensor, rng: Generator) -> tuple[Tensor, Tensor]:
    """Digits [n, 1, 28, 28] uint8 warped, thicker or thinner, laid over each other, faded, blurred
    and noisy, in -1..1."""
    x = thickened(warped(scaled(pictures), rng), rng)
    x, y = laid_over(x, targets, rng)
    # faded towards black, which is what is around a digit
    x = softened(contrasted(x + 1, rng) - 1, rng)
    return noisy(x, NOISE, rng).clamp_(-1, 1), y
