"""What a page makes of its address: settings, a run to go on with, or one sentence."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from ganplay.config import RunConfig
from ganplay.data import fetch
from ganplay.data.images import hold
from ganplay.live import shared_engine
from ganplay.recipes import recipe

Open = Callable[..., Any]

STARTS = {"Lab": RunConfig(), "MNIST": recipe("dcgan")}
"""The pages with a live run, and the settings they start with."""


def query(config: RunConfig, base: RunConfig | None = None) -> dict[str, str]:
    """The settings of an address, as a tab takes them."""
    return {name.replace(".", "__"): text for name, text in config.to_query(base).items()}


@pytest.mark.parametrize(
    ("page", "fields"),
    [
        ("Lab", {"data.name": "grid", "loss": "hinge", "generator.hidden": "32,32"}),
        ("Lab", {"vae.on": True, "vae.variance": "learned"}),
        ("MNIST", {"loss": "hinge", "latent.dim": 16, "generator.hidden": "8,4"}),
        ("MNIST", {"vae.on": True, "vae.beta": 4.0, "discriminator.norm": "batch"}),
    ],
)
def test_address_gives_the_config_and_reload_the_run(
    page: str, fields: dict[str, Any], show: Open
) -> None:
    base = STARTS[page]
    config = base.updated(fields)
    tab = show(page, **query(config, base))
    assert not tab.problem
    assert tab.view.config == config
    assert tab.address == {"run": tab.run, **config.to_query(base)}
    again = show(page, run=tab.run, **query(config, base))
    assert again.run == tab.run


@pytest.mark.parametrize("page", STARTS)
def test_address_with_other_settings_than_its_run_makes_a_new_run(page: str, show: Open) -> None:
    first = show(page)
    other = show(page, run=first.run, loss="wgan")
    assert other.run != first.run
    assert other.view.config.loss == "wgan"


BAD = [
    ("loss", "wgann", "nearest is wgan"),
    ("generator__lr", "1e9", "at most 10"),
    ("generator__hidden", "0", "1 to 1024"),
    ("nonsense", "1", "no such setting"),
    ("data__file", "/etc/passwd", "can't name a file"),
    ("data__name", "mars", "one of ring"),
    ("vae__on", "perhaps", "true or false"),
]


@pytest.mark.parametrize(
    ("page", "name", "value", "words"),
    [
        *(("Lab", *row) for row in BAD),
        *(("MNIST", *row) for row in BAD),
        ("Lab", "data__name", "mnist", "mnist is not for this page; it takes one of ring, grid"),
        ("Lab", "generator__kind", "dcgan", "dcgan is for pictures"),
        ("MNIST", "data__name", "stacked_mnist", "it takes one of mnist, fashion_mnist, images."),
        ("MNIST", "data__key", "0123456789abcdef", "no such setting"),
        ("MNIST", "generator__hidden", "8,8,8", "give 1 to 2"),
        ("MNIST", "aids__unroll", "5", "are for points"),
    ],
)
def test_mangled_address_gets_one_sentence_and_the_pages_own_run(
    page: str, name: str, value: str, words: str, show: Open
) -> None:
    tab = show(page, **{name: value})
    assert words in tab.problem
    assert tab.problem.endswith("The page starts with its own settings instead.")
    assert len(tab.problem) < 400
    assert tab.view.config == STARTS[page]
    assert tab.address == {"run": tab.run}
    tab.press("do:Step")
    assert not tab.problem
    assert tab.view.snapshot.step == 1


COLOURED = hold(BLANK := torch.zeros(16, 3, 28, 28, dtype=torch.uint8))
PERCEPTRONS = {"generator__kind": "mlp", "discriminator__kind": "mlp"}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"data__name": "ring"}, "dcgan is for pictures"),
        ({"data__name": "ring"} | PERCEPTRONS, "ring is not for this page; it takes one of mnist"),
        ({"data__name": "images"}, "give data.file"),
        ({"data__name": "images", "data__key": "0123456789abcdef"}, "load them again"),
        ({"data__name": "images", "data__colour": "true"}, "give data.file"),
        (
            {"data__name": "images", "data__colour": "true", "data__key": COLOURED},
            "data.colour: pictures in colour are not for this page",
        ),
        ({"data__name": "images", "data__key": COLOURED}, "the pictures of data.key are coloured"),
        ({"data__name": "fashion_mnist"}, "data fetch fashion_mnist"),
        ({"data__whole": "true"}, "data fetch mnist"),
    ],
    ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else "",
)
def test_data_that_the_page_of_digits_can_not_show(
    fields: dict[str, str], words: str, mnist: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(fetch, "ROOT", tmp_path)
    assert hold(BLANK) == COLOURED  # others may have taken their place
    tab = mnist(**fields)
    assert words in tab.problem
    assert tab.view.config == recipe("dcgan")


def test_data_that_is_not_here_is_refused_and_the_choice_goes_back(
    mnist: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(fetch, "ROOT", tmp_path)
    tab = mnist()
    tab.press("do:Step")
    tab.set("data.name", "fashion_mnist")
    assert "data fetch fashion_mnist" in tab.problem
    assert (tab.view.config, tab.view.snapshot.step) == (recipe("dcgan"), 1)
    assert tab.controls["data.name"].value == "mnist"


# ---- a run for each page


def test_each_page_of_a_tab_has_a_run_of_its_own(show: Open) -> None:
    tab = show("Lab")
    points = tab.view
    tab.press("do:Step")
    tab.go("MNIST")
    digits = tab.view
    assert digits.run != points.run
    assert (digits.config, digits.snapshot.step) == (recipe("dcgan"), 0)
    assert tab.address == {"run": digits.run}
    tab.press("do:Step")
    tab.go("Lab")
    assert (tab.run, tab.view.snapshot.step) == (points.run, 1)
    assert tab.view.config == RunConfig()
    tab.press("do:Reset")
    tab.go("MNIST")
    assert (tab.run, tab.view.snapshot.step) == (digits.run, 1)


@pytest.mark.parametrize(("page", "other"), [("Lab", "MNIST"), ("MNIST", "Lab")])
def test_a_run_is_not_shown_on_the_other_page(page: str, other: str, show: Open) -> None:
    """Even where an address spells out its settings."""
    run = show(page).run
    plain = show(other, run=run)
    assert plain.run != run
    assert plain.view.config == STARTS[other]
    spelt = show(other, run=run, **query(STARTS[page], STARTS[other]))
    assert "is not for this page" in spelt.problem or "dcgan is for pictures" in spelt.problem
    assert spelt.run != run
    assert spelt.view.config == STARTS[other]


def test_a_problem_stays_on_its_page(show: Open) -> None:
    tab = show("Lab", loss="wgann")
    assert tab.problem
    tab.go("MNIST")
    assert not tab.problem
    tab.go("Lab")
    assert tab.problem


@pytest.mark.parametrize("page", STARTS)
def test_a_run_that_is_gone_is_made_anew(page: str, show: Open) -> None:
    tab = show(page)
    run = tab.run
    shared_engine().close(run)
    tab.update()
    assert tab.run != run
    assert tab.view.state == "idle"
