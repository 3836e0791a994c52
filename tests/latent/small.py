"""Models so small that they cost nothing, of nets as they are before any training."""

from ganplay.config import RunConfig
from ganplay.latent import Model
from ganplay.trainer import Trainer

NETS = {
    "dcgan": {"generator.kind": "dcgan", "generator.hidden": "8,4", "discriminator.kind": "dcgan",
              "discriminator.hidden": "4,8", "generator.activation": "relu"},
    "mlp": {"generator.hidden": "16", "discriminator.hidden": "16"},
}  # fmt: skip


def small_model(nets: str = "dcgan", **fields: object) -> Model:
    """A model of handwritten digits with 6 numbers in its z; `__` stands for a dot."""
    known = {"data.name": "mnist", "latent.dim": 6, **NETS[nets]}
    own = {name.replace("__", "."): value for name, value in fields.items()}
    return Model.of(Trainer(RunConfig().updated(known | own)).stacks[0], "small")
