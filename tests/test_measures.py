"""Each measure on runs of which its answer is known, on runs of all kinds, and on broken ones."""

import math
from typing import Any

import pytest
import torch

from ganplay.measures import COURSES, MEASURES
from ganplay.observe import Look, PictureLook, PlaneLook
from tests.truths import TRUTHS, look, players, trained


@pytest.mark.parametrize("name", MEASURES | COURSES)
def test_reads_what_is_known(name: str) -> None:
    pairs = list(TRUTHS[name]())
    assert len(pairs) > 2
    for seen, known in pairs:
        assert seen == known


def test_truths_are_of_what_there_is() -> None:
    assert TRUTHS.keys() == MEASURES.keys() | COURSES.keys()
    assert not MEASURES.keys() & COURSES.keys()
    for course in COURSES.values():
        assert set(course.of) <= MEASURES.keys()
        assert len(course.of) <= 2  # as many as a history has room for


WORLDS: dict[str, tuple[type[Look], dict[str, Any]]] = {
    "points": (PlaneLook, {"vae__on": True, "discriminator__hidden": (6, 5)}),
    "heavy tail": (PlaneLook, {"data__name": "heavy_tail", "discriminator__sees_log": True}),
    "pictures": (PictureLook, {"data__name": "mnist", "discriminator__hidden": (6, 5)}),
    "convolutions": (PictureLook, {
        "data__name": "mnist", "generator__kind": "dcgan", "discriminator__kind": "dcgan",
        "discriminator__hidden": (3, 4, 5), "discriminator__norm": "batch", "vae__on": True,
    }),
}  # fmt: skip
SEEN = [
    (name, world)
    for name, measure in MEASURES.items()
    for world, (look_of, _) in WORLDS.items()
    if issubclass(look_of, measure.of)
]
"""Each measure with all that it is a measure of."""


@pytest.mark.parametrize(("name", "world"), SEEN)
def test_looking_changes_nothing(name: str, world: str) -> None:
    looked, alone = (trained(5, **WORLDS[world][1]) for _ in range(2))
    first = MEASURES[name].value(look(looked))
    assert type(first) is float
    assert MEASURES[name].value(look(looked)) == pytest.approx(first, rel=0, nan_ok=True)
    ends = []
    for trainer in (looked, alone):
        trainer.advance(5)
        vae = trainer.stacks[0].vae
        more = (vae.encoder, vae.decoder) if vae else ()
        ends.append([player.net.flat for player in (*players(trainer), *more)])
    assert all(torch.equal(*pair) for pair in zip(*ends, strict=True))


UNUSUAL: dict[str, dict[str, Any]] = {
    "one layer": {"discriminator__hidden": (6,)},
    "no layers": {"discriminator__hidden": (), "generator__hidden": ()},
    "packs": {"aids__pack": 8, "batch_size": 16, "discriminator__hidden": (6, 5)},
    "odd packs": {"aids__pack": 3, "discriminator__hidden": (6, 5)},
    "waves": {"discriminator__fourier_features": 4, "discriminator__hidden": (6, 5)},
    "told of the batch": {"aids__minibatch_stddev": True, "discriminator__hidden": (6, 5)},
    "spectral norm": {"discriminator__spectral_norm": True, "discriminator__hidden": (6, 5)},
    "relativistic": {"loss": "relativistic", "discriminator__hidden": (6, 5)},
    "average": {"generator__ema": 0.9, "discriminator__hidden": (6, 5)},
    "no modes": {"data__name": "spiral", "discriminator__hidden": (6, 5)},
    "log": {"discriminator__sees_log": True},
    "vae": {"vae__on": True, "vae__variance": "learned", "latent__prior": "student_t"},
    "heavy tail": {"data__name": "heavy_tail"},
}
OF_PICTURES = {
    kind: {"data__name": "mnist"} | fields
    for kind, fields in UNUSUAL.items()
    if kind not in ("waves", "no modes", "heavy tail")
} | {
    "convolutions": WORLDS["convolutions"][1],
    "packs of convolutions": WORLDS["convolutions"][1] | {"aids__pack": 3},
    "half precision": {"data__name": "mnist", "discriminator__kind": "dcgan", "precision": "bfloat16"},
    "stacked": {"data__name": "stacked_mnist", "vae__on": True},
}  # fmt: skip
RUNS = [
    (name, kind, fields)
    for name, measure in MEASURES.items()
    for look_of, runs in ((PlaneLook, UNUSUAL), (PictureLook, OF_PICTURES))
    for kind, fields in runs.items()
    if issubclass(look_of, measure.of)
]


