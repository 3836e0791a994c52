"""How a standalone script makes the two nets, with `torch.nn`, and what trains them."""

import math
from itertools import pairwise
from textwrap import wrap

from ganplay.config import RunConfig
from ganplay.config_players import Net
from ganplay.export.script_pieces import ACTIVATIONS, INITS, OPTIMIZERS, indented
from ganplay.nets.critic import FOURIER_DEVIATION, POWER_STEPS
from ganplay.nets.dcgan import KERNEL, PADDING, STRIDE, halvings
from ganplay.stack import STREAM

CONVOLUTION = f"{KERNEL}, {STRIDE}, {PADDING}"

INIT = """\
for layer in {net}:
    if isinstance(layer, {kinds}):
{init}
"""
PACE = """\
pace_{player} = torch.optim.lr_scheduler.LambdaLR(optimizer_{player}, lambda i: max(0, 1 - i / {steps}))
"""

SHIFT = """
class Shift(nn.Module):  # G has a single number theta, by which it shifts what it makes
    def __init__(self):
        super().__init__()
        self.theta = nn.Parameter(torch.full((1,), {start}))

    def forward(self, z):
        return {points}
"""
SEEN = """
class Seen(nn.Module):  # what D is shown of each point
    def forward(self, x):
{lines}
"""
LOG = "x.sign() * x.abs().log1p()  # so that points far out are not too far\n"
WAVES = "torch.cat((x, (x @ waves).sin(), (x @ waves).cos()), -1)"
VARIATION = """
class Variation(nn.Module):  # tells D's last layer how much the batch varies
    def forward(self, x):
        deviation = (x.var(0, correction=0) + 1e-8).sqrt().mean()
        return torch.cat((x, deviation.expand(len(x), 1)), 1)
"""
SPECTRAL = f"""
class Spectral(nn.Module):  # W over its largest singular value |u W|, which bounds D's slope
    def __init__(self, weight, rng):
        super().__init__()
        self.u = torch.randn(1, len(weight), generator=rng).to(weight)
        for _ in range({POWER_STEPS}):
            self.turn(weight)

    def forward(self, weight):
        return weight / (self.u @ weight.flatten(1)).norm()

    @torch.no_grad()
    def turn(self, weight):  # a power iteration: u turns towards the singular vector
        self.u = F.normalize(F.normalize(self.u @ weight.flatten(1)) @ weight.flatten(1).T)
"""
NORMED = """\
rng_u = torch.Generator().manual_seed({seed} + 2 * {stream})  # where the search for u begins
normed = [layer for layer in discriminator if isinstance(layer, {kinds})]
for layer in normed:
    register_parametrization(layer, "weight", Spectral(layer.weight, rng_u))
"""
TURN = """\
for weight in [layer.parametrizations.weight for layer in normed]:
    weight[0].turn(weight.original)
"""
"""Before each move of D."""


def layers(config: RunConfig) -> str:
    """The layers that `torch.nn` does not have."""
    g, d, shape, text = config.generator, config.discriminator, config.data.shape, ""
    if g.kind == "shift":
        beside = "torch.cat((self.theta.expand_as(z), z), 1)  # an upright line"
        points = "z + self.theta" if shape == (1,) else beside
        text += SHIFT.format(start=g.start, points=points)
    if d.sees_log or d.fourier_features:
        text += SEEN.format(lines=indented(_seen(config), 8))
    if config.aids.minibatch_stddev:
        text += VARIATION
    return text + SPECTRAL if d.spectral_norm else text


def nets(config: RunConfig) -> str:
    """`generator` and `discriminator`, with the weights that the run begins with."""
    g, d = config.generator, config.discriminator
    text = f"""
generator = {_sequence(_generator(config), "turns noise into fakes")}
discriminator = {_sequence(_discriminator(config), "gives a logit: how real it looks")}
"""
    if {g.init, d.init} != {"default"}:
        text += f"torch.manual_seed({config.seed})  # as the layers have drawn first weights of another kind\n"
        for name, net in (("generator", g), ("discriminator", d)):
            init = indented(INITS[net.init], 8)
            text += INIT.format(net=name, kinds=_weighted(net), init=init)
    if d.fourier_features:
        size = f"{config.data.shape[0]}, {d.fourier_features}"
        text += f"waves = {FOURIER_DEVIATION} * torch.randn({size}, generator=rng)\n"
    if d.spectral_norm:
        text += NORMED.format(seed=config.seed, stream=STREAM, kinds=_weighted(d))
    return text


