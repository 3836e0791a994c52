"""The two players of a RunConfig: their nets and how they are trained."""

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import field_validator

from ganplay.config_parts import Part
from ganplay.nets import ACTIVATIONS, INITS
from ganplay.optimizers import OPTIMIZERS
from ganplay.settings import setting

if TYPE_CHECKING:
    ActivationName: TypeAlias = str
    InitName: TypeAlias = str
    OptimizerName: TypeAlias = str
else:
    ActivationName = Literal[tuple(ACTIVATIONS)]
    InitName = Literal[tuple(INITS)]
    OptimizerName = Literal[tuple(OPTIMIZERS)]

WGAN_CLIP = 0.01
"""The paper's weight limit c (Arjovsky et al. 2017, alg. 1)."""


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
    norm: Literal["none", "batch"] = setting(
        "none",
        "Whether what a layer makes is normalised over the batch (Ioffe and Szegedy 2015).",
        title="normalisation",
        when="kind=dcgan",
        restart=True,
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
        " number that shifts an upright line, or on a line z itself (shift).",
        title="net",
        restart=True,
    )
    norm: Literal["none", "batch"] = setting(
        "batch",
        "Whether what a layer makes is normalised over the batch (Ioffe and Szegedy 2015).",
        title="normalisation",
        when="kind=dcgan",
        restart=True,
    )

    start: float = setting(
        1.0,
        "Where the number stands by which G shifts, before training.",
        title="start",
        when="kind=shift",
        restart=True,
        ge=-8,
        le=8,
    )
    ema: float = setting(
        0.0,
        "Shows a running average of G's weights that keeps this much of its past at each iteration,"
        " less at the start; training itself goes on without it (Yazıcı et al. 2019), and 0 is none.",
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
    sees_log: bool = setting(
        False,
        "Shows D each coordinate x as sign(x) log(1 + |x|), so that points far out are not too far"
        " for it.",
        title="logarithmic view",
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
