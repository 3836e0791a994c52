"""What helps a run along: the decay of the learning rate, the running average of G's weights."""

import pytest
import torch

from ganplay.config import RunConfig
from ganplay.trainer import Trainer

SMALL = {"generator.hidden": "8", "discriminator.hidden": "8", "batch_size": 16}


def trainer(runs: int = 1, **fields: object) -> Trainer:
    return Trainer(RunConfig().updated(SMALL | fields), runs, dtype=torch.float64)


@pytest.mark.parametrize("net", ["generator", "discriminator"])
def test_a_falling_rate_is_that_of_changes_by_hand(net: str) -> None:
    falling = trainer(**{f"{net}.lr_decay": "linear", f"{net}.steps_total": 4, f"{net}.lr": 0.08})
    by_hand = trainer(**{f"{net}.lr": 0.08})
    for lr in (0.08, 0.06, 0.04, 0.02):
        by_hand.change(**{f"{net}.lr": lr})
        falling.advance()
        by_hand.advance()
        for ours, theirs in zip(flats(falling), flats(by_hand), strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-14)


def test_at_its_end_a_net_stands_still_and_the_other_goes_on() -> None:
    run = trainer(**{"generator.lr_decay": "linear", "generator.steps_total": 3})
    run.advance(3)
    g, d = flats(run)
    run.advance(5)
    assert torch.equal(flats(run)[0], g)
    assert not torch.equal(flats(run)[1], d)


def test_average_is_the_sum_written_out_and_leaves_training_alone() -> None:
    averaged, plain = trainer(2, **{"generator.ema": 0.7}), trainer(2)
    expected = plain.generator.net.flat.clone()
    for _ in range(6):
        averaged.advance()
        plain.advance()
        expected = 0.7 * expected + 0.3 * plain.generator.net.flat
    assert torch.equal(averaged.generator.net.flat, plain.generator.net.flat)
    torch.testing.assert_close(averaged.shown.flat, expected, rtol=1e-12, atol=1e-14)


def test_average_is_what_is_looked_at() -> None:
    run = trainer(**{"generator.ema": 0.99})
    z = torch.randn(50, 4, dtype=torch.float64)
    before = run.generate(z)
    run.advance(20)
    slow = (run.generate(z) - before).norm()
    run.change(**{"generator.ema": 0})
    assert slow < 0.5 * (run.generate(z) - before).norm()
    assert run.shown is run.generator.net


def test_average_begins_at_the_present_weights_and_follows_the_activation() -> None:
    run = trainer()
    run.advance(5)
    z = torch.randn(50, 4, dtype=torch.float64)
    before = run.generate(z)
    run.change(**{"generator.ema": 0.9})
    assert torch.equal(run.generate(z), before)
    run.change(**{"generator.activation": "tanh"})
    assert not torch.equal(run.generate(z), before)


def test_state_holds_the_average() -> None:
    run = trainer(**{"generator.ema": 0.9, "generator.lr_decay": "linear"})
    run.advance(4)
    other = trainer(seed=0)
    other.load_state_dict(run.state_dict())
    run.advance(3)
    other.advance(3)
    assert torch.equal(run.shown.flat, other.shown.flat)
    assert all(torch.equal(a, b) for a, b in zip(flats(run), flats(other), strict=True))


def test_a_good_gan_with_r1_decay_and_average() -> None:
    """Seven of eight seeds: all modes, quality of .85 and more, evenly hit (no mode apart)."""
    fields = {"penalty.name": "r1", "penalty.weight": 0.1, "generator.ema": 0.99}
    for net in ("generator", "discriminator"):
        fields |= {f"{net}.lr": 1e-2, f"{net}.lr_decay": "linear", f"{net}.steps_total": 1500}
        fields |= {f"{net}.beta1": 0.0, f"{net}.beta2": 0.99}
    run = Trainer(RunConfig().updated(fields), runs=8)
    run.advance(1500)
    results = [run.metrics(k) for k in range(8)]
    good = [m["modes"] == 8 and m["high_quality"] >= 0.85 and m["mode_kl"] < 0.02 for m in results]
    assert sum(good) >= 7


def flats(run: Trainer) -> tuple[torch.Tensor, torch.Tensor]:
    return run.generator.net.flat.clone(), run.discriminator.net.flat.clone()
