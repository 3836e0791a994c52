"""The next iteration told in advance: it comes true bit for bit, and its numbers are those of plain PyTorch."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose
from torch import Tensor

import ganplay.anatomy.trace
from ganplay.anatomy.moments import Parts, Trace, Update
from ganplay.anatomy.trace import SHOWN, parts, trace
from ganplay.config import RunConfig
from ganplay.losses import LOSSES
from ganplay.nets import ACTIVATIONS
from ganplay.observe import look
from ganplay.optimizers import OPTIMIZERS
from ganplay.trainer import Trainer
from tests.plain import LOSSES as PLAIN_LOSSES
from tests.plain import Plain
from tests.runs import AIDS, flats

SCHEMES: dict[str, dict[str, Any]] = {
    f"{d}:{g} {updates}": {
        "discriminator.steps": d,
        "generator.steps": g,
        "updates": updates,
    }
    for d, g in ((1, 1), (5, 1), (1, 5), (0, 2), (2, 0))
    for updates in ("alternating", "simultaneous")
}

every_scheme = pytest.mark.parametrize("scheme", SCHEMES)
every_loss = pytest.mark.parametrize("loss", LOSSES)


def small(**fields: Any) -> RunConfig:
    return RunConfig().updated(
        {
            "batch_size": 24, "generator.hidden": (8,), "discriminator.hidden": (8, 8),
            "discriminator.lr": 0.01, "generator.lr": 0.01, **fields,
        }
    )  # fmt: skip


# ---- it comes true


@pytest.fixture
def twins(monkeypatch: pytest.MonkeyPatch) -> list[Trainer]:
    """The copies on which traces are made."""
    made: list[Trainer] = []

    class Kept(Trainer):
        def __init__(self, *args: Any, **options: Any):
            super().__init__(*args, **options)
            made.append(self)

    monkeypatch.setattr(ganplay.anatomy.trace, "Trainer", Kept)
    return made


def foretold(config: RunConfig, twins: list[Trainer]) -> Trace:
    """What is foretold after three iterations, once it has come true."""
    trainer, alone = Trainer(config), Trainer(config)
    trainer.advance(3)
    alone.advance(3)
    found = trace(trainer)
    (twin,) = twins
    trainer.advance(1)
    assert torch.equal(flats(twin), flats(trainer))
    alone.advance(1)
    assert torch.equal(flats(alone), flats(trainer)), "the run was touched"
    trainer.advance(1)
    alone.advance(1)
    assert torch.equal(flats(alone), flats(trainer)), "its random numbers were touched"
    return found


@every_scheme
@every_loss
def test_it_comes_true(loss: str, scheme: str, twins: list[Trainer]) -> None:
    config = small(loss=loss, **SCHEMES[scheme])
    found = foretold(config, twins)
    assert found.step == 4
    counts = config.discriminator.steps, config.generator.steps
    players = [update.player for update in found.updates]
    assert (players.count("discriminator"), players.count("generator")) == counts


@pytest.mark.parametrize("aid", AIDS)
def test_it_comes_true_with_every_aid(aid: str, twins: list[Trainer]) -> None:
    found = foretold(small(**{"discriminator.steps": 2} | AIDS[aid]), twins)
    assert all(np.isfinite(update.loss) for update in found.updates)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_it_comes_true_by_hand_and_by_autograd(
    optimizer: str, activation: str, twins: list[Trainer]
) -> None:
    own = {"optimizer": optimizer, "activation": activation, "steps": 2}
    fields = {f"{p}.{n}": v for p in ("generator", "discriminator") for n, v in own.items()}
    foretold(small(**fields, **{"penalty.name": "r1_r2"}), twins)


@pytest.mark.parametrize(
    "fields",
    [
        {"vae.on": True},
        {"latent.dim": 1},
        {"latent.dim": 2, "latent.prior": "uniform"},
        {"data.name": "line", "generator.kind": "shift", "latent.dim": 1},
        {"generator.ema": 0.9},
        {"generator.hidden": (), "discriminator.hidden": ()},
        {"batch_size": 600, "aids.pack": 3},
    ],
    ids=str,
)
def test_it_comes_true_for_unusual_runs(fields: dict[str, Any], twins: list[Trainer]) -> None:
    foretold(small(**fields), twins)


# ---- its numbers


def compared(config: RunConfig, before: int = 2) -> None:
    """Every number of every update, beside a loop in plain PyTorch."""
    trainer = Trainer(config, dtype=torch.float64)
    trainer.advance(before)
    plain = Plain(trainer)
    for _ in range(before):
        plain.iterate()
    found = trace(trainer)
    at: dict[int, dict[str, Parts]] = {}
    for moment in found.moments:
        at.setdefault(moment.update, {})[moment.stage] = moment.parts
    waiting: list[tuple[int, Tensor]] = []
    for place, update in enumerate(found.updates):
        which = int(update.player == "generator")
        own = at[place]
        value, norm = differentiate(plain, which, update, own)
        assert_allclose([update.loss, update.norm], [value, norm], rtol=1e-6)
        assert_allclose(sum(update.terms) + update.penalty, update.loss, rtol=1e-6)
        waiting.append((place, which))
        last = place + 1 == len(found.updates)
        is_pair = config.updates == "simultaneous" and not which and not last
        if is_pair and found.updates[place + 1].player == "generator":
            continue  # both are differentiated before either moves
        for each, mover in waiting:
            flat = of(plain, mover)
            plain.step(mover)
            assert_allclose(found.updates[each].size, flat.norm(), rtol=1e-6)
            assert_allclose(found.updates[each].moved, (of(plain, mover) - flat).norm(), rtol=1e-5)
        waiting.clear()
    trainer.advance(1)
    assert_allclose(flats(trainer)[0], plain.flat().detach(), rtol=1e-7, atol=1e-9)


def of(plain: Plain, which: int) -> Tensor:
    return torch.cat([p.detach().flatten() for p in plain.parameters[which]]).clone()


def differentiate(
    plain: Plain, which: int, update: Update, own: dict[str, Parts]
) -> tuple[float, float]:
    """The loss and the norm of its gradient by one's own weights, which the optimizer is given; what
    lies on the way is compared at once."""
    drawn = []
    for draws in (plain.draws_d, plain.draws_g):
        draws.next = lambda next=draws.next: drawn.append(next()) or drawn[-1]  # type: ignore[method-assign]
    loss = plain.losses(which)
    for draws in (plain.draws_d, plain.draws_g):
        del draws.next
    (batch,) = drawn
    d, g = plain.nets
    fake = g(batch.z[0]) + (0 if batch.noise is None else batch.noise[0])
    f = d(fake)[:, 0]
    is_score = not LOSSES[plain.config.loss].probability
    assert_allclose(own["draw"].z, batch.z[0, :SHOWN], rtol=1e-6)
    assert_allclose(own["generate"].fake, fake.detach()[:SHOWN], rtol=1e-5, atol=1e-6)
    said = f if is_score else f.sigmoid()
    assert_allclose(own["judge"].says_fake, said.detach(), rtol=1e-5, atol=1e-6)
    if batch.real is not None:
        r = d(batch.real[0])[:, 0]
        assert_allclose(own["draw"].real, batch.real[0, :SHOWN], rtol=1e-6)
        said = r if is_score else r.sigmoid()
        assert_allclose(own["judge"].says_real, said.detach(), rtol=1e-5, atol=1e-6)
    if which:
        x = fake.detach().requires_grad_()
        r = None if batch.real is None else d(batch.real[0]).detach()
        value = PLAIN_LOSSES[plain.config.loss][1](r, d(x))
        (slope,) = torch.autograd.grad(value * len(f), x)
        assert_allclose(own["points"].arrows, -slope[:SHOWN], rtol=1e-5, atol=1e-7)
        assert_allclose(own["points"].tails, own["generate"].fake)
        assert_allclose(update.arrow, slope.norm(dim=1).mean(), rtol=1e-6)
    parameters = plain.parameters[which]
    gradients = torch.autograd.grad(loss, parameters, materialize_grads=True)
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    assert_allclose(update.steepest, flat.abs().max(), rtol=1e-6)
    assert update.weights == len(flat)
    assert update.lr == plain.optimizers[which].param_groups[0]["lr"]
    return float(loss.detach()), float(flat.norm())


@every_loss
@every_scheme
def test_its_numbers_are_those_of_plain_pytorch(loss: str, scheme: str) -> None:
    compared(small(loss=loss, **SCHEMES[scheme]))


@pytest.mark.parametrize("penalty", ["gp", "r1", "r2", "r1_r2"])
@pytest.mark.parametrize("every", [1, 3])
def test_the_penalty_is_told_apart(penalty: str, every: int) -> None:
    fields = {"penalty.name": penalty, "penalty.weight": 3.0, "penalty.every": every}
    compared(small(**fields, **{"discriminator.steps": 2}))
    trainer = Trainer(small(**fields))
    shares = []
    for _ in range(4):
        shares.append(trace(trainer).updates[0].penalty)
        trainer.advance(1)
    due = [step % every == 0 for step in range(4)]
    assert [share > 0 for share in shares] == due
    assert not any(share for share, is_due in zip(shares, due, strict=True) if not is_due)


def test_numbers_are_of_the_whole_batch_where_not_all_of_it_is_kept() -> None:
    compared(small(batch_size=2 * SHOWN))
    parts_of_it = trace(Trainer(small(batch_size=2 * SHOWN))).moments[-1].parts
    assert len(parts_of_it.z) == len(parts_of_it.fake) == len(parts_of_it.arrows) == SHOWN
    assert len(parts_of_it.says_fake) == 2 * SHOWN


@pytest.mark.parametrize("fields", [{"loss": "relativistic"}, {"aids.unroll": 1}, {}], ids=str)
def test_real_points_of_gs_turn_are_those_that_it_sees(fields: dict[str, Any]) -> None:
    found = trace(Trainer(small(**fields)))
    reals = [moment.parts.real for moment in found.moments if moment.stage == "draw"]
    assert np.array_equal(*reals) is not bool(fields)


@pytest.mark.parametrize("aid", ["aids.instance_noise", "generator.ema"])
def test_it_is_of_what_is_trained_and_of_what_d_sees(aid: str) -> None:
    compared(small(**{aid: 0.4}))


@pytest.mark.parametrize("unroll", [0, 2])
@pytest.mark.parametrize("pack", [1, 3])
def test_arrows_carried_on_through_g_are_its_gradient(unroll: int, pack: int) -> None:
    """The chain rule: the points' arrows, pulled back through a plain G, give the norm by the weights."""
    config = small(**{"aids.unroll": unroll, "aids.pack": pack})
    trainer = Trainer(config, dtype=torch.float64)
    trainer.advance(2)
    g = trainer.stacks[0].generator.net.copy()
    found = trace(trainer)
    moment = next(m for m in found.moments if m.stage == "points")
    z = torch.from_numpy(moment.parts.z).double()
    by_point = -torch.from_numpy(moment.parts.arrows).double() / (len(z) / pack)
    pulled = torch.autograd.grad(g(z[None])[0], g.leaves, by_point)
    norm = torch.cat([each.flatten() for each in pulled]).norm()
    assert_allclose(found.updates[moment.update].norm, norm, rtol=1e-5)


