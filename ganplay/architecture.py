"""The net that a config describes for making samples, which G and a VAE's decoder are."""

import math
from collections.abc import Sequence

import torch
from torch import Generator

from ganplay.config import RunConfig
from ganplay.nets import MLP, DCGANGenerator, Net


def drawing_net(config: RunConfig, rngs: Sequence[Generator], dtype: torch.dtype) -> Net:
    """K nets from z to samples, one for each generator of random numbers: convolutions where the
    config asks for them, else perceptrons, whose pictures end in -1..1."""
    net, latent, shape = config.generator, config.latent.dim, config.data.shape
    own = (net.activation, net.init, rngs, dtype)
    if net.kind == "dcgan":
        return DCGANGenerator(latent, net.hidden, shape, net.norm == "batch", *own)
    return MLP((latent, *net.hidden, math.prod(shape)), *own, bounded=len(shape) > 1)
