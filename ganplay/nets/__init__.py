"""Stacked nets: K copies of one architecture, trained side by side."""

from ganplay.nets.activations import ACTIVATIONS
from ganplay.nets.base import Net
from ganplay.nets.critic import Critic
from ganplay.nets.dcgan import DCGANDiscriminator, DCGANGenerator
from ganplay.nets.inits import INITS
from ganplay.nets.mlp import MLP
from ganplay.nets.shift import Shift

__all__ = [
    "ACTIVATIONS",
    "INITS",
    "MLP",
    "Critic",
    "DCGANDiscriminator",
    "DCGANGenerator",
    "Net",
    "Shift",
]
