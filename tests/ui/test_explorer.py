"""The explorer's page: its address, its models, and what it refuses."""

import pytest
from streamlit.testing.v1 import AppTest

from ganplay import checkpoint
from ganplay.config import RunConfig
from ganplay.latent.model import SHIPPED
from ganplay.live import shared_engine
from ganplay.trainer import Trainer
from ganplay.ui.explorer import models
from ganplay.ui.explorer.views import VIEWS

from . import explorer
from .conftest import Tab

every_view = pytest.mark.parametrize("view", VIEWS)


def opened(**query: str) -> AppTest:
    """The explorer at an address."""
    return explorer.opened(**query).app


def errors(app: AppTest) -> list[str]:
    return [error.value for error in app.error]


@every_view
@pytest.mark.parametrize("model", SHIPPED)
def test_every_view_opens_with_every_model(model: str, view: str) -> None:
    app = opened(model=model, view=view)
    assert not errors(app)
    assert app.segmented_control[0].value == view
    assert VIEWS[view].question in [caption.value for caption in app.caption]
    drawn = [each for each in app.get("html") if "<img" in each.proto.body]
    assert app.get("bidi_component") or drawn, "there are pictures"


@every_view
def test_an_address_leads_back_to_itself(view: str) -> None:
    first = explorer.opened(model="faces", view=view, seed="7").address
    assert first["seed"] == "7"
    assert explorer.opened(**first).address == first


WRONG = [
    ({"model": "cats"}, "model: cats is not allowed; it takes"),
    ({"model": "file-000000000000"}, "or a file that is opened here again"),
    ({"view": "betwen"}, "view: betwen is not allowed; it takes one of"),
    ({"seed": "-1"}, "seed: -1 is not allowed; it takes a whole number from 0 to 9999."),
    ({"seed": "nan"}, "seed: nan is not allowed"),
    ({"colour": "red"}, "colour: there is no such choice"),
    ({"model": "<b>\u202e" * 50}, "is not allowed"),
]


@pytest.mark.parametrize(("query", "said"), WRONG, ids=[next(iter(query)) for query, _ in WRONG])
def test_a_wrong_address_is_told_in_a_sentence(query: dict[str, str], said: str) -> None:
    app = opened(**query)
    (sentence,) = errors(app)
    assert said in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 250
    app.run()
    assert not errors(app), "it is said once"


def test_another_model_keeps_what_it_can() -> None:
    app = opened(model="digits", view="between", seed="3")
    app.radio(key="explorer:model").set_value("faces").run()
    assert not app.exception
    assert app.number_input(key="explorer:seed").value == 3


# ---- models from elsewhere


def run(**fields: object) -> Trainer:
    config = RunConfig().updated({"data.name": "mnist", "batch_size": 8, "latent.dim": 6, **fields})
    made = Trainer(config)
    made.advance(2)
    return made


PERCEPTRON = {"generator.hidden": "16", "discriminator.hidden": "16"}
DCGAN = {"generator.kind": "dcgan", "generator.hidden": "8,4", "discriminator.kind": "dcgan",
         "discriminator.hidden": "4,8"}  # fmt: skip
OTHERS = {
    "perceptron": PERCEPTRON,
    "colour": {**DCGAN, "data.name": "stacked_mnist", "latent.prior": "uniform"},
    "packs": {**DCGAN, "aids.pack": 2, "latent.prior": "one_hot_mixture"},
    "tails": {**PERCEPTRON, "latent.prior": "student_t", "latent.dim": 1},
}


@every_view
@pytest.mark.parametrize("kind", OTHERS)
def test_every_view_opens_with_a_run_of_ones_own(kind: str, view: str) -> None:
    name = models.hold(checkpoint.dumps(run(**OTHERS[kind])), "mine")
    app = opened(model=name, view=view)
    assert not errors(app)
    assert "mine" in app.radio(key="explorer:model").options


def test_a_model_is_kept_until_many_others_came() -> None:
    source = checkpoint.dumps(run(**PERCEPTRON))
    name = models.hold(source, "mine")
    assert models.hold(source, "mine") == name
    for seed in range(models.HELD):
        models.hold(checkpoint.dumps(run(**PERCEPTRON, seed=seed + 1)), "other")
    with pytest.raises(ValueError, match="opened here again"):
        models.found(name)


def test_the_page_of_digits_opens_its_run_here() -> None:
    tab = Tab()
    try:
        tab.go("MNIST", data__name="mnist")
        tab.press("explore")
        assert not tab.app.exception
        chosen = tab.address["model"]
        assert chosen.startswith("file-")
        assert models.found(chosen).title == "Your run at 0"
    finally:
        for each in tab.runs:
            shared_engine().close(each)
