"""Watching a run's next iteration from within, without touching the run."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from ganplay.anatomy.moments import Moment, Parts, Player, Stage, Trace, Update
from ganplay.data import Plane
from ganplay.draws import Batch
from ganplay.gradients import Autograd, Found
from ganplay.observe.plane import PlaneLook
from ganplay.snapshot import Array
from ganplay.stack import Stack
from ganplay.trainer import Trainer

SHOWN = 256
"""Most points of each kind that are kept of a batch."""
CELLS, LINES = 48, 25
"""Places across D's surface, and across the grid of noise."""
REACH = {"normal": 2.5, "uniform": 1.0, "one_hot_mixture": 1.3, "student_t": 4.0}
"""How far the grid of noise goes, for each prior."""


def parts(trainer: Trainer) -> Parts:
    """What all parts of a run in the plane hold now, for draws that are the same at each look."""
    return _Looker(trainer.stacks[0]).standing()


def trace(trainer: Trainer) -> Trace:
    """The next iteration of a run in the plane, done on a copy: the run itself, once it does it, comes
    to the same numbers bit for bit."""
    stack = trainer.stacks[0]
    twin = Trainer(trainer.config, dtype=stack.generator.net.flat.dtype)
    twin.load_state_dict(trainer.state_dict())
    return _Recorder(twin.stacks[0]).record()


class _Looker:
    """Looks at a stack of one run in the plane."""

    def __init__(self, stack: Stack):
        assert isinstance(stack.config.data, Plane)
        self.stack, self.config = stack, stack.config
        self.look = PlaneLook(stack, 0)
        g, critic = stack.generator.net, stack.critic
        self.game = Autograd(stack.config, g, critic, stack.discriminator)
        self.grid = _grid(REACH[self.config.latent.prior], self.config.latent.dim)

    def standing(self) -> Parts:
        look, pack = self.look, self.game.critic.pack
        count = SHOWN // pack * pack
        z, real = look.z[None, :count], look.real[None, :count]
        with torch.no_grad():
            fake = self.game.g(z)
        seen, truth = self.game.critic.packs(fake), self.game.critic.packs(real)
        with torch.no_grad():
            says = [look.loss.value(self.game.critic(x)) for x in (truth, seen)]
        return Parts(
            _first(z), _points(fake), _points(real), _numbers(says[0]), _numbers(says[1]),
            _points(fake), _points(self.arrows(seen, truth, None, 0)),
            self.surface(), _numpy(self.grid), self.warp(),
        )  # fmt: skip

    @torch.no_grad()
    def surface(self) -> Array:
        extent = self.look.data.extent
        axis = torch.linspace(-extent, extent, CELLS)
        places = torch.cartesian_prod(axis, axis).flip(-1).to(self.look.dtype)
        return _numpy(self.look.verdict(places).view(CELLS, CELLS))

    @torch.no_grad()
    def warp(self) -> Array:
        z = torch.zeros(*self.grid.shape[:2], self.config.latent.dim)
        shown = min(2, self.config.latent.dim)
        z[..., :shown] = self.grid[..., :shown]
        flat = z.view(1, -1, self.config.latent.dim).to(self.look.dtype)
        return _numpy(self.game.g(flat).view(self.grid.shape))

    def arrows(
        self, fake: Tensor, real: Tensor | None, portion: Tensor | None, ahead: int
    ) -> Tensor:
        """-dL_G/dx [n, 2] for packs as D sees them, against D as it is or `ahead` updates later."""
        x = fake.clone().requires_grad_()
        value = self.g_value(x, real, portion, ahead)
        (slope,) = torch.autograd.grad(value.sum(), x)
        # the loss is a mean over packs: times their number it is each pack's own
        return (-slope * x.shape[1]).reshape(-1, 2)

    def g_value(
        self, fake: Tensor, real: Tensor | None, portion: Tensor | None, ahead: int
    ) -> Tensor:
        """G's loss [1] for packs as D sees them."""
        game, weights = self.game, self.game.critic.weights()
        if ahead and real is not None:
            weights = game.unrolled(real, fake, portion)
        judged = game.critic(real, weights) if game.loss.paired and real is not None else None
        return game.loss.generator(game.critic(fake, weights), judged)