def training(config: RunConfig) -> str:
    """The optimizers, what paces them, and the average of G's weights."""
    text = ""
    for player, net in (("generator", config.generator), ("discriminator", config.discriminator)):
        if not net.steps:
            continue
        own = {"own": f"{player}.parameters()"} | net.model_dump()
        text += f"optimizer_{player[0]} = {OPTIMIZERS[net.optimizer].made.format(**own)}\n"
        if net.lr_decay == "linear":
            text += PACE.format(player=player[0], steps=net.steps_total)
    if config.generator.ema:
        text += "average = copy.deepcopy(generator)  # of G's weights, which swing more than it\n"
    return text


def _seen(config: RunConfig) -> str:
    """What becomes of points x before D's layers."""
    d, pack = config.discriminator, config.aids.pack
    if not d.fourier_features:
        return f"return {LOG}"
    text = f"x = {LOG}" if d.sees_log else ""
    if pack == 1:
        return f"{text}return {WAVES}\n"
    return f"{text}x = x.unflatten(1, ({pack}, -1))  # the points of a pack\nreturn {WAVES}.flatten(1)\n"


def _sequence(made: list[str], purpose: str) -> str:
    """Layers one after another, as many to a line as fit; each with its activation beside it."""
    whole = ", ".join(layer.replace(" ", "~") for layer in made)
    lines = wrap(whole, 94, break_long_words=False, break_on_hyphens=False)
    inside = indented("\n".join(lines).replace("~", " "), 4)
    return f"nn.Sequential(  # {purpose}\n{inside})"


def _weighted(net: Net) -> str:
    """The kinds of its layers that have weights to start or to norm."""
    return "(nn.Linear, nn.Conv2d, nn.ConvTranspose2d)" if net.kind == "dcgan" else "nn.Linear"


def _linear(widths: tuple[int, ...], activation: str) -> list[str]:
    """Each layer with the activation after it."""
    layers = [f"nn.Linear({a}, {b})" for a, b in pairwise(widths)]
    return [f"{layer}, {activation}" for layer in layers[:-1]] + layers[-1:]


def _generator(config: RunConfig) -> list[str]:
    net, shape = config.generator, config.data.shape
    act = ACTIVATIONS[net.activation]
    if net.kind == "shift":
        return ["Shift()"]
    if net.kind == "mlp":
        made = _linear((config.latent.dim, *net.hidden, math.prod(shape)), act)
        return made + [f"nn.Tanh(), nn.Unflatten(1, {shape})"] * (len(shape) > 1)
    side = shape[-1] // 2 ** len(net.hidden)
    first = net.hidden[0]
    made = [
        f"nn.Linear({config.latent.dim}, {first * side**2}), nn.Unflatten(1, {(first, side, side)})"
    ]
    for n_in, n_out in pairwise((*net.hidden, shape[0])):
        norm = f"nn.BatchNorm2d({n_in}), " if net.norm == "batch" else ""
        made.append(f"{norm}{act}, nn.ConvTranspose2d({n_in}, {n_out}, {CONVOLUTION})")
    return [*made, "nn.Tanh()"]


def _discriminator(config: RunConfig) -> list[str]:
    net, aids = config.discriminator, config.aids
    act = ACTIVATIONS[net.activation]
    depth, *sides = config.data.shape
    made = ["Seen()"] * (net.sees_log or net.fourier_features > 0)
    if net.kind == "mlp":
        made += ["nn.Flatten()"] * bool(sides)
        seen = aids.pack * (math.prod(config.data.shape) + 2 * net.fourier_features)
        made += _linear((seen, *net.hidden, 1), act)
        if aids.minibatch_stddev:
            last = (seen, *net.hidden)[-1]
            made[-1] = f"Variation(), nn.Linear({last + 1}, 1)"
        return made
    depth, side, count = aids.pack * depth, sides[0], halvings(sides[0], len(net.hidden))
    for i, width in enumerate(net.hidden[:count]):
        norm = f"nn.BatchNorm2d({width}), " if net.norm == "batch" and i else ""
        made.append(f"nn.Conv2d({depth}, {width}, {CONVOLUTION}), {norm}{act}")
        depth, side = width, side // STRIDE
    return [*made, "nn.Flatten()", *_linear((depth * side**2, *net.hidden[count:], 1), act)]
