"""Anatomy of a step: the graph of the run that is in the lab, live, and its next iteration in slow motion."""

import math
import time
from typing import Any

import streamlit as st

from ganplay.anatomy.moments import Trace
from ganplay.config import RunConfig, named_fields
from ganplay.data import PLANE
from ganplay.figures.theory_anatomy import PICTURES, Scene
from ganplay.live import View, shared_engine
from ganplay.snapshot import PlaneSnapshot
from ganplay.ui import address, session, tab
from ganplay.ui.controls import control, matters
from ganplay.ui.theory.anatomy.graph import Seen, feed, graph, known
from ganplay.ui.theory.anatomy.words import Told, number, tell, unseen
from ganplay.ui.theory.chapter import Chapter

LAB = tab.Page("Lab", RunConfig(), tuple(PLANE))
INTERVAL = 0.125
"""Seconds between two pictures of a run that trains."""
SPEEDS = {"0.25": "¼ ×", "0.5": "½ ×", "1": "1 ×", "2": "2 ×", "4": "4 ×", "8": "8 ×"}
"""Moments a second in slow motion."""
WHOLE = "graph"
"""What is seen where no part is enlarged."""
DOTS = (2.5, 5.0)
"""Size of a point on the graph and on a part that is enlarged, in pixels."""

SETTINGS = {
    "noise": ("latent.prior", "latent.dim"),
    "generator": (
        "generator.lr", "generator.optimizer", "generator.hidden", "generator.activation",
    ),
    "generated": ("generator.lr", "batch_size", "aids.instance_noise"),
    "real": ("data.name",),
    "discriminator": (
        "discriminator.lr", "discriminator.optimizer", "discriminator.hidden",
        "discriminator.activation", "discriminator.clip",
    ),
    "predictions": ("loss", "aids.instance_noise", "batch_size"),
    "losses": ("loss", "discriminator.steps", "generator.steps", "updates"),
    "gradients": ("generator.lr", "loss", "penalty.name", "penalty.weight"),
}  # fmt: skip
"""What belongs to a part and can be changed there."""
ABOUT = {
    "noise": "Each z is a list of random numbers; its first two are drawn, over a grid of such pairs.",
    "generator": "Where G sends the grid of noise, all other numbers of z being 0: how G bends noise into data.",
    "generated": "What G makes of the noise.",
    "real": "Points of the data, which G is to imitate and never sees.",
    "discriminator": "What D says of each place: green likely real, purple likely generated.",
    "predictions": "What D says of the real and of the generated points. Where the two heaps lie on each other, D can only guess.",
    "losses": "What each player minimises, over the iterations. They pull against each other, so neither need fall.",
    "gradients": "Where each generated point should go to lower G's loss: it is D's slope there that tells.",
}

PLAYS, PLACE, AT, TRACE, TICKED = (
    f"anatomy:{name}" for name in ("plays", "place", "at", "trace", "ticked")
)


def _run(text: str) -> str:
    if text and (len(text) > 16 or not text.isalnum()):
        raise ValueError("the id of a run")
    return text


FIELDS = {
    "part": address.choice(WHOLE, *PICTURES),
    "speed": address.choice(*SPEEDS, default="1"),
    "run": address.Field("", _run),
}


def show() -> None:
    """The transport, and below it the graph or the part that is enlarged."""
    view = session.borrow(LAB, address.get("run"))
    if view is None:
        tab.show_problem()
        return
    address.put("run", view.run)
    if view.state == "running":  # which may have been asked for in the lab
        st.session_state[PLAYS] = False
    _transport(view)
    tab.show_problem()
    every = 1 / float(address.get("speed")) if st.session_state.get(PLAYS) else None
    if view.state == "running":
        every = INTERVAL
    part = address.get("part")
    if part == WHOLE:
        graph(_clicked)
    else:
        words, figure = st.columns((22, 78), gap="medium")
        with words:
            st.button(
                "The whole graph", icon=":material/arrow_back:", on_click=address.put,
                args=("part", WHOLE), help="Back to all parts and the paths between them.",
            )  # fmt: skip
            st.markdown(ABOUT[part])
            _settings(part, view.config)
        with figure:
            graph(_clicked)
    st.fragment(_picture, run_every=every)(view)


# ---- what is seen


def _picture(drawn: View) -> None:
    """All parts, one of them perhaps enlarged."""
    seen, part = _seen(drawn), address.get("part")
    s, trace = seen.view.snapshot, seen.trace
    assert isinstance(s, PlaneSnapshot)
    now = known(trace, seen.place, "loss") if trace else (math.nan, math.nan)
    scenes = [
        Scene(seen.parts, s.loss, s.extent, s.scale, seen.view.history, s.step, now, dot)
        for dot in DOTS
    ]
    pictures = {name: draw(scenes[0]) for name, draw in PICTURES.items()}
    if part == WHOLE:
        feed(seen, pictures, "")
    else:
        feed(seen, {**pictures, "enlarged": PICTURES[part](scenes[1])}, part)


def _seen(drawn: View) -> Seen:
    """The run as it is now; in slow motion, a moment further."""
    view = shared_engine().poll(drawn.run)
    if view is None:
        session.forget_run()
        st.rerun()
    if (view.state, view.config) != (drawn.state, drawn.config):
        st.rerun()  # what lies outside this fragment has to follow
    if view.state in ("running", "diverged", "error"):
        return Seen(view, shared_engine().parts(view.run), None, 0, _live(view))
    if _due():
        view = _turn(view, 1)
    trace, place = _trace(view), _place(view)
    return Seen(view, trace.moments[place].parts, trace, place, tell(trace, place, view.config))


