"""What a view of the explorer is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ganplay.latent import Model
from ganplay.ui.address import Field


@dataclass(frozen=True)
class View:
    """A view: its title, the question it answers in one sentence, its choices for a model, what
    draws it, and why a model can't have it (nothing where it can)."""

    title: str
    question: str
    fields: Callable[[Model], Mapping[str, Field]]
    show: Callable[[Model], None]
    lacks: Callable[[Model], str] = lambda _: ""
