"""What is seen of a run that makes pictures: fixed draws, by a judge that is right about real digits,
and never with an effect on the run."""

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import Generator, Tensor

from ganplay import observe
from ganplay.config import RunConfig
from ganplay.config_parts import Latent
from ganplay.data import MNIST, StackedMNIST
from ganplay.data.images import hold
from ganplay.metrics.judge import judge
from ganplay.metrics.pictures import (
    PICTURE_METRICS,
    Verdict,
    perfect_stacked,
    perfect_verdict,
    verdict,
)
from ganplay.observe import PictureLook, PlaneLook, judge_of
from ganplay.observe import pictures as package
from ganplay.observe.pictures import LIVE_SAMPLES, METRIC_SAMPLES, PIECE, SHOWN, examine, pixels
from ganplay.snapshot import PictureSnapshot
from ganplay.trainer import Trainer
from tests.gallery import digits, look_at, of_class
from tests.runs import flats

BASE = {"data.name": "mnist", "batch_size": 6, "latent.dim": 3, "generator.hidden": (4, 3),
        "discriminator.hidden": (3, 4)}  # fmt: skip
DCGAN = BASE | {"generator.kind": "dcgan", "discriminator.kind": "dcgan"}
NORMALISED = DCGAN | {"discriminator.norm": "batch"}
CASES: dict[str, dict[str, Any]] = {
    "perceptrons": BASE,
    "dcgan": DCGAN,
    "normalised": NORMALISED,
    "average": NORMALISED | {"generator.ema": 0.9},
    "packs": NORMALISED | {"aids.pack": 3},
    "vae": NORMALISED | {"vae.on": True, "vae.variance": "learned"},
    "spectral norm": NORMALISED | {"discriminator.spectral_norm": True},
    "half precision": NORMALISED | {"precision": "bfloat16"},
    "stacked": NORMALISED | {"data.name": "stacked_mnist", "vae.on": True},
    "told of the batch": BASE | {"aids.minibatch_stddev": True, "loss": "wgan"},
}

every_case = pytest.mark.parametrize("case", CASES)


def run(case: str = "vae", steps: int = 0, runs: int = 1, **fields: Any) -> Trainer:
    trainer = Trainer(RunConfig().updated(CASES[case] | fields), runs)
    trainer.advance(steps)
    return trainer


def look(trainer: Trainer, k: int = 0) -> PictureLook:
    seen = observe.look(*trainer.places[k])
    assert isinstance(seen, PictureLook)
    return seen


def leaves(state: Any) -> list[Any]:
    """All numbers of a state."""
    if isinstance(state, dict):
        state = list(state.values())
    if isinstance(state, list):
        return [leaf for part in state for leaf in leaves(part)]
    return [state.tolist()] if isinstance(state, Tensor) else [state]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Metrics of a few pictures, to be quick."""
    monkeypatch.setattr(package, "METRIC_SAMPLES", 300)
    monkeypatch.setattr(package, "STACKED_SAMPLES", 100)


# ---- looking


def test_a_run_is_looked_at_by_its_kind_of_data() -> None:
    points = Trainer(RunConfig())
    assert type(observe.look(*points.places[0])) is PlaneLook
    assert type(look(run())) is PictureLook


@every_case
@pytest.mark.usefixtures("few")
def test_looking_leaves_the_run_alone(case: str) -> None:
    """To the last bit of its state, the generators of random numbers included."""
    seen, unseen = run(case), run(case)
    for _ in range(3):
        before = leaves(seen.state_dict()["stacks"])
        seen.metrics()
        seen.generate(torch.randn(4, 3))
        looked = look(seen)
        assert looked.features is None or len(looked.features) == PictureLook.samples
        assert leaves(seen.state_dict()["stacks"]) == before
        seen.snapshot()
        assert leaves(seen.state_dict()["stacks"]) == before
        for trainer in (seen, unseen):
            trainer.advance()
    assert torch.equal(flats(seen), flats(unseen))


@every_case
def test_every_look_is_at_the_same_draws(case: str) -> None:
    """What moves between two looks is the run alone."""
    trainer = run(case)
    first, again = look(trainer), look(trainer)
    of_vae = [(seen.by_vae, seen.means_of_vae) for seen in (first, again)]
    trainer.advance(2)
    later = look(trainer)
    for seen in (again, later):
        assert torch.equal(seen.real, first.real)
        assert torch.equal(seen.z, first.z)
    assert torch.equal(again.fake, first.fake)
    assert not torch.equal(later.fake, first.fake)
    other = look(run(case, seed=1))
    assert not torch.equal(other.real, first.real)
    assert not torch.equal(other.z, first.z)
    shape = trainer.config.data.shape
    assert first.real.shape == first.fake.shape == (PictureLook.samples, *shape)
    if not trainer.config.vae.on:
        assert of_vae == [(None, None)] * 2
        return
    for one, other, moved in zip(*of_vae, (later.by_vae, later.means_of_vae), strict=True):
        assert torch.equal(one, other)
        assert not torch.equal(one, moved)
        assert one.shape == first.real.shape


def test_real_pictures_are_the_data_sets_own() -> None:
    seen = look(run())
    own = {bytes(picture) for picture in MNIST().pictures().flatten(1).numpy()}
    assert all(bytes(picture) in own for picture in pixels(seen.real).reshape(len(seen.real), -1))


@pytest.mark.parametrize("case", ["perceptrons", "vae"])
def test_a_look_does_not_draw_what_the_run_trains_with(case: str) -> None:
    """Its random numbers begin elsewhere than any of the run's own."""
    trainer = run(case)
    (stack,) = trainer.stacks
    players = [stack.draws_d, stack.draws_g] + ([stack.vae.draws] if stack.vae else [])
    seeds = [rng.initial_seed() for draws in players for rng in draws.rngs]
    assert len(set(seeds)) == len(seeds) == len(players)
    assert look(trainer).rng.initial_seed() not in seeds


