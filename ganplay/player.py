"""One side of the game."""

from typing import Any

import torch
from torch import Tensor

from ganplay.config_players import Net as Settings
from ganplay.nets import Net
from ganplay.optimizers import OPTIMIZERS, Optimizer, Rate


class Player:
    """One side of the game: K nets and what optimises them. `lr` is the learning rate in force; on
    a GPU it is a tensor, so that a recorded update reads it anew."""

    def __init__(self, net: Net, settings: Settings):
        self.net, self.settings = net, settings
        self.optimizer: Optimizer = OPTIMIZERS[settings.optimizer](net.flat)
        on_gpu = net.flat.device.type == "cuda"
        self.lr: Rate = torch.zeros((), device=net.flat.device) if on_gpu else 0.0

    def use(self, settings: Settings) -> None:
        """Follow other settings; another optimizer starts without memory."""
        if settings.optimizer != self.settings.optimizer:
            self.optimizer = OPTIMIZERS[settings.optimizer](self.net.flat)
        self.settings = settings

    def pace(self, step: int) -> None:
        """Set the learning rate of an iteration."""
        lr = self.settings.lr
        if self.settings.lr_decay == "linear":
            lr *= max(0.0, 1 - step / self.settings.steps_total)
        if isinstance(self.lr, Tensor):
            self.lr.fill_(lr)
        else:
            self.lr = lr

    def apply(self, gradient: Tensor, clip: float) -> None:
        """Update the parameters by their gradient [K, P], and cut them to +-clip unless it is 0."""
        self.optimizer.step(self.net.flat, gradient, self.lr, self.settings)
        if clip:
            self.net.flat.clamp_(-clip, clip)

    def state_dict(self) -> dict[str, Any]:
        return {
            "flat": self.net.flat.clone(),
            "moments": [moment.clone() for moment in self.optimizer.moments],
            "count": self.optimizer.count.clone(),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.net.flat.copy_(state["flat"])
        for mine, given in zip(self.optimizer.moments, state["moments"], strict=True):
            mine.copy_(given)
        self.optimizer.count.copy_(state["count"])
