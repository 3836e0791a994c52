"""The graph of a step: what is known at a stage, where the gradient goes, and that words fit."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import ImageFont

from ganplay.figures.drawing import Arrow, Box, Drawing, Words
from ganplay.figures.style import ATTENTION, EDGE, GRADIENT, TEXT
from ganplay.figures.theory_step import BACK, BEND_D, FORWARD, LOGITS, LOSS, STAGES, X, Z, graph
from ganplay.theory import backprop
from ganplay.theory.backprop import START, Kind, step

NOISE = np.array([1.2, *backprop.Z])
SIGNS = str.maketrans({"−": "-", "∂": "d", "Σ": "S", "…": "m"})
"""What is as wide as signs that the font does not have."""
KINDS: tuple[Kind, ...] = ("generator", "discriminator", "attached")
every_kind = pytest.mark.parametrize("kind", KINDS)
every_stage = pytest.mark.parametrize("stage", range(len(STAGES)), ids=STAGES)


def drawn(kind: Kind, stage: str | int, z: np.ndarray = NOISE) -> Drawing:
    at = STAGES.index(stage) if isinstance(stage, str) else stage
    return graph(z, step(kind, z), START, at)


def words(drawing: Drawing) -> list[Words]:
    return [part for part in drawing.parts if isinstance(part, Words)]


def numbers(drawing: Drawing, colour: str = "") -> list[float]:
    """The numbers of two digits, of one colour or of all."""
    texts = [w.text for w in words(drawing) if colour in ("", w.colour)]
    return [float(t.replace("−", "-")) for t in texts if re.fullmatch(r"−?\d+\.\d\d", t)]


def rounded(*values: object) -> list[float]:
    flat = np.concatenate([np.ravel(value) for value in values])
    return sorted(float(f"{value:.2f}") for value in flat)


def back(drawing: Drawing) -> list[Arrow]:
    """The arrows of the way back that are taken."""
    return [a for a in drawing.parts if isinstance(a, Arrow) and a.colour == GRADIENT]


@every_kind
@every_stage
def test_it_tells_what_is_known_and_no_more(kind: Kind, stage: int) -> None:
    taken, drawing = step(kind, NOISE), drawn(kind, stage)
    known = STAGES[: stage + 1]
    weights = taken.weights if "update" in known else START
    forward = [NOISE, *weights.values(), taken.real]
    forward += [taken.x] if "points" in known else []
    forward += [taken.logits, taken.real_logits] if "logits" in known else []
    slopes = []
    if "by_logits" in known:
        slopes += [taken.gradients["logits"], taken.gradients["real_logits"]]
    if "by_points" in known:
        slopes += [taken.gradients[n] for n in ("x", "a", "c", "v", "e") if n in taken.gradients]
    if "by_weights" in known:
        slopes += [taken.gradients[n] for n in ("w", "b") if n in taken.gradients]
    assert sorted(numbers(drawing)) == pytest.approx(rounded(*forward, *slopes))
    pink = sorted(numbers(drawing, GRADIENT))
    assert pink == (pytest.approx(rounded(*slopes)) if slopes else [])
    said = [w.text for w in words(drawing)]
    assert (f"{taken.loss:.3f}" in said) == ("loss" in known)
    assert (f"{taken.loss_after:.3f}" in said) == ("update" in known)


@every_kind
def test_the_way_back(kind: Kind) -> None:
    """To G only without detach(), which is drawn as a cut."""
    assert not back(drawn(kind, "loss"))
    assert len(back(drawn(kind, "by_logits"))) == 1
    whole = drawn(kind, "update")
    ends = [arrow.corners[-1] for arrow in back(whole) if not arrow.open]
    assert (LOGITS.right, BACK) in ends
    cut = kind == "discriminator"
    assert ((X.right, BACK) in ends) == (not cut)
    assert any(x < X.left for x, _ in ends) == (not cut)
    assert ("detach()" in [w.text for w in words(whole)]) == cut
    grey = [a for a in whole.parts if isinstance(a, Arrow) and a.colour == EDGE]
    assert not grey, "at the end every way is taken"
    if cut:
        (stump,) = [arrow for arrow in back(whole) if arrow.open]
        assert X.right < stump.corners[-1][0] < BEND_D


@every_kind
def test_the_way_forward(kind: Kind) -> None:
    ahead = [a for a in drawn(kind, "loss").parts if isinstance(a, Arrow) and a.colour == TEXT]
    ways = {(arrow.corners[0], arrow.corners[-1]) for arrow in ahead if not arrow.open}
    chain = [(Z, X), (X, LOGITS), (LOGITS, LOSS)]
    assert ways == {((a.right, FORWARD), (b.left, FORWARD)) for a, b in chain}


@pytest.mark.parametrize(
    ("kind", "of_g", "of_d"),
    [("generator", "updated", "not updated"), ("discriminator", "no gradient", "updated"),
     ("attached", "not updated", "updated")],
)  # fmt: skip
def test_who_is_updated(kind: Kind, of_g: str, of_d: str) -> None:
    verdicts = {"updated", "not updated", "no gradient"}
    told = [(w.x, w.text) for w in words(drawn(kind, "update")) if w.text in verdicts]
    assert [text for _, text in sorted(told)] == [of_g, of_d]
    assert not verdicts & {w.text for w in words(drawn(kind, "by_weights"))}


@every_kind
@every_stage
@pytest.mark.parametrize("first", [-3.0, 3.0])
def test_words_fit(kind: Kind, stage: int, first: float) -> None:
    """Measured in Pillow's own font, of which bold words take a tenth more."""
    drawing = drawn(kind, stage, np.array([first, *backprop.Z]))
    ElementTree.fromstring(drawing.svg())
    spans: dict[float, list[tuple[float, float]]] = {}
    for each in words(drawing):
        assert each.size >= 13
        font = ImageFont.load_default(each.size)
        wide = font.getlength(each.text.translate(SIGNS)) * (1.1 if each.bold else 1)
        start = each.x - {"start": 0.0, "middle": wide / 2, "end": wide}[each.anchor]
        assert 0 <= start < start + wide <= drawing.width
        assert each.size / 2 <= each.y <= drawing.height - each.size / 2
        spans.setdefault(each.y, []).append((start, start + wide))
    for line in spans.values():
        for (_, end), (start, _) in zip(sorted(line), sorted(line)[1:], strict=False):
            assert end < start
    boxes = [part for part in drawing.parts if isinstance(part, Box)]
    assert all(b.x + b.width <= drawing.width and b.y + b.height <= drawing.height for b in boxes)


@every_kind
@every_stage
def test_what_happens_is_lit(kind: Kind, stage: int) -> None:
    lit = [b for b in drawn(kind, stage).parts if isinstance(b, Box) and b.edge == ATTENTION]
    nothing = kind == "discriminator" and STAGES[stage] == "by_weights"  # detach() stops it
    assert len(lit) == (
        0 if nothing else 2 if STAGES[stage] == "by_points" and kind != "discriminator" else 1
    )