@pytest.mark.parametrize(("name", "kind", "fields"), RUNS, ids=lambda value: str(value)[:20])
def test_takes_any_run(name: str, kind: str, fields: dict[str, Any]) -> None:
    """As somebody may change the settings while a scene goes on."""
    assert type(MEASURES[name].value(look(trained(1, **fields)))) is float


@pytest.mark.parametrize(("name", "world"), SEEN)
def test_of_a_run_that_diverged_nothing_is_known(name: str, world: str) -> None:
    """So that no claim holds of it."""
    trainer = trained(0, **(WORLDS[world][1] | {"loss": "wgan"}))
    for player in players(trainer):
        player.net.flat.fill_(math.nan)
    vae = trainer.stacks[0].vae
    if vae:
        vae.decoder.net.flat.fill_(math.nan)
    assert math.isnan(MEASURES[name].value(look(trainer)))


def test_what_any_run_has_is_also_right_for_pictures() -> None:
    """D is linear, and G, by convolutions, normalises over the batch."""
    g = {"generator__kind": "dcgan", "generator__hidden": (4, 3), "generator__activation": "relu"}
    trainer = trained(3, data__name="mnist", discriminator__hidden=(), **g)
    seen = look(trainer)
    net, weight = trainer.stacks[0].generator.net, trainer.stacks[0].critic.net.leaves
    real, fake = (
        (x.flatten(1) @ weight[0][0, 0] + weight[1][0, 0]).detach() for x in (seen.real, seen.fake)
    )
    value = -(torch.sigmoid(real).log().mean() + (1 - torch.sigmoid(fake)).log().mean())
    known = math.log(2) - value.item() / 2
    assert MEASURES["estimate"].value(seen) == pytest.approx(known, rel=1e-9)

    z = seen.z.detach()
    norms = []
    for of_fake in (lambda p: torch.log(1 - p), lambda p: -torch.log(p)):
        made = net(z[None])[0].flatten(1)  # by the moments of these, as in training
        said = torch.sigmoid(made @ weight[0][0, 0] + weight[1][0, 0])
        slopes = torch.autograd.grad(of_fake(said).mean(), net.leaves)
        norms.append(math.sqrt(sum(slope.square().sum().item() for slope in slopes)))
    ratio = norms[0] / norms[1]
    assert not 0.98 < ratio < 1.02
    assert MEASURES["gradient_ratio"].value(seen) == pytest.approx(ratio, rel=1e-9)


def test_at_clip_is_of_kernels_and_not_of_normalisations() -> None:
    trainer = trained(0, **(WORLDS["convolutions"][1] | {"discriminator__clip": 0.5}))
    net = trainer.stacks[0].critic.net
    with torch.no_grad():
        net.flat.fill_(0.1)
        for leaf in (*net.leaves[1::2], *net.leaves[net.weights.stop :]):
            leaf.fill_(0.5)
        net.leaves[2][0, 0, 0] = -0.5  # a kernel of 4 by 4
    weights = sum(leaf.numel() for leaf in net.leaves[net.weights][::2])
    assert MEASURES["at_clip"].value(look(trainer)) == pytest.approx(16 / weights)


def test_a_course_of_what_is_not_known_is_not_known() -> None:
    for name, course in COURSES.items():
        values = {measure: [1.0, math.nan, 2.0] for measure in course.of}
        assert math.isnan(course.value(values)), name


def test_what_stands_still_goes_with_nothing() -> None:
    course = COURSES["correlation"].value
    assert math.isnan(course({"estimate": [math.log(2)] * 5, "emd": [5.0, 4.0, 3.0, 2.0, 1.0]}))
