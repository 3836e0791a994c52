"""The parts of a RunConfig but the two players: the noise, what keeps D smooth, and a VAE."""

from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from ganplay.data import DATA_SETS
from ganplay.losses import LOSSES
from ganplay.penalties import PENALTIES
from ganplay.settings import setting

if TYPE_CHECKING:
    DataName: TypeAlias = str
    LossName: TypeAlias = str
    PenaltyName: TypeAlias = str
else:
    PenaltyName = Literal[tuple(PENALTIES)]
    DataName = Literal[tuple(DATA_SETS)]
    LossName = Literal[tuple(LOSSES)]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class DataChoice(Part):
    """The choice that decides which other data settings there are."""

    name: DataName = setting("ring", "Distribution that G learns to imitate.", title="data")


class Latent(Part):
    """The noise z that G turns into samples."""

    dim: int = setting(
        4, "Random numbers G gets for each sample.", title="z size", restart=True, ge=1, le=256
    )
    prior: Literal["normal", "uniform", "one_hot_mixture", "student_t"] = setting(
        "normal",
        "Distribution of z: standard normal, uniform in -1..1, one of z size corners (a one among"
        " zeros) plus a little noise, which gives G a mode for each corner (Gurumurthy et al. 2017),"
        " or Student's t with 2 degrees of freedom, whose tails are heavy.",
        title="z prior",
    )


class PenaltyChoice(Part):
    """What keeps D smooth."""

    name: PenaltyName = setting(
        "none",
        "Pull on D's slope: towards 1 between real and generated points (gp), or towards 0 at"
        " real (r1), generated (r2) or both kinds of points (r1_r2).",
        title="penalty",
    )
    weight: float = setting(
        0.1,
        "How strongly the penalty counts in D's loss; called lambda or gamma in the papers.",
        title="penalty weight",
        when="name=gp,r1,r2,r1_r2",
        ge=0,
        le=1000,
    )
    every: int = setting(
        1,
        "Iterations from one with the penalty to the next, in which it counts so many times as much"
        " (Karras et al. 2020, app. B).",
        title="penalty every",
        unit="iterations",
        when="name=gp,r1,r2,r1_r2",
        ge=1,
        le=64,
    )


class Aids(Part):
    """Helps against collapse."""

    unroll: int = setting(
        0,
        "Updates of D that G looks ahead, so that it does not run to where D is not yet"
        " (Metz et al. 2017); 0 is none.",
        title="unrolling",
        unit="updates",
        ge=0,
        le=10,
    )
    pack: int = setting(
        1,
        "Points that D judges together, so that it sees when they are all alike"
        " (PacGAN, Lin et al. 2018).",
        title="packing",
        unit="points",
        restart=True,
        ge=1,
        le=16,
    )
    minibatch_stddev: bool = setting(
        False,
        "Tells D's last layer how much the batch varies (Karras et al. 2018).",
        title="minibatch stddev",
        restart=True,
    )
    instance_noise: float = setting(
        0.0,
        "Deviation of the noise added to real and generated points before D sees them, so that the"
        " two overlap (Sønderby et al. 2017); 0 is none.",
        title="instance noise",
        ge=0,
        le=5,
    )


class VAEChoice(Part):
    """A variational autoencoder that learns the same data beside the GAN."""

    on: bool = setting(
        False,
        "Trains a variational autoencoder (Kingma and Welling 2014) on the same data, with a decoder"
        " like G and an encoder like D.",
        title="VAE beside the GAN",
        restart=True,
    )
    beta: float = setting(
        1.0,
        "Weight of the divergence of the encoder from the prior (Higgins et al. 2017); 1 is the"
        " evidence bound.",
        title="beta",
        when="on=true",
        ge=0,
        le=100,
    )
    variance: Literal["unit", "learned"] = setting(
        "unit",
        "Variance of the decoder: 1, as in most tutorials, or the one that fits best"
        " (Rybkin et al. 2021).",
        title="decoder variance",
        when="on=true",
    )
    lr: float = setting(
        1e-3, "Learning rate of the VAE (Adam).", title="learning rate", when="on=true", gt=0, le=1
    )