def _live(view: View) -> Told:
    s = view.snapshot
    if view.state != "running":
        return Told(f"Iteration {s.step:,}", "It is over", view.message, [])
    rows = [
        ["", "D", "G"],
        ["loss", number(s.loss_d), number(s.loss_g)],
        ["length of the gradient", number(s.norm_d), number(s.norm_g)],
    ]
    sentence = f"{view.rate:,.0f} iterations a second. Pause, and take the next one apart."
    sentence = f"{sentence} {unseen(view.config)}".strip()
    return Told(f"Iteration {s.step:,}", "Training, live", sentence, rows, True)


# ---- the moment that it is at


def _trace(view: View) -> Trace:
    """The next iteration, worked out once for each state of the run."""
    key, known = (view.run, view.frame), st.session_state.get(TRACE)
    if known is None or known[0] != key:
        known = st.session_state[TRACE] = key, shared_engine().trace(view.run)
    trace: Trace = known[1]
    return trace


def _place(view: View) -> int:
    """Which moment of the iteration it is; another iteration starts with its first."""
    at = (view.run, view.snapshot.step)
    if st.session_state.get(AT) != at:
        st.session_state[AT], st.session_state[PLACE] = at, 0
    last = len(_trace(view).moments) - 1
    return min(int(st.session_state.get(PLACE, 0)), last)


def _turn(view: View, moments: int) -> View:
    """Go on by so many moments; after the last, the run does the iteration that was shown."""
    place = _place(view) + moments
    if place >= len(_trace(view).moments):
        return tab.attempt(lambda: shared_engine().move(view.run, "iteration")) or view
    st.session_state[PLACE] = max(0, place)
    return view


def _due() -> bool:
    """Whether slow motion goes on now; the page may be drawn for other reasons meanwhile."""
    now, every = time.monotonic(), 1 / float(address.get("speed"))
    if not st.session_state.get(PLAYS) or now - st.session_state.get(TICKED, 0.0) < 0.7 * every:
        return False
    st.session_state[TICKED] = now
    return True


# ---- what one does


def _transport(view: View) -> None:
    engine, run, plays = shared_engine(), view.run, st.session_state.get(PLAYS, False)
    ended = view.state in ("diverged", "error")
    going = view.state == "running"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if going:
            _button("Pause", "Stop training here.", lambda: engine.pause(run), type="primary")
        else:
            _button(
                "Run", "Train at full speed.", lambda: engine.play(run), type="primary", disabled=ended
            )  # fmt: skip
        _button(
            "Step", "One whole iteration.", lambda: engine.move(run, "iteration"), disabled=ended
        )
        _button("Reset", "Start again with these settings.", lambda: engine.reset(run))
        st.button(
            "Hold" if plays else "Slow motion", key="anatomy:play", on_click=_toggle, args=(view,),
            icon=":material/pause:" if plays else ":material/play_arrow:", disabled=ended,
            help="Goes through the next iteration moment by moment, and on to the one after it.",
        )  # fmt: skip
        for word, moments in (("Back", -1), ("Next", 1)):
            first = word == "Back" and (going or _place(view) == 0)
            st.button(
                word, key=f"anatomy:{word}", on_click=_go, args=(view, moments), disabled=ended or first,
                help="One moment back." if moments < 0 else "One moment on; after the last, the run does it.",
            )  # fmt: skip
        st.caption("speed", width="content", help="Moments a second in slow motion.")
        st.selectbox(
            "Speed", SPEEDS, format_func=SPEEDS.__getitem__, key=address.key("speed"),
            label_visibility="collapsed", width=90,
        )  # fmt: skip


def _button(label: str, help: str, work: Any, **look: Any) -> None:
    def act() -> None:
        st.session_state[PLAYS] = False
        tab.attempt(work)

    st.button(label, key=f"do:{label}", help=help, on_click=act, **look)


def _toggle(view: View) -> None:
    st.session_state[PLAYS] = not st.session_state.get(PLAYS, False)
    st.session_state[TICKED] = time.monotonic()
    if view.state == "running":
        tab.attempt(lambda: shared_engine().pause(view.run))


def _go(view: View, moments: int) -> None:
    st.session_state[PLAYS] = False
    if view.state == "running":
        tab.attempt(lambda: shared_engine().pause(view.run))
    else:
        _turn(view, moments)


def _clicked(what: str, which: str | int) -> None:
    if what == "part" and which in PICTURES:
        address.put("part", which)
    elif what == "moment":
        st.session_state[PLAYS], st.session_state[PLACE] = False, int(which)


def _settings(part: str, config: RunConfig) -> None:
    """The controls of what belongs to a part."""
    known = named_fields(config.data.name)
    names = list(SETTINGS[part])
    if part == "real":
        names += [n for n in known if n.startswith("data.") and n != "data.name"]
    for name in names:
        if matters(name, config):
            control(name, config)


CHAPTER = Chapter(
    "Anatomy of a step",
    "What happens, number by number, when a GAN trains for one step?",
    FIELDS,
    show,
)
