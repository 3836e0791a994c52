"""Controls made from RunConfig: one for each setting, with its bounds and its help."""

from collections.abc import Iterable
from typing import Any, get_origin

import streamlit as st

from ganplay.config import RunConfig, in_force, named_fields
from ganplay.data import DATA_SETS, Pictures
from ganplay.losses import LOSSES
from ganplay.penalties import PENALTIES
from ganplay.recipes import recipe
from ganplay.settings import as_text, bounds, choices, note
from ganplay.ui import session, tab
from ganplay.ui.own_pictures import own_pictures
from ganplay.ui.points import own_points, smiley

ESSENTIAL = (
    ("data.name",),
    ("loss",),
    ("discriminator.lr", "generator.lr"),
    ("discriminator.steps", "generator.steps"),
)
"""The settings that stand open, row by row; the others wait in closed groups."""

TRAINING = ("optimizer", "lr_decay", "steps_total", "beta1", "beta2", "momentum")
"""Settings of a player that are about its training, not its net."""

ONLY_PICTURES = ("generator.kind", "discriminator.kind", "precision")
ONLY_PLANE = ("discriminator.fourier_features", "discriminator.sees_log", "aids.unroll")
"""Settings that mean nothing for other data."""

GROUPS = ("Data", "Generator", "Discriminator", "Aids against collapse", "VAE", "Optimisation")

LEARNING_RATES = [m * 10.0**e for e in range(-5, 0) for m in (1, 2, 5)] + [1.0]

WGAN_PAPER = {
    "loss": "wgan",
    "batch_size": 64,
    "discriminator.steps": 5,
    "discriminator.clip": 0.01,
    "penalty.name": "none",
    "discriminator.optimizer": "rmsprop",
    "generator.optimizer": "rmsprop",
    "discriminator.lr": 5e-5,
    "generator.lr": 5e-5,
}
"""The defaults of Arjovsky et al. 2017, algorithm 1."""


RECIPES = {
    "dcgan": (
        "DCGAN",
        "Convolutions that learn clear digits in a minute or two. Starts the run again.",
    ),
    "mlp": ("MLP", "Perceptrons, as in the first paper: quick and rough. Starts the run again."),
}
"""Settings that are one click away on the page of pictures: label and help."""


def settings(config: RunConfig) -> None:
    """All settings of a run, in the sidebar; each change is made at once."""
    fields = named_fields(config.data.name)
    pictures = isinstance(config.data, Pictures)
    open_rows = (*ESSENTIAL, *([("vae.on",)] if pictures else []))
    elsewhere = {"seed", *(name for row in open_rows for name in row)}
    shown = [n for n, f in fields.items() if n not in elsewhere and matters(n, config)]
    with st.sidebar:
        if pictures:
            _recipes()
        for row in open_rows:
            for name, column in zip(row, st.columns(len(row)), strict=True):
                with column:
                    control(name, config)
        st.button(
            "WGAN as in the paper",
            on_click=_as_in_the_paper,
            help="RMSprop at 5e-5, clip .01, batches of 64, five critic updates to one of G.",
            width="stretch",
        )
        _more(config)
        for group in GROUPS:
            names = [name for name in shown if _group(name) == group]
            # what is closed is not even made: the page is there half a second sooner
            box = st.expander(group, key=f"group:{group}", on_change="rerun") if names else None
            if box and box.open:
                with box:
                    for name in names:
                        control(name, config)


def _recipes() -> None:
    """Buttons for whole settings."""
    for column, (name, (label, help)) in zip(
        st.columns(len(RECIPES)), RECIPES.items(), strict=True
    ):
        column.button(
            label, key=f"recipe:{name}", help=help, width="stretch",
            on_click=_use_recipe, args=(name,),
        )  # fmt: skip


def _use_recipe(name: str) -> None:
    own = {
        n: v for n, v in recipe(name).flat().items() if not n.startswith("data.") and n != "seed"
    }
    session.change(own)


def _more(config: RunConfig) -> None:
    """What some data sets need besides settings."""
    if config.data.name == "points":
        own_points()
    elif isinstance(config.data, Pictures):
        own_pictures()