def test_an_update_is_told_with_what_it_brought() -> None:
    """Plain descent with a small step lowers the loss by lr |gradient|^2 (first order)."""
    own = {"optimizer": "sgd", "lr": 1e-4}
    fields = {f"{p}.{n}": v for p in ("generator", "discriminator") for n, v in own.items()}
    trainer = Trainer(small(**fields), dtype=torch.float64)
    for update in trace(trainer).updates:
        assert_allclose(update.moved, 1e-4 * update.norm, rtol=1e-6)
        assert_allclose(update.loss - update.after, 1e-4 * update.norm**2, rtol=0.02)


# ---- the order of the moments

WHOLE_D = ["draw", "generate", "judge", "loss", "gradient", "update"]
WHOLE_G = ["draw", "generate", "judge", "loss", "points", "gradient", "update"]


def test_alternating_updates_come_one_after_the_other() -> None:
    found = trace(Trainer(small(**SCHEMES["5:1 alternating"])))
    stages = [(moment.update, moment.stage) for moment in found.moments]
    expected = [(i, stage) for i in range(5) for stage in WHOLE_D] + [(5, s) for s in WHOLE_G]
    assert stages == expected
    assert [(u.number, u.of) for u in found.updates] == [*((i + 1, 5) for i in range(5)), (1, 1)]


