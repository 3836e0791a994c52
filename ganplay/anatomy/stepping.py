"""Playing a run line by line of its algorithm."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from ganplay.anatomy.algorithm import Line, Moment, Values, Who, lines
from ganplay.config import RunConfig
from ganplay.data import Axis
from ganplay.losses import LOSSES
from ganplay.stack import Stack

CELLS = 401
NOTHING = np.empty(0)


def play(config: RunConfig) -> Iterator[Moment]:
    """The moments of a run, from before its first line on, in float64: those of a Trainer with the same
    config. Its data are numbers on a line, its G has no hidden layer, and D has no penalty or aid."""
    table = _Table(Stack(config, [config.seed], "cpu", torch.float64))
    yield table.put()
    while True:
        for turn in range(1, config.discriminator.steps + 1):
            yield from table.turn("discriminator", turn)
        yield from table.turn("generator", 0)
        table.stack.step += 1


class _Table:
    """What lies on the table, to which each line adds."""

    def __init__(self, stack: Stack):
        assert isinstance(stack.config.data, Axis)
        self.stack, self.loss, self.lines = stack, LOSSES[stack.config.loss], lines(stack.config)
        reach = stack.config.data.extent
        self.x = torch.linspace(-reach, reach, CELLS, dtype=torch.float64)[None, :, None]
        self.z = self.real = self.x[:, :0]
        self.iteration, self.number = 0, 0
        self.who: Who = "discriminator"
        self.line: Line | None = None
        self.slope = self.before = NOTHING

    @torch.no_grad()
    def put(self) -> Moment:
        """The moment."""
        g, critic = self.stack.generator.net, self.stack.critic
        fake = g(self.z)
        on_real, on_fake, on_x = (critic(x) for x in (self.real, fake, self.x))
        says_real, says_fake, verdict = map(self.loss.value, (on_real, on_fake, on_x))
        value = np.nan
        if self.who == "generator":
            value = float(self.loss.generator(on_fake))
        elif self.real.numel():
            value = -float(self.loss.discriminator(on_real, on_fake))
        return Moment(
            self.iteration, self.who, self.number, self.line, _numpy(self.z), _numpy(self.real),
            _numpy(fake), _numpy(says_real), _numpy(says_fake), value, self.slope, self.before,
            _numpy(g.flat), _numpy(critic.net.flat), _numpy(self.x), _numpy(verdict),
        )  # fmt: skip

    def turn(self, who: Who, number: int) -> Iterator[Moment]:
        """The moments of one update of one player."""
        stack, of_d = self.stack, who == "discriminator"
        player = stack.discriminator if of_d else stack.generator
        batch = (stack.draws_d if of_d else stack.draws_g).next()
        player.pace(stack.step)
        made = stack.game.make(batch.z)
        if of_d:
            assert batch.real is not None
            gradient = stack.game.discriminator(batch.real, made[-1], None).gradient
        else:
            gradient = stack.game.generator(made, None, None, None).gradient
        self.iteration, self.who, self.number = stack.step + 1, who, number
        self.z = self.real = self.x[:, :0]
        self.slope, self.before = NOTHING, _numpy(player.net.flat)
        for line in self.lines[who]:
            self.line = line
            if line == "noise":
                self.z = batch.z
            elif line == "examples" and batch.real is not None:
                self.real = batch.real
            elif line == "clip":
                player.net.flat.clamp_(-stack.config.clip, stack.config.clip)
            else:
                self.slope = _numpy(-gradient if of_d else gradient)
            if line == "update":
                player.apply(gradient, 0.0)
            yield self.put()


def _numpy(values: Tensor) -> Values:
    """The numbers of the one run there is, in memory of their own."""
    return values.detach().flatten().double().numpy().copy()
