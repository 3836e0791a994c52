"""The parts of a RunConfig: the noise, the two players, and what keeps D smooth."""

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, field_validator

from ganplay.data import DATA_SETS
from ganplay.losses import LOSSES
from ganplay.nets import ACTIVATIONS, INITS
from ganplay.optimizers import OPTIMIZERS
from ganplay.penalties import PENALTIES
from ganplay.settings import setting

if TYPE_CHECKING:
    DataName: TypeAlias = str
    LossName: TypeAlias = str
    PenaltyName: TypeAlias = str
    ActivationName: TypeAlias = str
    InitName: TypeAlias = str
    OptimizerName: TypeAlias = str
else:
    PenaltyName = Literal[tuple(PENALTIES)]
    DataName = Literal[tuple(DATA_SETS)]
    LossName = Literal[tuple(LOSSES)]
    ActivationName = Literal[tuple(ACTIVATIONS)]
    InitName = Literal[tuple(INITS)]
    OptimizerName = Literal[tuple(OPTIMIZERS)]

WGAN_CLIP = 0.01
"""The paper's weight limit c (Arjovsky et al. 2017, alg. 1)."""


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
    prior: Literal["normal", "uniform", "one_hot_mixture"] = setting(
        "normal",
        "Distribution of z: standard normal, uniform in -1..1, or one of z size corners (a one among"
        " zeros) plus a little noise, which gives G a mode for each corner (Gurumurthy et al. 2017).",
        title="z prior",
    )


class Net(Part):
    """One player: its net and how it is optimised."""

    kind: Literal["mlp", "dcgan"] = setting(
        "mlp",
        "Architecture of the net: a perceptron, or for pictures the convolutions of DCGAN.",
        title="net",
        restart=True,
    )
    hidden: tuple[int, ...] = setting(
        (64, 64),
        "Widths of the hidden layers, as in 64,64; leave empty for a linear map.",
        title="hidden layers",
        restart=True,
        max_length=16,
    )
    activation: ActivationName = setting(
        "relu", "Non-linearity after each hidden layer.", title="activation"
    )
    init: InitName = setting(
        "default",
        "How the weights start; default is PyTorch's own way.",
        title="initial weights",
        restart=True,
    )
    optimizer: OptimizerName = setting(
        "adam",
        "Rule that turns gradients into updates; a new one starts without memory.",
        title="optimizer",
    )
    lr: float = setting(
        2e-3, "Learning rate: the size of each update.", title="learning rate", gt=0, le=10
    )
    lr_decay: Literal["none", "linear"] = setting(
        "none",
        "Whether the learning rate falls in a straight line to 0.",
        title="decay of the rate",
    )
    steps_total: int = setting(
        2000,
        "Iteration at which a falling learning rate reaches 0, and this net stands still.",
        title="decay ends at",
        unit="iterations",
        when="lr_decay=linear",
        ge=1,
        le=10_000_000,
    )
    beta1: float = setting(
        0.5,
        "How long Adam remembers gradients; at .9 a GAN tends to swing.",
        title="beta 1",
        when="optimizer=adam",
        ge=0,
        lt=1,
    )
    beta2: float = setting(
        0.999,
        "How long Adam remembers the size of gradients.",
        title="beta 2",
        when="optimizer=adam",
        ge=0,
        lt=1,
    )
    momentum: float = setting(
        0.0,
        "Share of the last update that is carried on.",
        title="momentum",
        when="optimizer=sgd,rmsprop",
        ge=0,
        lt=1,
    )
    steps: int = setting(
        1, "Updates in each iteration; 0 freezes this net.", title="updates", ge=0, le=100
    )

    @field_validator("hidden", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return value.split(",") if value.strip() else ()
        return value

    @field_validator("hidden")
    @classmethod
    def _widths(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if not all(1 <= width <= 1024 for width in value):
            raise ValueError("each width is a whole number from 1 to 1024")
        return value


class Generator(Net):
    """G, which turns z into samples."""

    kind: Literal["mlp", "dcgan", "shift"] = setting(  # type: ignore[assignment]
        "mlp",
        "Architecture of the net: a perceptron, for pictures the convolutions of DCGAN, or one"
        " number that shifts an upright line (shift).",
        title="net",
        restart=True,
    )

    ema: float = setting(
        0.0,
        "Shows a running average of G's weights that keeps this much of its past at each iteration;"
        " training itself goes on without it (Yazıcı et al. 2019), and 0 is none.",
        title="average of weights",
        ge=0,
        le=0.9999,
    )


class Discriminator(Net):
    """D, which tells real from generated points; called the critic under WGAN."""

    activation: ActivationName = setting(
        "leaky_relu", "Non-linearity after each hidden layer.", title="activation"
    )
    clip: float | None = setting(
        None,
        f"Limit c that weights are cut to; empty means {WGAN_CLIP} under WGAN without a penalty, else no limit.",
        title="weight clip c",
        ge=0,
        le=10,
    )

    fourier_features: int = setting(
        0,
        "Random waves through which D sees each point as well, so that it can be sharp"
        " (Tancik et al. 2020); 0 is none.",
        title="Fourier features",
        unit="waves",
        restart=True,
        ge=0,
        le=128,
    )
    spectral_norm: bool = setting(
        False,
        "Divides each of D's weights by its largest singular value, which bounds D's slope"
        " (Miyato et al. 2018).",
        title="spectral norm",
    )

    @field_validator("clip", mode="before")
    @classmethod
    def _empty(cls, value: Any) -> Any:
        return None if value == "" else value


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
