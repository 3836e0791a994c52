"""Stacked nets: K copies of one architecture, trained side by side."""

from ganplay.nets.activations import ACTIVATIONS
from ganplay.nets.inits import INITS
from ganplay.nets.mlp import MLP

__all__ = ["ACTIVATIONS", "INITS", "MLP"]
