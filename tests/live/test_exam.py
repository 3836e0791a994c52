"""The judge's exam: of the weights it began with, a piece at a time, for a tenth of the time."""

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from ganplay import observe
from ganplay.config import RunConfig
from ganplay.data.images import hold
from ganplay.history import JUDGED
from ganplay.live.exam import Verdicts, examination
from ganplay.live.run import UNJUDGED, Run
from ganplay.metrics.judge import judge
from ganplay.metrics.pictures import PICTURE_METRICS, verdict
from ganplay.observe.pictures import PIECE
from ganplay.trainer import Trainer

COUNT = 3 * PIECE + 10
"""Pictures of an exam here: some pieces and a bit."""


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exams, and the metrics they are held to, of so many pictures."""
    monkeypatch.setattr("ganplay.live.exam.LIVE_SAMPLES", COUNT)
    monkeypatch.setattr("ganplay.observe.pictures.METRIC_SAMPLES", COUNT)


def concluded(
    exam: Generator[None, None, Verdicts | None], meanwhile: Callable[[], object] = lambda: None
) -> tuple[Verdicts | None, int]:
    """What an exam says in the end, and after how many pieces."""
    pieces = 0
    while True:
        try:
            next(exam)
        except StopIteration as end:
            return end.value, pieces
        pieces += 1
        meanwhile()


@pytest.fixture
def config(request: pytest.FixtureRequest, kind: str) -> RunConfig:
    net, _, more = kind.partition("+")
    given: RunConfig = request.getfixturevalue(net)
    fields = {"ema": {"generator.ema": 0.9}, "t": {"latent.prior": "student_t"}, "": {}}
    return given.updated(fields[more])


every_kind = pytest.mark.parametrize(
    "kind", ["digits", "digits+ema", "digits+t", "convolutions", "convolutions+ema"]
)


@every_kind
def test_a_verdict_is_what_the_metrics_say_of_the_weights_it_began_with(config: RunConfig) -> None:
    trainer = Trainer(config)
    trainer.advance(4)
    known = trainer.metrics()
    found, pieces = concluded(examination(trainer), trainer.advance)
    assert found
    assert (found.step, trainer.step, pieces) == (4, 8, 4)
    assert {name: getattr(found.of_g, name) for name in PICTURE_METRICS} == pytest.approx(
        {name: known[name] for name in PICTURE_METRICS}
    )
    assert found.of_g.samples == COUNT
    assert found.of_vae is None
    assert trainer.metrics()["frechet"] != pytest.approx(known["frechet"], rel=1e-4)


@pytest.mark.parametrize("kind", ["digits", "convolutions+ema"])
def test_a_vae_is_judged_by_its_decoder_of_that_moment(config: RunConfig) -> None:
    config = config.updated({"vae.on": True, "latent.prior": "uniform"})
    trainer, twin = Trainer(config), Trainer(config)
    for each in (trainer, twin):
        each.advance(4)
    found, pieces = concluded(examination(trainer), trainer.advance)
    assert found
    assert pieces == 8
    (stack,) = twin.stacks
    rng = torch.Generator().manual_seed(twin.config.seed + (5 << 32))
    sizes = (min(PIECE, COUNT - first) for first in range(0, COUNT, PIECE))
    z = [torch.randn((n, config.latent.dim), generator=rng) for n in sizes]
    made = torch.cat([stack.vae.generate(part, 0) for part in z])
    known = verdict(judge().features(made), judge())
    assert found.of_vae
    for name in PICTURE_METRICS:
        assert getattr(found.of_vae, name) == pytest.approx(getattr(known, name), rel=1e-5), name
    assert found.of_vae.frechet != pytest.approx(found.of_g.frechet)
    again, _ = concluded(examination(twin))
    assert again
    assert again.told() == pytest.approx(found.told()), "it depends on what happened meanwhile"


@every_kind
def test_an_exam_changes_nothing(config: RunConfig) -> None:
    config = config.updated({"vae.on": True})
    examined, twin = Trainer(config), Trainer(config)
    for trainer in (examined, twin):
        trainer.advance(2)
    concluded(examination(examined), examined.advance)
    twin.advance(examined.step - 2)
    ours, theirs = (tensors(trainer.state_dict()["stacks"]) for trainer in (examined, twin))
    assert len(ours) > 10
    assert all(torch.equal(*pair) for pair in zip(ours, theirs, strict=True))


def tensors(tree: Any) -> list[torch.Tensor]:
    parts = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    own = [tree] if isinstance(tree, torch.Tensor) else []
    return own + [tensor for part in parts for tensor in tensors(part)]


@pytest.mark.parametrize("data", ["ring", "images", "stacked_mnist"])
def test_what_no_judge_knows_is_not_judged(data: str, digits: RunConfig) -> None:
    key = hold(torch.randint(0, 256, (20, 1, 28, 28), dtype=torch.uint8))
    needs = {"images": {"data.key": key}}.get(data, {})
    trainer = Trainer(digits.updated({"data.name": data} | needs))
    assert concluded(examination(trainer)) == (None, 0)


def test_it_is_told_as_a_history_keeps_it(digits: RunConfig) -> None:
    trainer = Trainer(digits.updated({"vae.on": True}))
    found, _ = concluded(examination(trainer))
    assert found
    assert found.told().keys() == set(JUDGED)
    g, vae = found.of_g, found.of_vae
    assert vae
    known = {"frechet": g.frechet, "confident": g.confident, "coverage": g.coverage}
    assert found.told() == known | {"vae_frechet": vae.frechet}
    assert replace(found, of_vae=None).told() == known


def test_it_is_put_into_a_snapshot(digits: RunConfig, small: RunConfig) -> None:
    trainer = Trainer(digits.updated({"vae.on": True}))
    trainer.advance(3)
    found, _ = concluded(examination(trainer))
    assert found
    before = trainer.snapshot()
    snapshot = found.put_into(before)
    assert (snapshot.verdict, snapshot.judged) == (found.of_g, 3)
    assert snapshot.vae.verdict is found.of_vae
    assert snapshot.floor is before.floor
    assert snapshot.fake is before.fake
    points = Trainer(small).snapshot()
    assert found.put_into(points) is points


# ---- in a run, by a clock turned by hand

LAST = 0.05
"""Seconds of an exam's last piece."""