def _group(name: str) -> str:
    """The heading under which a setting is found."""
    part, _, leaf = name.rpartition(".")
    if not part or leaf in TRAINING:
        return "Optimisation"
    return {
        "data": "Data",
        "latent": "Generator",
        "vae": "VAE",
        "generator": "Generator",
        "aids": "Aids against collapse",
    }.get(part, "Discriminator")


def matters(name: str, config: RunConfig) -> bool:
    """Whether a setting has a choice and an effect under the others."""
    if name in ("data.file", "data.points", "data.key", "data.side", "data.colour"):
        return False
    pictures = isinstance(config.data, Pictures)
    if name in ONLY_PLANE if pictures else name in ONLY_PICTURES:
        return False
    if name == "aids.minibatch_stddev" and config.discriminator.kind == "dcgan":
        return False
    return name in in_force(config)


def _generation(config: RunConfig) -> int:
    """Part of each control's key. A change not made by hand replaces the controls by new ones: a
    picture that the browser asked for before may still bring old values, and would undo it."""
    if st.session_state.get("shown") != config:
        st.session_state["shown"] = config
        st.session_state["generation"] = st.session_state.get("generation", 0) + 1
    return int(st.session_state["generation"])


def control(name: str, config: RunConfig, **look: Any) -> None:
    """The control of one setting; `look` overrides what it says or how wide it is."""
    field = named_fields(config.data.name)[name]
    value = config.flat()[name]
    generation = _generation(config)
    key = f"set:{name}:{generation}"
    if key not in st.session_state:
        is_list = get_origin(field.annotation) is tuple
        st.session_state[key] = as_text(value) if is_list else value
    player = {"generator": "G ", "discriminator": "D "}.get(name.partition(".")[0], "")
    again = " Changing it starts the run again." if note(field, "restart") else ""
    options: dict[str, Any] = {
        "label": player + (field.title or name),
        "key": key,
        "help": f"{field.description}{again}{_about(name, config)}",
        "on_change": _changed,
        "args": (name, generation),
    } | look
    if choices(field):
        offered = _offered(config) if name == "data.name" else choices(field)
        st.selectbox(options=offered, format_func=lambda n: _words(name, n), **options)
    elif field.annotation is bool:
        st.checkbox(**options)
    elif name.endswith(".lr"):
        st.select_slider(options=_with(LEARNING_RATES, value), format_func="{:g}".format, **options)
    elif get_origin(field.annotation) is tuple:
        st.text_input(**options)
    else:
        low, high, _ = bounds(field)
        whole = field.annotation is int
        kind = int if whole else float
        st.number_input(
            min_value=None if low is None else kind(low),
            max_value=None if high is None else kind(high),
            step=1 if whole else _step(value),
            format="%d" if whole else "%g",
            placeholder="auto",
            **options,
        )


def _offered(config: RunConfig) -> list[str]:
    """The data sets of this page that can be chosen: pictures of one's own have to be given first."""
    return [n for n in tab.page().data if n != "images" or n == config.data.name]


def _as_in_the_paper() -> None:
    session.change(WGAN_PAPER)


def _changed(name: str, generation: int) -> None:
    if generation != st.session_state["generation"]:
        return
    fields = {name: st.session_state[f"set:{name}:{generation}"]}
    if fields == {"data.name": "points"}:
        fields["data.points"] = smiley()  # something to see before the user's own are there
    view = session.change(fields)
    # a data set brings its own options, and a refused value has to go
    st.session_state["shown"] = view.config if view and name != "data.name" else None


def _words(name: str, option: str) -> str:
    """How a choice reads on the page."""
    if name == "loss":
        return LOSSES[option].title
    if name == "data.name":
        return DATA_SETS[option].title
    if name == "penalty.name" and (penalty := PENALTIES[option]):
        return penalty.title
    return option.replace("_", " ")


def _about(name: str, config: RunConfig) -> str:
    """What is chosen now, and where it comes from."""
    loss, penalty = LOSSES[config.loss], PENALTIES[config.penalty.name]
    if name == "loss":
        return f" {loss.title}: {loss.help} ({loss.source})."
    if name == "penalty.name" and penalty:
        return f" {penalty.title}: {penalty.source}."
    return ""


def _with(ladder: Iterable[float], value: float) -> list[float]:
    return sorted({*ladder, value})


def _step(value: float | None) -> float:
    """A step of the − and + buttons that suits the size of the value."""
    return 0.01 if not value or value < 1 else 0.1
