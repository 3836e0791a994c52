"""What a browser tab keeps of the page that is open."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException

from ganplay.config import ConfigError, RunConfig
from ganplay.live import EngineError

T = TypeVar("T")

PAGE, PROBLEM = "page", "problem"
TALK = "talk"
"""The scenarios of a talk, in the address and in the session, `a,b,c`."""
DARK, RECORDING = "dark", "recording"
"""Whether a talk is in dark colours, and whether it plays a recording: `on` in the address."""
LOOKED, WHAT_IF = "looked", "what_if"
"""The moment that is looked back to, and the title of what the run has branched with."""


@dataclass(frozen=True)
class Page:
    """A page with a live run: its name in the address, the settings it starts with, and the data
    sets it can show; one that `plays_all` shows the scenarios of every page."""

    name: str
    start: RunConfig
    data: tuple[str, ...]
    plays_all: bool = False

    def refusal(self, config: RunConfig) -> str:
        """Why it can't show a run, in a sentence; empty where it can."""
        name = config.data.name
        if name not in self.data:
            return (
                f"data.name: {name} is not for this page; it takes one of {', '.join(self.data)}."
            )
        if not self.plays_all and config.data.shape[0] != self.start.data.shape[0]:
            return "data.colour: pictures in colour are not for this page; it takes grey ones."
        return ""


def begin(page: Page) -> None:
    """Have all that follows be of this page."""
    st.session_state[PAGE] = page


def page() -> Page:
    """The page that is open."""
    found: Page = st.session_state[PAGE]
    return found


def own(name: str) -> str:
    """Under which name the session keeps something of the open page."""
    return f"{name}@{page().name}"


# ---- refusals


def attempt(work: Callable[[], T]) -> T | None:
    """Do something that may be refused; a refusal is kept for the page to show."""
    st.session_state.pop(own(PROBLEM), None)
    try:
        return work()
    except (ConfigError, EngineError, ValueError) as error:
        st.session_state[own(PROBLEM)] = str(error)
        return None


def undisturbed(work: Callable[[], None]) -> None:
    """Do something to its end. Streamlit breaks a callback off, at any use of the session's state, for
    a request that has come meanwhile; what must not be left half done is done again before that is
    answered, so doing it twice has to be as good as once."""
    try:
        work()
    except RerunException:
        undisturbed(work)
        raise


def refuse(sentence: str) -> None:
    """Have the page say what was wrong."""
    st.session_state[own(PROBLEM)] = sentence


def problem() -> str:
    """What was refused last, until something is accepted; empty if nothing was."""
    return str(st.session_state.get(own(PROBLEM), ""))


def show_problem() -> None:
    """Say what was refused, beside the controls, where nothing of the stage has to move."""
    if problem():
        st.sidebar.error(problem())


# ---- a talk


def playlist() -> tuple[str, ...]:
    """The scenarios of the talk that is given; none outside one."""
    found: tuple[str, ...] = st.session_state.get(own(TALK), ())
    return found


def is_on(name: str) -> bool:
    """Whether the talk is DARK, or plays a RECORDING."""
    return bool(st.session_state.get(own(name)))


def turn(name: str, on: bool) -> None:
    """Have it be so, or not."""
    st.session_state[own(name)] = on


# ---- looking back


def looked() -> int | None:
    """The moment, in iterations, that is looked back to; None for now."""
    step: int | None = st.session_state.get(own(LOOKED))
    return step


def what_if() -> str:
    """The title of what the run has branched with; empty where it has not."""
    return str(st.session_state.get(own(WHAT_IF), ""))


def forget_looks() -> None:
    """Look at what is now, of a run that is as its settings say."""
    for name in (LOOKED, WHAT_IF):
        st.session_state.pop(own(name), None)
