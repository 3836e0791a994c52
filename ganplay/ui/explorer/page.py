"""The explorer's page: the views side by side, and the address that holds all that is chosen."""

import streamlit as st

from ganplay.device import prepare_cpu
from ganplay.ui import address
from ganplay.ui.explorer import models
from ganplay.ui.explorer.views import VIEWS

SEEDS = 9999


def show() -> None:
    """Draw the page."""
    prepare_cpu()
    address.begin("explorer")
    first = {
        models.FIELD: models.field(),
        "view": address.choice(*VIEWS),
        "seed": address.whole(0, 0, SEEDS),
    }
    address.read(first)
    model, view = models.found(address.get(models.FIELD)), VIEWS[address.get("view")]
    own = view.fields(model)
    address.read(own)
    address.check({**first, **own})
    with st.sidebar:
        models.chooser(model)
        st.number_input(
            "Sheet of samples", 0, SEEDS, key=address.key("seed"),
            help="Seed of the noise: each number is another sheet of the same generator.",
        )  # fmt: skip
    st.segmented_control(
        "View", list(VIEWS), format_func=lambda name: VIEWS[name].title,
        key=address.key("view"), label_visibility="collapsed", required=True,
    )  # fmt: skip
    st.caption(view.question)
    if trouble := address.problem():
        st.sidebar.error(trouble)
    if lack := view.lacks(model):
        st.info(lack)
    else:
        view.show(model)
    address.write({**first, **view.fields(model)})