class _Recorder(_Looker):
    """Notes what a stack does in an iteration, as it does it."""

    def __init__(self, stack: Stack):
        super().__init__(stack)
        stack.vae = None  # which plays no part in the game
        self.players = {"discriminator": stack.discriminator, "generator": stack.generator}
        self.flats = {name: player.net.flat.clone() for name, player in self.players.items()}
        self.parts = self.standing()
        self.updates: list[dict[str, Any]] = []
        self.moments: list[Moment] = []
        self.drawn: dict[str, deque[Batch]] = {name: deque() for name in self.players}
        self.pending: dict[str, tuple[int, Callable[[], Tensor]]] = {}
        """For each player in the middle of an update: its place, and what gives its loss on its batch."""
        _watch(stack.draws_d, "next", lambda batch: self.drawn["discriminator"].append(batch))
        _watch(stack.draws_g, "next", lambda batch: self.drawn["generator"].append(batch))
        _watch(stack.game, "discriminator", self._of_d)
        _watch(stack.game, "generator", self._of_g)
        for name, player in self.players.items():
            _watch(player, "apply", lambda *_, name=name: self._applied(name))

    def record(self) -> Trace:
        before = self.parts
        self.stack.advance(1)
        updates = tuple(Update(**update) for update in self.updates)
        return Trace(self.stack.step, before, updates, tuple(self.moments))

    def _of_d(self, found: Found, real: Tensor, fake: Tensor, portion: Tensor | None) -> None:
        """D has found its gradient."""
        game, loss, batch = self.game, self.game.loss, self.drawn["discriminator"].popleft()
        real, fake, r, f = real.clone(), fake.clone(), found.real, found.fake
        game.due = self.stack.game.due
        assert r is not None
        assert batch.real is not None
        own = self._begin(
            "discriminator", found,
            lambda: game.d_value(game.critic.weights(), real, fake, portion)[0],
            [loss.d_real.value(r), loss.d_fake.value(f)] if loss.d_fake else [loss.d_real.value(r - f)],
        )  # fmt: skip
        says_real, says_fake = (_numbers(loss.value(x)) for x in (r, f))
        self._note(own, "draw", z=_first(batch.z), real=_points(batch.real))
        self._note(own, "generate", fake=_points(fake))
        self._note(own, "judge", says_real=says_real, says_fake=says_fake)
        self._note(own, "loss")
        self._note(own, "gradient")

    def _of_g(
        self, found: Found, made: list[Tensor], noise: Tensor | None, real: Tensor | None,
        portion: Tensor | None,
    ) -> None:  # fmt: skip
        """G has found its gradient."""
        game, loss, batch = self.game, self.game.loss, self.drawn["generator"].popleft()
        z, ahead = made[0].clone(), self.config.aids.unroll

        def points() -> Tensor:
            return game.blurred(game.g(z), noise)

        fake, f, r = points().detach(), found.fake, found.real
        arrows = self.arrows(fake, real, portion, ahead)
        own = self._begin(
            "generator", found, lambda: self.g_value(points(), real, portion, ahead),
            [loss.g_fake.value(f if r is None else f - r)],
            float(arrows.norm(dim=1).mean()),
        )  # fmt: skip
        truth = {} if batch.real is None else {"real": _points(batch.real)}
        says = {} if r is None else {"says_real": _numbers(loss.value(r))}
        self._note(own, "draw", z=_first(z), **truth)
        self._note(own, "generate", fake=_points(fake))
        self._note(own, "judge", says_fake=_numbers(loss.value(f)), **says)
        self._note(own, "loss")
        self._note(own, "points", tails=_points(fake), arrows=_points(arrows))
        self._note(own, "gradient")

    def _begin(
        self, name: Player, found: Found, value: Callable[[], Tensor], terms: list[Tensor],
        arrow: float = 0.0,
    ) -> int:  # fmt: skip
        """Note an update that is still to be applied; its place in the iteration. `value` gives its
        loss, now and later."""
        player = self.players[name]
        means, loss = tuple(float(term.mean()) for term in terms), float(value().detach())
        self.updates.append(
            {
                "player": name,
                "number": 1 + sum(update["player"] == name for update in self.updates),
                "of": player.settings.steps,
                "terms": means,
                "penalty": loss - sum(means) if self._penalised(name) else 0.0,
                "due": self.stack.game.due,
                "loss": loss,
                "arrow": arrow,
                "norm": float(found.gradient.norm()),
                "steepest": float(found.gradient.abs().max()),
                "size": float(self.flats[name].norm()),
                "weights": found.gradient.shape[1],
                "lr": float(player.lr),
            }
        )
        self.pending[name] = len(self.updates) - 1, value
        return len(self.updates) - 1

    def _penalised(self, name: Player) -> bool:
        return name == "discriminator" and self.game.penalty is not None and self.stack.game.due

    def _applied(self, name: Player) -> None:
        """A player has updated its weights."""
        own, value = self.pending[name]
        flat = self.players[name].net.flat.clone()
        moved = float((flat - self.flats[name]).norm())
        self.flats[name] = flat
        self.updates[own] |= {"moved": moved, "after": float(value().detach())}
        is_d = name == "discriminator"
        self._note(
            own, "update", **({"surface": self.surface()} if is_d else {"warp": self.warp()})
        )

    def _note(self, update: int, stage: Stage, **changes: Array) -> None:
        self.parts = replace(self.parts, **changes)
        self.moments.append(Moment(update, stage, self.parts))


def _watch(owner: object, name: str, seen: Callable[..., None]) -> None:
    """Have `seen` called with what each call of a method gives and is given."""
    method = getattr(owner, name)

    def watched(*given: Any) -> Any:
        result = method(*given)
        with torch.inference_mode(False), torch.enable_grad():  # as autograd needs it
            seen(result, *given)
        return result

    setattr(owner, name, watched)


def _grid(reach: float, dim: int) -> Tensor:
    """Noise on a grid [a, b, 2]; a single row where z is one number."""
    axis = torch.linspace(-reach, reach, LINES)
    rows = axis if dim > 1 else torch.zeros(1)
    return torch.stack(torch.meshgrid(axis, rows, indexing="xy"), -1)


def _points(x: Tensor) -> Array:
    """The first points [n, 2] of a batch, or of its packs."""
    return _numpy(x.reshape(-1, 2)[:SHOWN])


def _first(z: Tensor) -> Array:
    """The first noise of a batch, [n, latent.dim]."""
    return _numpy(z[0, :SHOWN])


def _numbers(x: Tensor) -> Array:
    return _numpy(x[0])


def _numpy(x: Tensor) -> Array:
    return x.detach().float().cpu().numpy()