@pytest.mark.parametrize(("piece", "pieces"), [(0.02, 16), (0.003, 16), (0.1, 32)])
def test_it_takes_a_tenth_of_the_time(
    piece: float, pieces: int, digits: RunConfig, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run("a", digits)
    run.trainer.advance()
    some, _ = concluded(examination(run.trainer))
    begun: list[float] = []

    def slow(trainer: Trainer, run: int) -> Generator[None, None, Verdicts | None]:
        begun.append(clock.now)
        for _ in range(pieces):
            clock.now += piece
            yield
        clock.now += LAST
        return some

    monkeypatch.setattr("ganplay.live.past.examination", slow)
    run.play()
    start, spent = clock.now, 0.0
    while len(begun) < 5:
        clock.now += 0.008  # of training
        before = clock.now
        run.examine()
        spent += clock.now - before
    assert run.pasts[0].verdicts is some
    portion = spent / (clock.now - start)
    assert 0.08 < portion < 0.13
    rests = np.diff(begun)[1:]  # what the last piece takes is made up for after the next exam
    assert rests.std() < 0.1 * rests.mean()


def test_a_new_run_is_not_judged_at_once(digits: RunConfig, clock: Any) -> None:
    """There is nothing but noise yet; one that goes on is."""
    run = Run("a", digits)
    run.play()
    clock.now += UNJUDGED - 0.01
    run.examine()
    assert run.pasts[0]._exam is None
    clock.now += 0.02
    run.examine()
    assert run.pasts[0]._exam is not None
    run.reset(digits)
    assert run.pasts[0]._exam is None
    trainer = Trainer(digits)
    trainer.advance()
    loaded = Run("b", digits, trainer=trainer)
    loaded.play()
    loaded.examine()
    assert loaded.pasts[0]._exam is not None


def test_a_run_without_a_judge_is_asked_once(
    small: RunConfig, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = []
    look = observe.look
    monkeypatch.setattr(observe, "look", lambda *place: looked.append(place) or look(*place))
    run = Run("a", small)
    run.play()
    looked.clear()
    clock.now += UNJUDGED + 1
    for _ in range(20):
        run.examine()
        clock.now += 10
    assert len(looked) == 1
    assert run.pasts[0].verdicts is None
