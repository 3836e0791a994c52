"""A trained pair of nets that is looked at and no longer trained, and its small file."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import torch
from torch import Generator, Tensor

from ganplay import checkpoint
from ganplay.architecture import drawing_net
from ganplay.checkpoint import CheckpointError, damaged
from ganplay.config import RunConfig
from ganplay.data import Pictures
from ganplay.draws import noise
from ganplay.metrics.attributes import Reader, reader_of
from ganplay.metrics.judge import FOLDER
from ganplay.nets import Critic, DCGANDiscriminator, DCGANGenerator, Net
from ganplay.nets.dcgan import Change
from ganplay.settings import shown
from ganplay.size import weights_of
from ganplay.stack import Stack, critic_of

SETTLING = 512
"""Draws of z by whose moments G normalises."""
PIECE = 128
"""Pictures made at once: few enough for a CPU's cache."""
KEY = "ganplay-model"
"""Where a file's metadata hold the settings of the nets."""


@dataclass(frozen=True, eq=False)
class Model:
    """G, by the average of its weights where there is one, and D.

    title: what it is called on the page; facts: what is known of it, such as how it was made.
    Pictures are [n, *shape], of -1..1; z is [n, latent.dim].
    """

    title: str
    config: RunConfig
    generator: Net
    critic: Critic
    facts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, stack: Stack, title: str, facts: Mapping[str, str] | None = None) -> "Model":
        """Run 0 of a stack as it is now, on the CPU; nothing of it is shared."""
        g = stack.shown.only(0).copy("cpu")
        g.settle(noise(stack.config.latent, SETTLING, Generator().manual_seed(0))[None])
        critic = stack.critic.only(0).copy("cpu")
        return cls(title, stack.config, g, critic, facts or {"iterations": f"{stack.step:,}"})

    # ---- G

    @property
    def shape(self) -> tuple[int, ...]:
        """Of a picture: channels, side, side."""
        return self.config.data.shape

    @property
    def layers(self) -> int:
        """How many layers of maps G has before its picture; none where it is a perceptron."""
        return len(self.config.generator.hidden) if self.config.generator.kind == "dcgan" else 0

    def noise(self, n: int, seed: int) -> Tensor:
        """n draws of z, the same for a seed."""
        return noise(self.config.latent, n, Generator().manual_seed(seed))

    def draw(self, z: Tensor) -> Tensor:
        """What G makes of z, differentiable by it."""
        return self.generator(z[None])[0].view(-1, *self.shape)

    @torch.no_grad()
    def generate(self, z: Tensor) -> Tensor:
        """What G makes of z."""
        return torch.cat([self.draw(part) for part in torch.split(z, PIECE)])

    def grow(self, z: Tensor, change: Change | None = None) -> list[Tensor]:
        """Each layer's maps [n, maps, side, side] and the picture, as `DCGANGenerator.grow`."""
        assert isinstance(self.generator, DCGANGenerator)
        return self.generator.grow(z, change)

    # ---- D

    def logits(self, pictures: Tensor) -> Tensor:
        """D's logit of each picture, [n]. One alone stands beside itself where D judges packs."""
        packed = pictures.repeat_interleave(self.critic.pack, 0)
        return self.critic(self.critic.packs(packed[None]))[0]

    def see(self, pictures: Tensor) -> list[Tensor]:
        """D's maps and its logits, as `DCGANDiscriminator.see`, of pictures as for `logits`."""
        assert isinstance(self.critic.net, DCGANDiscriminator)
        packed = pictures.repeat_interleave(self.critic.pack, 0)
        return self.critic.net.see(self.critic.packs(packed[None])[0], self.critic.weights())

    # ---- what it learned

    @property
    def reader(self) -> Reader | None:
        """What reads known attributes off its pictures, where they have some."""
        return reader_of(self.config.data.name)

    @cached_property
    def real(self) -> Tensor:
        """Pictures of its data set that are on this machine, [N, *shape] uint8."""
        assert isinstance(self.config.data, Pictures)
        return self.config.data.pictures()


# ---- the file


def tensors_of(model: Model) -> dict[str, Tensor]:
    """What a model's file holds: its weights, and the moments G normalises by."""
    tensors = {"generator": model.generator.flat, "discriminator": model.critic.net.flat}
    if isinstance(model.generator, DCGANGenerator):
        for i, (mean, variance) in enumerate(model.generator.moments or []):
            tensors |= {f"moments.{i}.mean": mean, f"moments.{i}.variance": variance}
    return tensors


def about(model: Model) -> dict[str, str]:
    """What its metadata hold: the title, the settings, without those of the data, and the facts."""
    fields = model.config.flat()
    kept = {n: v for n, v in fields.items() if not n.startswith("data.") or n == "data.name"}
    told = {"title": model.title, "config": kept, "facts": dict(model.facts)}
    return {KEY: json.dumps(told)}


def loads(source: bytes, title: str) -> Model:
    """The model of a file from anywhere: one that `pretrain` wrote, or the checkpoint of a run that
    makes pictures, called `title`. Raises CheckpointError."""
    tensors, metadata = checkpoint.unpacked(source)
    if KEY in metadata:
        return _from_file(tensors, metadata)
    trainer = checkpoint.loads(source, anywhere=True)
    if not isinstance(trainer.config.data, Pictures):
        raise CheckpointError(
            "The checkpoint's run makes points; the explorer takes runs that make pictures."
        )
    if trainer.diverged()[0]:
        raise CheckpointError(
            "The checkpoint's run had diverged when it was saved; open an earlier one."
        )
    return Model.of(trainer.stacks[0], title)


def _from_file(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> Model:
    """The model that `tensors_of` and `about` describe."""
    try:
        known: dict[str, Any] = json.loads(metadata[KEY])
        title, config = str(known["title"]), RunConfig().updated(known["config"])
        facts = {str(name): str(text) for name, text in known["facts"].items()}
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        raise damaged("its metadata do not describe a model") from None
    if not isinstance(config.data, Pictures):
        raise damaged(f"its data, {config.data.name}, are no pictures")
    for name, weights in weights_of(config).items():  # before nets of that size are made
        if name not in tensors or tensors[name].numel() < weights:
            raise damaged(f"{name} is missing or too small for its config")
    rngs = [Generator().manual_seed(0)]
    made = Model(
        title,
        config,
        drawing_net(config, rngs, torch.float32),
        critic_of(config, rngs, torch.float32),
        facts,
    )
    made.generator.settle(made.noise(2, 0)[None])
    places = tensors_of(made)
    for name in sorted(places.keys() | tensors.keys()):
        given, place = tensors.get(name), places.get(name)
        if given is None or place is None or given.shape != place.shape:
            raise damaged(f"{shown(name)} is not what its config needs")
        if not (given.is_floating_point() and given.isfinite().all()):
            raise damaged(f"{shown(name)} holds something that is no finite number")
        place.copy_(given)
    return made


SHIPPED = {"digits": "dcgan-mnist", "faces": "dcgan-faces"}
"""The models that come with the project, by their names in the address: their files."""


@lru_cache(maxsize=len(SHIPPED))
def shipped(name: str) -> Model:
    """One of SHIPPED."""
    return loads((FOLDER / f"{SHIPPED[name]}.safetensors").read_bytes(), name)