def test_the_second_of_two_runs_is_seen_as_that_run() -> None:
    stacked, alone = run("perceptrons", 3, runs=2), run("perceptrons", 3, seed=1)
    assert len(stacked.stacks) == 1
    one, other = look(stacked, 1), look(alone)
    assert torch.equal(one.real, other.real)
    torch.testing.assert_close(one.fake, other.fake, rtol=0, atol=1e-5)
    assert one.d_accuracy == pytest.approx(other.d_accuracy, abs=1e-4)


def test_a_picture_does_not_depend_on_those_made_with_it() -> None:
    trainer = run("normalised", 2)
    z = 3 * torch.randn(5, 3, generator=Generator().manual_seed(0))
    made = trainer.generate(z)
    for i in range(5):
        torch.testing.assert_close(trainer.generate(z[i : i + 1])[0], made[i], rtol=0, atol=1e-5)
    in_training = trainer.stacks[0].generator.net(z[None])[0]
    assert not torch.allclose(in_training, made, atol=1e-3)


def test_accuracy_is_of_both_kinds_as_d_meets_them() -> None:
    """D sees batches of one kind, by whose moments it normalises."""
    trainer = run("normalised", 3)
    seen, net = look(trainer), trainer.stacks[0].critic.net
    with torch.no_grad():
        real, fake = (torch.sigmoid(net(x[None])[0, :, 0]) for x in (seen.real, seen.fake))
    expected = ((real > 0.5).double().mean() + (fake < 0.5).double().mean()).item() / 2
    assert seen.d_accuracy == (pytest.approx(expected), 0.5)
    assert 0 < expected < 1 or expected == 1


# ---- snapshots


def test_pixels_are_rounded_levels() -> None:
    x = torch.tensor([-1.0, 1.0, 0.0, -2.0, 3.0, math.nan, math.inf, -math.inf, 1 / 127.5 - 1])
    assert pixels(x).tolist() == [0, 255, 128, 0, 255, 0, 255, 0, 1]
    levels = torch.arange(256)
    assert pixels(levels / 127.5 - 1).tolist() == levels.tolist()
    assert pixels(x).dtype == np.uint8


@every_case
def test_a_snapshot_shows_what_is_looked_at(case: str) -> None:
    trainer = run(case, 3)
    seen, shown = look(trainer), trainer.snapshot()
    assert isinstance(shown, PictureSnapshot)
    assert (shown.step, shown.loss) == (3, trainer.config.loss)
    assert shown.fake.shape == shown.real.shape == (SHOWN, *trainer.config.data.shape)
    assert np.array_equal(shown.fake, pixels(seen.fake[:SHOWN]))
    assert np.array_equal(shown.real, pixels(seen.real[:SHOWN]))
    assert shown.d_accuracy == seen.d_accuracy[0]
    assert all(math.isfinite(x) for x in (shown.loss_d, shown.loss_g, shown.norm_d, shown.norm_g))
    assert (shown.verdict, shown.judged) == (None, 0)
    judged = trainer.config.data.name == "mnist"
    assert shown.floor == (perfect_verdict(judge(), LIVE_SAMPLES) if judged else None)
    names = ["sharpness", "variety"] + ["vae_sharpness"] * trainer.config.vae.on
    assert list(shown.told()) == names
    assert math.isnan(trainer.snapshot().loss_d), "the losses begin anew"


