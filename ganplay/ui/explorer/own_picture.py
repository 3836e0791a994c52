"""A picture of the user's own: drawn with a pen, put together, or uploaded."""

from functools import lru_cache

import streamlit as st
from torch import Tensor

from ganplay.data import MNIST, Faces
from ganplay.data.faces import ATTRIBUTES, draw_all, people
from ganplay.data.picture_files import ENDINGS, KINDS, read_picture
from ganplay.data.pictures import scaled
from ganplay.data.strokes import LETTERS, LONGEST, PEN, as_digit, decode, draw
from ganplay.figures.style import INK, REAL
from ganplay.latent import Model
from ganplay.ui import address
from ganplay.ui.component import component

EXAMPLE = "KSJNLINFPBTAXAbCeFgIhLgPeTcWZZWcTfQiNlKnIqMqQqUqYqcqgq"
"""A two, to begin with."""
PAD = 300
"""Width of the pad at most, in pixels."""
FACES = 9999
FIRST_FACE = 1 << 20
"""Added to the number of a face, so that it is none that a net was trained on."""

_pad = component("sketch", "sketch.js", "it.draw(parentElement, data, send)")


def fields(model: Model) -> dict[str, address.Field]:
    """The choices that make a picture for a model, but for an upload."""
    if isinstance(model.config.data, Faces):
        return {
            "wears": address.Field(["smile", "glasses"], _attributes, ",".join),
            "face": address.whole(0, 0, FACES),
        }
    return {"strokes": address.Field(EXAMPLE, _strokes)} if model.shape[0] == 1 else {}


def choose(model: Model) -> Tensor | None:
    """Let the user make a picture: [1, *shape] of -1..1; None where there is none yet."""
    made = _composed() if "wears" in fields(model) else None
    if "strokes" in fields(model):
        made = _drawn(model)
    file = st.file_uploader(
        "or upload one", type=[ending[1:] for ending in ENDINGS], key="explorer_picture",
        help=f"A {KINDS} file, of which the middle is cut out and scaled. It takes the place of the other until you remove it.",
    )  # fmt: skip
    if file is None:
        return made
    try:
        return scaled(_read(file.getvalue(), file.name, model.shape))[None]
    except ValueError as error:
        st.error(f"{error}.")
        return None


def _drawn(model: Model) -> Tensor | None:
    """What is drawn on the pad."""
    _pad(
        key="sketch",
        data={
            "size": PAD, "strokes": address.get("strokes"), "pen": PEN, "ink": INK[REAL],
            "letters": LETTERS, "longest": LONGEST,
        },
        on_sent_change=_use_strokes,
    )  # fmt: skip
    strokes = decode(address.get("strokes"))
    side = model.shape[-1]
    made = as_digit(strokes, side) if isinstance(model.config.data, MNIST) else draw(strokes, side)
    return scaled(made)[None] if strokes else None


def _use_strokes() -> None:
    text = st.session_state["sketch"]["sent"]
    if text is not None:
        address.put("strokes", _strokes(text))


def _composed() -> Tensor:
    """A face with chosen attributes."""
    st.pills(
        "It has", ATTRIBUTES, selection_mode="multi", wrap=True, key=address.key("wears"),
        format_func=lambda name: name.replace("_", " "), help="What the face has; the others it lacks.",
    )  # fmt: skip
    st.number_input(
        "Face", 0, FACES, key=address.key("face"),
        help="Each number is another person: skin, hair, colours, widths and place. None was trained on.",
    )  # fmt: skip
    has = {name: name in address.get("wears") for name in ATTRIBUTES}
    return scaled(draw_all(people(1, FIRST_FACE + address.get("face"), **has)))


def _attributes(text: str) -> list[str]:
    names = text.split(",") if text else []
    if not set(names) <= set(ATTRIBUTES):
        raise ValueError(f"some of {','.join(ATTRIBUTES)}")
    return names


def _strokes(text: str) -> str:
    decode(text)
    return text


@lru_cache(maxsize=8)
def _read(source: bytes, name: str, shape: tuple[int, int, int]) -> Tensor:
    return read_picture(source, name, shape)
