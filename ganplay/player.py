"""One side of the game."""

from typing import Any

import torch
from torch import Tensor

from ganplay.nets import MLP
from ganplay.optimizers import OPTIMIZERS, Optimizer


class Player:
    """One side of the game: K nets and what optimises them."""

    def __init__(self, net: MLP, optimizer: str):
        self.net = net
        self.optimizer: Optimizer = OPTIMIZERS[optimizer](net.flat)
        self.loss = net.flat.new_full((len(net.flat),), torch.nan)
        self.gradient = torch.full_like(net.flat, torch.nan)

    def numbers(self, steps: int) -> tuple[Tensor, Tensor]:
        """Loss and gradient norm [K] of the last update; NaN where there are no updates."""
        if steps:
            return self.loss, torch.linalg.vector_norm(self.gradient, dim=1)
        return torch.full_like(self.loss, torch.nan), torch.full_like(self.loss, torch.nan)

    def state_dict(self) -> dict[str, Any]:
        moments = [moment.clone() for moment in self.optimizer.moments]
        return {
            "flat": self.net.flat.clone(),
            "moments": moments,
            "optimizer_steps": self.optimizer.steps,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.net.flat.copy_(state["flat"])
        for mine, given in zip(self.optimizer.moments, state["moments"], strict=True):
            mine.copy_(given)
        self.optimizer.steps = state["optimizer_steps"]