def test_simultaneous_updates_wait_for_each_other() -> None:
    found = trace(Trainer(small(**SCHEMES["1:5 simultaneous"])))
    stages = [(moment.update, moment.stage) for moment in found.moments]
    both = [*((0, s) for s in WHOLE_D[:-1]), *((1, s) for s in WHOLE_G[:-1])]
    assert stages[: len(both) + 2] == [*both, (0, "update"), (1, "update")]
    assert stages[len(both) + 2 :] == [(i, stage) for i in range(2, 6) for stage in WHOLE_G]


def test_nothing_changes_but_what_a_stage_makes() -> None:
    changes = {
        "draw": {"z", "real"}, "generate": {"fake"}, "judge": {"says_real", "says_fake"},
        "loss": set(), "points": {"tails", "arrows"}, "gradient": set(), "update": {"surface", "warp"},
    }  # fmt: skip
    found = trace(Trainer(small(**SCHEMES["5:1 alternating"])))
    last = found.before
    for moment in found.moments:
        new = {n for n, v in vars(moment.parts).items() if v is not getattr(last, n)}
        assert new <= changes[moment.stage], moment.stage
        assert bool(new) == bool(changes[moment.stage])
        last = moment.parts


# ---- the parts at rest


def test_before_it_all_parts_are_as_they_stand() -> None:
    trainer = Trainer(small())
    trainer.advance(2)
    found = trace(trainer)
    for name, value in vars(parts(trainer)).items():
        assert np.array_equal(getattr(found.before, name), value), name
    trainer.advance(1)
    after = parts(trainer)
    assert np.array_equal(found.moments[-1].parts.warp, after.warp)
    assert np.array_equal(found.moments[-1].parts.surface, after.surface)


