"""The game: the best D against a fixed G, and both learning, stage by stage as in the first paper."""

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from ganplay.config import RunConfig
from ganplay.figures import theory_game
from ganplay.figures.style import GENERATED, REAL
from ganplay.live import EngineError, View, shared_engine
from ganplay.recipes import recipe
from ganplay.snapshot import AxisSnapshot
from ganplay.theory.game import best_discriminator, best_value
from ganplay.theory.mixture import Mixture
from ganplay.ui import address
from ganplay.ui.board import Handle, redraw
from ganplay.ui.theory import learned
from ganplay.ui.theory.chapter import Chapter
from ganplay.ui.theory.common import layout, switch
from ganplay.ui.theory.game.stages import STAGES, settings_of

PARTS = {"best": "The best D", "both": "Both learn"}
DATA = {"gaussian_1d": "One bell", "mixture_1d": "Two bells"}
MOST = 3.0
FIELDS = {
    "part": address.choice(*PARTS),
    "theta": address.real(-0.5, -MOST, MOST),
    "data": address.choice(*DATA),
    "mean": address.real(1.0, -MOST, MOST),
    "first": address.real(-1.5, -MOST, MOST),
    "second": address.real(1.5, -MOST, MOST),
}
X = np.linspace(-10, 10, 801)
ITERATIONS, PACE = 800, 160.0
"""Of D alone, and how many a second."""
ALONE = {
    "generator.steps": 0, "penalty.name": "none", "discriminator.beta1": 0.9,
    "discriminator.steps_total": ITERATIONS,
}  # fmt: skip
TRAINED, STAGE = "game:trained", "game:stage"


# ---- the best D

BEST = """
A **generator** G turns noise $z$ into numbers $x = G(z)$, of density $p_g$ (purple hill). The data
have $p_{data}$ (green dots). A **discriminator** D sees one number and says from 0 to 1 how sure it
is that it is data.

**Drag the top of a hill.** The best answer at $x$ is the data's share of all there (dashed):

$$D^*(x) = \\frac{p_{data}(x)}{p_{data}(x) + p_g(x)}$$

**Then press Train D.** From samples alone a neural net (grey) finds that line, except where samples
are rare. It raises the **value** $V$, high when D is right ($E$: mean over samples):

$$\\begin{aligned}V = {}&E \\log D(x)\\\\&+ E \\log(1 - D(G(z)))\\end{aligned}$$

The best D has $2\\,\\mathrm{JSD} - \\log 4$ nats (the unit of natural logs). The JSD says how far apart
the hills are: 0 to $\\log 2$.

:small[Goodfellow et al. 2014, eq. 1, 2 and 6, theorem 1.]
"""


def frozen(theta: float, mean: float) -> RunConfig:
    """A run of D alone against a G that makes N(theta, 1) and stands still."""
    shift = {"generator.kind": "shift", "generator.start": theta, "data.mean": mean}
    return recipe("game").updated(ALONE | shift)


def _best(words: Any, figure: Any) -> None:
    theta, mean = _place("theta"), _place("mean")
    config = frozen(theta, mean)
    view = None
    if st.session_state.get(TRAINED) == (theta, mean):
        view = learned.run("game:best", config, PACE)
    with words:
        st.button(
            "Train D to the end", key="game:train", type="primary", on_click=_train_alone,
            args=(theta, mean), help=f"{ITERATIONS} updates of D, with G fixed.",
        )  # fmt: skip
        st.markdown(BEST)
    p, q = Mixture((mean,), (config.flat()["data.sigma"],)), Mixture((theta,), (1.0,))

    def draw() -> None:
        now = shared_engine().poll(view.run) if view else None
        on_data, on_made = p.pdf(X), q.pdf(X)
        d, course = None, (np.empty(0), np.empty(0), np.array([best_value(X, on_data, on_made)]))
        if now:
            d, course = np.interp(X, seen(now).x, seen(now).verdict), _course(now)
        z = np.linspace(-2, 2, 21)
        redraw(
            "game-best",
            {
                "stage": theory_game.stage(
                    X, on_data, on_made, best_discriminator(on_data, on_made), d
                ),
                "arrows": theory_game.arrows(np.column_stack((z, z + theta))),
                "values": theory_game.values(*course),
            },
            f"Data around {mean:.2f} and generated numbers around {theta:.2f}, with the best D",
            handles=[
                Handle("mean", "stage", mean, float(p.pdf(mean)), REAL, "Middle of the data", "x"),
                Handle("theta", "stage", theta, float(q.pdf(theta)), GENERATED, "Middle of p_g", "x"),
            ],
            view=now,
        )  # fmt: skip

    with figure:
        learned.live("game-best", draw, *([view] if view else []), moved=_moved)


