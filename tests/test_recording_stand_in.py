"""What a recording does around its CUDA graph, on any machine: a stand-in for the graph plays again
where the real one replays."""

import math
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from ganplay.config import RunConfig
from ganplay.recording import WARM_UP, Recording
from ganplay.stack import Stack
from ganplay.trainer import Trainer

CASES: dict[str, dict[str, Any]] = {
    "plain": {},
    "five critics with gp": {
        "loss": "wgan", "penalty.name": "gp", "discriminator.steps": 5, "aids.instance_noise": 0.1,
    },
    "paired": {"loss": "relativistic", "penalty.name": "r1_r2"},
    "turns": {"updates": "simultaneous", "discriminator.steps": 1, "generator.steps": 2},
    "frozen": {"discriminator.steps": 0},
    "autograd": {"aids.unroll": 1, "discriminator.spectral_norm": True, "generator.ema": 0.9},
    "lazy": {"penalty.name": "r1", "penalty.every": 3},
    "lazy between": {"penalty.name": "gp", "penalty.every": 2, "generator.activation": "silu"},
    "beside a vae": {"vae.on": True, "vae.variance": "learned", "generator.ema": 0.5},
    "pictures": {"data.name": "mnist", "penalty.name": "r1", "penalty.every": 2},
    "convolutions": {
        "data.name": "mnist", "generator.kind": "dcgan", "discriminator.kind": "dcgan",
        "discriminator.norm": "batch", "discriminator.hidden": (3, 4), "generator.hidden": (4, 3),
        "penalty.name": "r1", "generator.ema": 0.99,
    },
}  # fmt: skip


def state(stack: Stack) -> list[Tensor]:
    players = (stack.generator, stack.discriminator)
    tensors = [player.net.flat for player in players] + [stack.shown.flat]
    tensors += [t for p in players for t in (*p.optimizer.moments, p.optimizer.count)]
    return [*tensors, *(stack.critic.directions or [])]


class Graph:
    """Replays by playing: the results go where those of the recording are."""

    def __init__(self, stack: Stack):
        self.stack, self.replays = stack, 0

    def replay(self) -> None:
        self.replays += 1
        recording = self.stack._plays[self.stack.game.due]
        count = self.stack.config.discriminator.steps
        assert isinstance(recording, Recording)
        inputs = recording._inputs
        again = recording._play(inputs[:count], inputs[count:])
        for mine, new in zip(recording._found, again, strict=True):
            for target, source in zip(mine or (), new or (), strict=True):
                if target is not None:
                    target.copy_(source)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes a stack record."""
    graphs: list[Graph] = []

    def record(stack: Stack) -> list[Graph]:
        @contextmanager
        def capture(graph: Graph) -> Iterator[None]:
            """Recording plays nothing: what it did is taken back."""
            before = [tensor.clone() for tensor in state(stack)]
            yield
            for tensor, old in zip(state(stack), before, strict=True):
                tensor.copy_(old)

        def new_graph() -> Graph:
            graphs.append(Graph(stack))
            return graphs[-1]

        stream = SimpleNamespace(wait_stream=lambda other: None)
        for name, stand_in in (
            ("Stream", lambda: stream),
            ("current_stream", lambda: stream),
            ("stream", lambda which: nullcontext()),
            ("CUDAGraph", new_graph),
            ("graph", capture),
        ):
            monkeypatch.setattr(torch.cuda, name, stand_in)
        stack._plays = {due: Recording(play) for due, play in stack._plays.items()}
        # as on a GPU, where a recording reads them anew
        stack._share = torch.zeros((), dtype=torch.float64)
        return graphs

    return record


@pytest.mark.parametrize("case", CASES)
def test_a_recorded_run_is_the_played_one(case: str, small: RunConfig, recorded: Any) -> None:
    config = small.updated(CASES[case] | {"generator.lr_decay": "linear"})
    runs = 1 if config.generator.kind == "dcgan" else 2
    played, replayed = (Trainer(config, runs, dtype=torch.float64) for _ in range(2))
    (graphs,) = [recorded(stack) for stack in replayed.stacks]
    for trainer in (played, replayed):
        trainer.advance(12)
    every = config.penalty.every
    now, else_ = math.ceil(12 / every), 12 - math.ceil(12 / every)
    assert sorted(graph.replays for graph in graphs) == sorted(
        count - WARM_UP for count in (now, else_) if count > WARM_UP
    )
    for mine, other in zip(*(state(t.stacks[0]) for t in (replayed, played)), strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-12, atol=1e-12)
    reads = [trainer.stacks[0].meter.read(runs - 1) for trainer in (played, replayed)]
    assert reads[0] == pytest.approx(reads[1], rel=1e-9, nan_ok=True)