def test_a_snapshot_tells_of_the_vae() -> None:
    trainer = run("vae", 3)
    vae, seen = trainer.stacks[0].vae, look(trainer)
    assert vae
    assert seen.means_of_vae is not None
    loss, sigma = vae.loss(0), vae.sigma(0)
    view = trainer.snapshot().vae
    assert np.array_equal(view.samples, pixels(seen.means_of_vae[:SHOWN]))
    assert np.array_equal(view.reconstructed, pixels(vae.reconstruct(seen.real[:SHOWN], 0)))
    assert (view.loss, view.sigma) == (loss, sigma)
    assert 0 < view.sigma < 2
    assert run("dcgan").snapshot().vae is None


def test_a_run_that_diverged_can_still_be_shown() -> None:
    trainer = run("vae", 1)
    (stack,) = trainer.stacks
    for net in (
        stack.generator.net,
        stack.critic.net,
        stack.vae.decoder.net,
        stack.vae.encoder.net,
    ):
        net.flat.fill_(math.nan)
    assert trainer.diverged() == [True]
    shown = trainer.snapshot()
    assert not shown.fake.any()
    assert not shown.vae.samples.any()
    assert shown.real.any()


# ---- metrics

NAMES = {
    "mnist": (*PICTURE_METRICS, "sharpness", "variety", "d_accuracy"),
    "stacked_mnist": ("modes", "mode_kl", "sharpness", "variety", "d_accuracy"),
    "images": ("sharpness", "variety", "d_accuracy"),
}


def on(data: str) -> Trainer:
    drawings = torch.arange(16 * 28 * 28).sqrt().byte().view(16, 1, 28, 28)
    needs = {"images": {"data.key": hold(drawings)}}.get(data, {})
    return run("dcgan", **({"data.name": data} | needs))


@pytest.mark.parametrize("data", NAMES)
@pytest.mark.usefixtures("few")
def test_metrics_are_those_of_the_data(data: str) -> None:
    trainer = on(data)
    trainer.advance(1)
    found, floor = trainer.metrics(), observe.perfect(trainer.config.data)
    assert tuple(found) == tuple(floor) == NAMES[data]
    assert all(isinstance(value, int | float) and math.isfinite(value) for value in found.values())
    assert (floor["sharpness"], floor["variety"], floor["d_accuracy"]) == (1, 1, 0.5)
    assert trainer.metrics() == found
    assert (judge_of(trainer.config.data) is None) == (data != "mnist")


@pytest.mark.parametrize("net", ["generator", "discriminator"])
@pytest.mark.parametrize("data", NAMES)
def test_a_run_that_diverged_has_no_metrics(data: str, net: str) -> None:
    trainer = on(data)
    getattr(trainer.stacks[0], net).net.flat[0, 3] = math.nan
    assert trainer.metrics() == dict.fromkeys(NAMES[data])


def test_real_digits_are_near_the_floor() -> None:
    """They are of other people than the judge's, and read a little more."""
    trainer = run("perceptrons")
    look_at(trainer, digits(METRIC_SAMPLES))
    found, floor = trainer.metrics(), observe.perfect(MNIST())
    assert found["digits"] == floor["digits"] == 10
    assert 0 <= found["digit_kl"] < 0.005
    assert found["confident"] == pytest.approx(floor["confident"], abs=0.02)
    assert floor["frechet"] < found["frechet"] < floor["frechet"] + 4
    for name in ("precision", "recall", "density", "coverage"):
        assert found[name] == pytest.approx(floor[name], abs=0.06), name
    for name in ("sharpness", "variety"):
        assert found[name] == pytest.approx(1, abs=0.06), name


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda x: of_class(3, 300), {"digits": (1, 1), "digit_kl": (2, 2.5), "recall": (0, 0.3)}),
        (lambda x: 0.3 * x - 0.7, {"sharpness": (0.08, 0.1), "frechet": (20, math.inf)}),
        (lambda x: x[:1], {"variety": (0, 0), "coverage": (0, 0.01), "digits": (1, 1)}),
        (lambda x: torch.rand(len(x), 1, 28, 28) * 2 - 1, {"sharpness": (2, 9), "precision": (0, 0.1)}),
    ],
    ids=["one digit", "pale", "one picture", "noise"],
)  # fmt: skip
def test_what_is_wrong_with_pictures_is_told(
    wrong: Any, told: dict[str, tuple[float, float]]
) -> None:
    torch.manual_seed(0)
    trainer = run("perceptrons")
    look_at(trainer, wrong(digits(300)))
    found = trainer.metrics()
    for name, (low, high) in told.items():
        assert low <= found[name] <= high, (name, found[name])


