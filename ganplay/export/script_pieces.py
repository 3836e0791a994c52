"""What a standalone script says for an entry of each registry, in plain PyTorch.

Texts hold `{x}` where a setting's value goes.
"""

from typing import NamedTuple

from ganplay.draws import ONE_HOT_NOISE
from ganplay.nets.activations import LEAK

PRIORS: dict[str, str] = {
    "normal": "return torch.randn(n, {dim}, generator=rng)\n",
    "uniform": "return torch.rand(n, {dim}, generator=rng) * 2 - 1\n",
    "student_t": """\
z = torch.randn(n, {dim}, generator=rng)
return z / torch.empty_like(z).exponential_(generator=rng).sqrt()  # which makes heavy tails
""",
    "one_hot_mixture": f"""\
near = torch.randn(n, {{dim}}, generator=rng) * ({ONE_HOT_NOISE} / {{dim}}**0.5)
corner = torch.randint({{dim}}, (n,), generator=rng)  # G can make a mode of each
return near + F.one_hot(corner, {{dim}})
""",
}
"""Prior of z -> how `n` are drawn, [n, dim]."""

ACTIVATIONS: dict[str, str] = {
    "relu": "nn.ReLU()",
    "leaky_relu": f"nn.LeakyReLU({LEAK})",
    "tanh": "nn.Tanh()",
    "silu": "nn.SiLU()",
}
"""Activation -> its layer."""

INITS: dict[str, str] = {
    "default": "layer.reset_parameters()\n",
    "xavier": "nn.init.xavier_uniform_(layer.weight)\nnn.init.zeros_(layer.bias)\n",
    "he": "nn.init.kaiming_normal_(layer.weight)\nnn.init.zeros_(layer.bias)\n",
    "orthogonal": "nn.init.orthogonal_(layer.weight)\nnn.init.zeros_(layer.bias)\n",
}
"""Init -> how a layer starts."""


class Losses(NamedTuple):
    """What the players minimise, of `real_logits` and `fake_logits`, and what each wants by it."""

    d: str
    d_wants: str
    g: str
    g_wants: str


ENTROPY = "F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()"
LOSSES: dict[str, Losses] = {
    "minimax": Losses(
        ENTROPY,
        "be right, by lowering -log D(x) - log(1 - D(G(z)))",
        "-F.softplus(fake_logits).mean()",
        "make D wrong, by lowering log(1 - D(G(z))), flat where D is sure",
    ),
    "non_saturating": Losses(
        ENTROPY,
        "be right, by lowering -log D(x) - log(1 - D(G(z)))",
        "F.softplus(-fake_logits).mean()",
        "make D wrong, by lowering -log D(G(z)), steep where D is sure",
    ),
    "wgan": Losses(
        "fake_logits.mean() - real_logits.mean()",
        "score real points above fakes: the gap estimates their distance",
        "-fake_logits.mean()",
        "close the gap",
    ),
    "lsgan": Losses(
        "((real_logits - 1).square().mean() + fake_logits.square().mean()) / 2",
        "say 1 of real points and 0 of fakes",
        "(fake_logits - 1).square().mean() / 2",
        "have D say 1 of its fakes",
    ),
    "hinge": Losses(
        "F.relu(1 - real_logits).mean() + F.relu(1 + fake_logits).mean()",
        "score real points above 1 and fakes below -1, and no further",
        "-fake_logits.mean()",
        "have its fakes score high",
    ),
    "relativistic": Losses(
        "F.softplus(fake_logits - real_logits).mean()",
        "score each real point above the fake beside it",
        "F.softplus(real_logits - fake_logits).mean()",
        "have each fake score above the real point beside it",
    ),
}
"""Loss -> both players' part of the game."""


class Penalty(NamedTuple):
    """What it wants of D's `slope` by a point, as a curve, and at which points."""

    wants: str
    curve: str
    where: tuple[str, ...]


HALF_SQUARE = "slope.flatten(1).square().sum(1).mean() / 2"
PENALTIES: dict[str, Penalty | None] = {
    "none": None,
    "gp": Penalty(
        "where D's slope is to be 1",
        "(slope.flatten(1).norm(dim=1) - 1).square().mean()",
        ("torch.lerp(fake, real, portion)",),
    ),
    "r1": Penalty("where D is to be flat", HALF_SQUARE, ("real.clone()",)),
    "r2": Penalty("where D is to be flat", HALF_SQUARE, ("fake.clone()",)),
    "r1_r2": Penalty("where D is to be flat", HALF_SQUARE, ("real.clone()", "fake.clone()")),
}
"""Penalty -> its form."""


class Optimizer(NamedTuple):
    """How it is made; and for unrolling, what of its `state` for each weight it starts from, and down
    which way its `n`th update from now goes for the gradients `slopes`."""

    made: str
    start: str
    ahead: str


OPTIMIZERS: dict[str, Optimizer] = {
    "sgd": Optimizer(
        "torch.optim.SGD({own}, lr={lr}, momentum={momentum})",
        'moves = [s.get("momentum_buffer", 0) for s in state]\n',
        "moves = [{momentum} * m + g for m, g in zip(moves, slopes)]\n",
    ),
    "rmsprop": Optimizer(
        "torch.optim.RMSprop({own}, lr={lr}, momentum={momentum})",
        """\
squares, moves = ([s.get(name, 0) for s in state] for name in ("square_avg", "momentum_buffer"))
""",
        """\
squares = [0.99 * s + (1 - 0.99) * g.square() for s, g in zip(squares, slopes)]
sizes = [(s + 1e-30).sqrt() + 1e-8 for s in squares]  # a root has no slope at 0
moves = [{momentum} * m + g / s for m, g, s in zip(moves, slopes, sizes)]
""",
    ),
    "adam": Optimizer(
        "torch.optim.Adam({own}, lr={lr}, betas=({beta1}, {beta2}))",
        """\
means, squares = ([s.get(name, 0) for s in state] for name in ("exp_avg", "exp_avg_sq"))
past = int(state[0].get("step", 0))
""",
        """\
means = [{beta1} * m + (1 - {beta1}) * g for m, g in zip(means, slopes)]
squares = [{beta2} * s + (1 - {beta2}) * g.square() for s, g in zip(squares, slopes)]
sizes = [((s + 1e-30) / (1 - {beta2} ** (past + n))).sqrt() + 1e-8 for s in squares]
moves = [m / (1 - {beta1} ** (past + n)) / s for m, s in zip(means, sizes)]
""",
    ),
}
"""Optimizer -> its pieces."""


def indented(lines: str, by: int) -> str:
    """Lines moved to the right, without the last one's end."""
    return "\n".join(" " * by + line if line else "" for line in lines.rstrip("\n").split("\n"))
