"""A run as a program of plain PyTorch, to take home.

It has at most 80 lines, and only the pieces that the run's settings ask for.
"""

from ganplay.config import ConfigError, RunConfig
from ganplay.data import Axis, DataSet, Pictures, Plane
from ganplay.draws import updates_ahead
from ganplay.export import script_data
from ganplay.export.script_game import drawn, loop, unrolling
from ganplay.export.script_nets import layers, nets, training
from ganplay.export.script_pieces import PRIORS, indented
from ganplay.losses import LOSSES as GAMES
from ganplay.stack import STREAM

LINES = 80
"""Most lines of a script."""

LENGTHENING = {
    "data.name", "data.points", "loss", "updates", "latent.prior", "penalty.name", "generator.hidden",
    "generator.kind", "generator.init", "generator.lr_decay", "generator.ema", "generator.steps",
    "discriminator.hidden", "discriminator.init", "discriminator.lr_decay", "discriminator.clip",
    "discriminator.steps", "discriminator.fourier_features", "discriminator.sees_log",
    "discriminator.spectral_norm", "aids.unroll", "aids.pack", "aids.minibatch_stddev",
    "aids.instance_noise", "vae.on",
}  # fmt: skip
"""The settings by which a script grows."""

STANDARD = {"copy.": "import copy", "math.": "import math"}
OTHERS = {
    "torch.": "import torch",
    "nn.": "from torch import nn",
    "call(": "from torch.func import functional_call as call",
    "F.": "from torch.nn import functional as F",
    "register_parametrization": "from torch.nn.utils.parametrize import register_parametrization",
    " MNIST(": "from torchvision.datasets import MNIST",
    " FashionMNIST(": "from torchvision.datasets import FashionMNIST",
}
"""What a program has to import for what it says, in two groups."""

START = """\
rng = torch.manual_seed({seed})  # draws the first weights, and then for D's moves
rng_g = torch.Generator().manual_seed({seed} + {stream})  # draws for G's moves

"""
Z = """
def draw_z(n, rng):  # noise, which G turns into fakes
{prior}
"""
BLUR = """
def draw_blur(n, rng):  # noise for points, so that real and fake ones overlap
    return {strength} * torch.randn(n, {shape}, generator=rng)

def draw_blurred(n, rng):
    return draw_real(n, rng) + draw_blur(n, rng)
"""
PORTION = """
def draw_portion(n, rng):  # how far from a fake to a real point the penalty looks
    return torch.rand(n{packs}, {ones}, generator=rng)
"""
BATCHES = """
def batches(rng, *draws):  # batches of {size}{note}
    while True:
        {batch}
"""
EACH = "yield [draw({size}, rng) for draw in draws]"
MANY = "yield from zip(*(draw({block} * {size}, rng).chunk({block}) for draw in draws))"

ENDINGS: dict[type[DataSet], str] = {
    Plane: """
fakes, reach = {net}(draw_z(4000, rng_g)).detach().flip(1), {data.extent:.3g}  # seen from above
for row in torch.histogramdd(fakes, [24, 48], range=[-reach, reach] * 2).hist.flip(0):
    print("".join(" .:oO@"[int(min(count, 5))] for count in row))
""",
    Axis: """
numbers = {net}(draw_z(1000, rng_g)).detach()  # how often G makes which
for count, edge in zip(*torch.histogram(numbers, 40, range=(-10, 10))):
    print(f"{{edge:6.1f}} {{int(count / 5) * '#'}}")
""",
    Pictures: """
for row in {net}(draw_z(64, rng_g))[0].mean(0):  # a picture that G makes
    print("".join(2 * " .:oO@"[int(2.99 * (light + 1))] for light in row))
""",
}
"""Kind of data -> what a program shows when it is done."""


def script(config: RunConfig, iterations: int = 2000) -> str:
    """A program of plain PyTorch that trains the very run of a config, from its beginning and for so
    many `iterations`: with the same random numbers, so to the same weights, on a CPU. A VAE beside
    the GAN is left out.

    Raises ConfigError where the program would need what only ganplay has, or too many lines.
    """
    if config.precision == "bfloat16":
        raise ConfigError("precision: a script computes in float32; take that.")
    body = "".join(
        (
            START.format(seed=config.seed, stream=STREAM),
            _draws(config),
            layers(config),
            nets(config),
            training(config),
            _streams(config),
            unrolling(config) if config.aids.unroll else "",
            loop(config, iterations),
            _ending(config),
        )
    )
    imports = [
        "\n".join(line for mention, line in group.items() if mention in body)
        for group in (STANDARD, OTHERS)
    ]
    text = "\n\n".join(part for part in (_head(config), *imports, body) if part)
    if (count := text.count("\n")) > LINES:
        names = [name for name in RunConfig().changes(config) if name in LENGTHENING]
        raise ConfigError(
            f"{', '.join(names)}: a script of all this takes {count} lines, and {LINES} are the most;"
            " do without some of it."
        )
    return text


def _head(config: RunConfig) -> str:
    title, game = type(config.data).title, GAMES[config.loss].title
    without = "\n# A VAE learned beside it, which is left out." if config.vae.on else ""
    return (
        f'"""{title}, {game}: the GAN of seed {config.seed} in ganplay, rounding apart."""{without}'
    )


def _draws(config: RunConfig) -> str:
    """The functions that draw, and `batches`."""
    aids, shape = config.aids, config.data.shape
    prior = PRIORS[config.latent.prior].format(dim=config.latent.dim)
    text = script_data.lines(config) + Z.format(prior=indented(prior, 4))
    if aids.instance_noise:
        text += BLUR.format(strength=aids.instance_noise, shape=", ".join(map(str, shape)))
    if config.penalty.name == "gp":
        packs = f" // {aids.pack}" if aids.pack > 1 else ""
        text += PORTION.format(packs=packs, ones=", ".join("1" for _ in shape))
    size, block = config.batch_size, updates_ahead(config)
    return text + BATCHES.format(
        size=size,
        note=f", of which {block} are drawn at once" if block > 1 else "",
        batch=(MANY if block > 1 else EACH).format(size=size, block=block),
    )


def _streams(config: RunConfig) -> str:
    """`for_d` and `for_g`, the batches of each player that moves."""
    text = ""
    if config.discriminator.steps:
        text += f"for_d = batches(rng, {', '.join(drawn(config, of_g=False).values())})\n"
    if config.generator.steps:
        text += f"for_g = batches(rng_g, {', '.join(drawn(config, of_g=True).values())})\n"
    return text


def _ending(config: RunConfig) -> str:
    net = "average" if config.generator.ema else "generator"
    (text,) = (text for kind, text in ENDINGS.items() if isinstance(config.data, kind))
    return text.format(net=net, data=config.data)