def test_real_stacks_have_nearly_all_modes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as balls leave boxes that are not empty; the judge errs now and then."""
    monkeypatch.setattr(package, "STACKED_SAMPLES", 2500)
    trainer = run("stacked")
    look_at(trainer, StackedMNIST().sample(2500, Generator().manual_seed(2)))
    found, floor = trainer.metrics(), observe.perfect(StackedMNIST())
    known = perfect_stacked(2500)
    assert (floor["modes"], floor["mode_kl"]) == tuple(known)
    boxes = 1000 * (1 - 0.999**2500)
    assert found["modes"] == pytest.approx(boxes, abs=5 * math.sqrt(1000 * 0.08 * 0.92))
    assert found["mode_kl"] == pytest.approx(known.mode_kl, rel=0.15)
    assert found["sharpness"] == pytest.approx(1, abs=0.06)


@pytest.mark.usefixtures("few")
def test_colours_are_not_mixed_up() -> None:
    """Red digits of all kinds with green ones and blue twos are 10 modes, not 1,000."""
    trainer = run("stacked")
    red = torch.stack([of_class(digit, 1)[0] for digit in range(10)])
    look_at(
        trainer, torch.cat((red, of_class(1, 1).expand_as(red), of_class(2, 1).expand_as(red)), 1)
    )
    assert trainer.metrics()["modes"] == 10
    assert trainer.metrics()["mode_kl"] == pytest.approx(math.log(100))


def test_a_gan_of_stacks_trains() -> None:
    trainer = run("stacked", 4)
    assert trainer.diverged() == [False]
    assert trainer.snapshot().vae.samples.shape == (SHOWN, 3, 28, 28)


# ---- examinations


def finished(pieces: Iterator[None]) -> tuple[int, Verdict]:
    """How many pieces there were, and what was said at the end."""
    count = 0
    while True:
        try:
            next(pieces)
        except StopIteration as end:
            return count, end.value
        count += 1


@pytest.mark.parametrize("count", [1, PIECE - 1, PIECE, 300])
@pytest.mark.parametrize("of", ["generator", "vae"])
def test_an_examination_in_pieces_is_that_at_once(of: str, count: int) -> None:
    trainer = run("vae", 2)
    seen, made, vae = look(trainer), [], trainer.stacks[0].vae
    assert vae
    make = seen.generate if of == "generator" else partial(vae.generate, k=0)

    def watched(z: Tensor) -> Tensor:
        made.append(z)
        return make(z)

    pieces, said = finished(examine(seen, judge(), count, Latent(dim=3), watched))
    assert pieces == math.ceil(count / PIECE)
    assert [len(z) for z in made[:-1]] == [PIECE] * (pieces - 1)
    at_once = verdict(judge().features(make(torch.cat(made))), judge())
    assert said.samples == count
    for name in PICTURE_METRICS:
        expected = pytest.approx(getattr(at_once, name), rel=1e-4, abs=1e-6, nan_ok=True)
        assert getattr(said, name) == expected
    np.testing.assert_array_equal(said.shares, at_once.shares)
    # the same draws each time
    _, again = finished(examine(look(trainer), judge(), count, Latent(dim=3), make))
    assert again.frechet == pytest.approx(said.frechet, rel=1e-9, nan_ok=True)


def test_a_run_may_go_on_while_it_is_examined() -> None:
    """Where what makes the pictures is a copy, as in a live run."""
    still, moving = (run("average", 2) for _ in range(2))
    seen = look(moving)
    seen.g = seen.g.copy()
    pieces = examine(seen, judge(), 300, Latent(dim=3), seen.generate)
    next(pieces)
    moving.advance(3)
    _, said = finished(pieces)
    looked = look(still)
    _, expected = finished(examine(looked, judge(), 300, Latent(dim=3), looked.generate))
    assert said.frechet == expected.frechet
    assert said.confident == expected.confident


def test_metrics_are_of_the_noise_the_run_is_trained_with(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = run("perceptrons", **{"latent.prior": "one_hot_mixture"})
    drawn: list[Tensor] = []
    generate = PictureLook.generate
    monkeypatch.setattr(
        PictureLook, "generate", lambda look, z: drawn.append(z) or generate(look, z)
    )
    monkeypatch.setattr(package, "METRIC_SAMPLES", 300)
    trainer.metrics()
    z = torch.cat(drawn)
    assert z.shape == (300, 3)
    assert (z.amax(1) > 0.4).all()
    assert z.unique(dim=0).shape == z.shape
