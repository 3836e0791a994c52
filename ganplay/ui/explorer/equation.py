"""The equation A - B + C as the page shows it: stacks of exemplars, their means, and what comes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from ganplay.data.pictures import scaled
from ganplay.figures.explorer_arithmetic import equation as as_one_picture
from ganplay.figures.sheets import Colours, coloured, neutral
from ganplay.figures.style import BLEND, GENERATED
from ganplay.latent import Model
from ganplay.latent.arithmetic import around, total
from ganplay.metrics.attributes import Reader
from ganplay.observe.pictures import pixels
from ganplay.snapshot import Pixels
from ganplay.ui.component import component
from ganplay.ui.sheets import pack

ROWS = (
    "exemplars, each made by G from its z",
    "what G makes of their mean z",
    "their mean, pixel by pixel",
)

_equation = component("equation", "equation.js", "it.draw(parentElement, data, send)")


@dataclass(frozen=True, eq=False)
class Sum:
    """An equation and what it gives: pictures of the three stacks, and of -1..1 what G makes of the
    mean z [3, *shape] and of the sum amid its neighbours [9, *shape], and the means and the sum by
    pixel [4, *shape]."""

    stacks: Sequence[Pixels]
    means: Tensor
    sums: Tensor
    by_pixel: Tensor

    @classmethod
    def of(cls, model: Model, terms: Sequence[tuple[Tensor, Pixels]]) -> "Sum":
        """That of the z and the pictures of three terms."""
        codes = [z for z, _ in terms]
        shown = [scaled(torch.from_numpy(pictures)) for _, pictures in terms]
        z = torch.stack([each.mean(0) for each in codes])
        made = model.generate(torch.cat([z, around(total(*codes))]))
        mixed = torch.stack([each.mean(0) for each in shown] + [total(*shown).clamp(-1, 1)])
        return cls([pictures for _, pictures in terms], made[:3], made[3:], mixed)

    @property
    def results(self) -> Tensor:
        """The sum by z and the sum by pixel, [2, *shape]."""
        return torch.stack([self.sums[4], self.by_pixel[3]])

    def parts(self) -> tuple[list[Colours], Colours, Colours, Colours]:
        """All of it as it is shown."""
        stacks = [coloured(stack) for stack in self.stacks]
        return (
            stacks,
            coloured(pixels(self.means)),
            coloured(pixels(self.sums)),
            neutral(pixels(self.by_pixel)),
        )

    def picture(self) -> Colours:
        """All of it as one picture."""
        return as_one_picture(*self.parts())


def show(
    found: Sum, titles: Sequence[str], said: Sequence[str],
    active: int = 0, picked: Callable[[int, int], None] | None = None,
) -> None:  # fmt: skip
    """Draw an equation. `titles` are of A, B, C and the sum, `said` words about the sums by z and by
    pixel. `picked` is called with the number of a term that is clicked, and of its exemplar or -1;
    `active` is the term that one picks for."""
    stacks, *others = found.parts()
    header = {
        "counts": [len(stack) for stack in stacks],
        "titles": list(titles),
        "said": list(said),
        "rows": ROWS,
        "active": active,
        "pickable": picked is not None,
        "frame": GENERATED,
        "mixed": BLEND,
    }

    def use() -> None:
        sent = st.session_state["equation"]["sent"]
        if picked and sent:
            picked(int(sent[0]), int(sent[1]))

    _equation(
        key="equation", data=pack(np.concatenate([*stacks, *others]), header), on_sent_change=use
    )


def percent(share: float) -> str:
    """A portion in words."""
    return f"{100 * share:.0f}\u00a0%"


def has(reader: Reader, flags: Tensor) -> str:
    """What a picture has for sure, in words."""
    names = sorted(reader.names, key=reader.movable.__contains__)
    return (
        ", ".join(reader.titles[name] for name in names if flags[reader.names.index(name)] == 1)
        or "none of the attributes"
    )