@pytest.mark.parametrize("aid", [name for name in AIDS if name != "average"])
def test_parts_at_rest_are_those_of_a_snapshot(aid: str) -> None:
    trainer = Trainer(small(**{"batch_size": 48} | AIDS[aid]))
    trainer.advance(3)
    found, seen = parts(trainer), look(*trainer.places[0])
    count = len(found.fake)
    assert count > 250
    assert_allclose(found.fake, seen.fake[:count], atol=1e-6)
    assert_allclose(found.real, seen.real[:count], atol=1e-6)
    if not trainer.config.aids.minibatch_stddev:  # of the batch, which is another
        snapshot = trainer.snapshot()
        assert_allclose(found.arrows[:60], snapshot.arrows[:60], rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize(
    ("prior", "dim", "shape"), [("normal", 1, (1, 25)), ("uniform", 2, (25, 25)), ("normal", 4, (25, 25))]
)  # fmt: skip
def test_the_grid_of_noise_is_sent_through_g(prior: str, dim: int, shape: tuple[int, int]) -> None:
    trainer = Trainer(small(**{"latent.prior": prior, "latent.dim": dim}))
    trainer.advance(2)
    found = parts(trainer)
    assert found.grid.shape == found.warp.shape == (*shape, 2)
    reach = 1.0 if prior == "uniform" else 2.5
    assert_allclose(found.grid[0, [0, -1], 0], (-reach, reach))
    z = torch.zeros(1, dim)
    for row, column in ((0, 3), (shape[0] - 1, 20)):
        z[0, : min(2, dim)] = torch.from_numpy(found.grid[row, column, : min(2, dim)])
        assert_allclose(found.warp[row, column], trainer.generate(z)[0].detach(), atol=1e-6)
