"""What the settings of a run have to agree on: each rule that is broken, in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ganplay.nets import dcgan
from ganplay.work import work_of

if TYPE_CHECKING:
    from ganplay.config import RunConfig

MOST_WORK = 2e10
"""Most multiplications in one iteration, about half a second on one core: the other runs of a
server wait for it."""


def broken_rules(config: RunConfig) -> Iterator[str]:
    """A sentence for each rule that a config breaks; it names the fields and what is allowed."""
    if config.discriminator.clip and config.penalty.name == "gp":
        yield (
            "discriminator.clip, penalty.name: clip and gp are two ways to bound the critic's"
            " slope, and clipped weights can't reach the slope of 1 that gp asks for; leave"
            " the clip empty, or take penalty none."
        )
    if config.discriminator.clip and config.discriminator.spectral_norm:
        yield (
            "discriminator.clip, discriminator.spectral_norm: the spectral norm divides by the"
            " size of the weights, so a clip of them has no effect; leave the clip empty, or"
            " set spectral_norm=false."
        )

    aids, size = config.aids, config.batch_size
    if aids.unroll and not config.discriminator.steps:
        yield (
            "aids.unroll, discriminator.steps: unrolling looks ahead at D's next updates, and D"
            " has none; give it at least 1, or set aids.unroll=0."
        )
    if size % aids.pack:
        yield (
            f"aids.pack, batch_size: {size} points can't be put into packs of {aids.pack};"
            " batch_size has to be a multiple of the pack."
        )
    if aids.minibatch_stddev and size // aids.pack < 2:
        yield (
            "aids.minibatch_stddev, batch_size: D would see one pack at a time, which does not"
            " vary; at least 2 packs are needed."
        )
    if config.latent.prior == "one_hot_mixture" and config.latent.dim < 2:
        yield (
            "latent.prior, latent.dim: a one-hot mixture of one corner is no mixture; z size"
            " has to be at least 2."
        )

    for name, net in (("generator", config.generator), ("discriminator", config.discriminator)):
        if net.kind == "dcgan" and len(config.data.shape) != 3:
            yield (
                f"{name}.kind, data.name: dcgan is for pictures, and {config.data.name} is made"
                " of points; take mlp."
            )
    most = dcgan.doublings(config.data.shape[-1])
    if config.generator.kind == "dcgan" and not 1 <= len(config.generator.hidden) <= most:
        yield (
            f"generator.hidden, data.name: each layer doubles the side, so {most} widths at most"
            f" lead to pictures of {config.data.shape[-1]} pixels; give 1 to {most}."
        )
    if config.precision == "bfloat16" and not config.convolves:
        yield (
            "precision, generator.kind, discriminator.kind: bfloat16 is for convolutions, and"
            " neither net has any; take float32, or a net of the kind dcgan."
        )
    if config.discriminator.kind == "dcgan" and config.aids.minibatch_stddev:
        yield (
            "aids.minibatch_stddev, discriminator.kind: only a perceptron is told how much its"
            " batch varies; set minibatch_stddev=false, or take mlp."
        )
    pictures = len(config.data.shape) == 3
    if pictures and (config.discriminator.fourier_features or config.aids.unroll):
        yield (
            "discriminator.fourier_features, aids.unroll, data.name: these two are for points;"
            " leave both at 0 for pictures."
        )
    if config.generator.kind == "shift" and (pictures or config.latent.dim != 1):
        yield (
            "generator.kind, latent.dim, data.name: shift moves points made of one z;"
            " it needs latent.dim=1 and data of points."
        )

    if config.generator.steps == config.discriminator.steps == 0:
        yield (
            "generator.steps, discriminator.steps: both are 0, so nothing would train;"
            " at least one must be 1 or more."
        )

    work = work_of(config)
    if work > MOST_WORK:
        yield (
            "generator.hidden, discriminator.hidden, batch_size, steps: together they take"
            f" {work:.1e} multiplications an iteration; at most {MOST_WORK:.1e} are allowed."
        )