def _train_alone(theta: float, mean: float) -> None:
    st.session_state[TRAINED] = (theta, mean)
    view = learned.run("game:best", frozen(theta, mean), PACE)
    if view:
        engine, run = shared_engine(), view.run
        _attempt(lambda: engine.reset(run), lambda: engine.play(run, ITERATIONS))


# ---- both learn

BOTH = """
Now G is a net, too, and wants D to take its numbers for data: the two are a **GAN** (generative
adversarial network). **Press a, b, c, d** in turn, the four moments by which its first paper explains
it (Goodfellow et al. 2014, fig. 1).
"""
MOVED = """
The lines below the hills lead from each noise $z$ to its $x$: where they crowd, purple is high.
**Then drag a green dot** and press d once more: D shows G the way to the data's new place.
"""


def _both(words: Any, figure: Any) -> None:
    view = learned.run("game:both", recipe("game"))
    if not view:
        return
    data = _data()
    wanted = view.config.updated(data)
    if wanted != view.config:
        _attempt(lambda: shared_engine().change(view.run, wanted))
    name = st.session_state.get(STAGE, "")
    with words:
        st.markdown(BOTH)
        for row in ("ab", "cd"):
            for column, key in zip(st.columns(2, gap="small"), row, strict=True):
                stage = STAGES[key]
                column.button(
                    stage.button, key=f"game:{key}", on_click=_play, args=(view.run, key),
                    type="primary" if key == name else "secondary", width="stretch",
                    disabled=not name and key != "a", help=stage.help.format(stage.iterations),
                )  # fmt: skip
        if name:
            st.markdown(f"**{STAGES[name].button}.** {STAGES[name].words}")
        st.markdown(MOVED)
        switch("data", DATA, "What the data are.")

    def draw() -> None:
        now = shared_engine().poll(view.run) or view
        s = seen(now)
        places = {each: data[f"data.{option}"] for each, option in _means().items()}
        handles = [
            Handle(
                each,
                "stage",
                x,
                float(np.interp(x, s.x, s.p_data)),
                REAL,
                "Middle of the data",
                "x",
            )
            for each, x in places.items()
        ]
        redraw(
            "game-both",
            {
                "stage": theory_game.stage(s.x, s.p_data, s.p_g, s.best, s.verdict),
                "arrows": theory_game.arrows(s.arrows),
                "values": theory_game.values(*_course(now)),
            },
            "The data's and the generator's densities with D, where noise goes, and the value",
            handles=handles,
            view=now,
        )

    with figure:
        learned.live("game-both", draw, view, moved=_moved)


def _play(run: str, key: str) -> None:
    stage, engine = STAGES[key], shared_engine()
    view = engine.poll(run)
    if not view:
        return
    step = 0 if key == "a" else view.snapshot.step
    config = view.config.updated(settings_of(stage, step))
    st.session_state[STAGE] = key
    works: list[Callable[[], Any]] = [lambda: engine.change(run, config)]
    if key == "a":
        works.append(lambda: engine.reset(run))
    works += [
        lambda: engine.hold(run, stage.limit),
        lambda: engine.play(run, step + stage.iterations),
    ]
    _attempt(*works)


def _means() -> dict[str, str]:
    """The choices that place the data, and the options that they are."""
    if address.get("data") == "gaussian_1d":
        return {"mean": "mean"}
    return {"first": "first_mean", "second": "second_mean"}


def _data() -> dict[str, Any]:
    """The data's settings that are chosen."""
    places = {f"data.{option}": _place(name) for name, option in _means().items()}
    return {"data.name": address.get("data"), **places}


# ---- of both parts


def seen(view: View) -> AxisSnapshot:
    """What there is to see of a run on a line."""
    s = view.snapshot
    assert isinstance(s, AxisSnapshot)
    return s


def _course(view: View) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Iterations, V and 2 JSD - log 4 at each look, from the start to now."""
    first: Any = view.film.frames[0]  # of which the history has nothing, for nothing was trained
    columns = []
    for name in ("step", "value", "best_value"):
        past = view.history.column(name).astype(float)
        columns.append(np.array([getattr(first, name), *past, getattr(seen(view), name)]))
    return columns[0], columns[1], columns[2]


def _place(name: str) -> float:
    """Where something stands that can be dragged; an address may have more digits."""
    return float(round(address.get(name), 2)) + 0.0


def _moved(name: str, x: float, _: float) -> None:
    address.put(name, round(float(np.clip(x, -MOST, MOST)), 2) + 0.0)


def _attempt(*works: Callable[[], Any]) -> None:
    try:
        for work in works:
            work()
    except EngineError as error:
        address.refuse(str(error))


def show() -> None:
    words, figure = layout()
    with words:
        switch("part", PARTS, "Part")
    {"best": _best, "both": _both}[address.get("part")](words, figure)


CHAPTER = Chapter(
    "The game",
    "What does a perfect discriminator say, and what is the generator then told to do?",
    FIELDS, show,
)  # fmt: skip
