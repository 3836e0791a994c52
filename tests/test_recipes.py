"""The recipes: valid, what the docs say of them, and they learn."""

import tomllib
from pathlib import Path

import pytest

from ganplay import observe, recipes
from ganplay.config import RunConfig, named_fields
from ganplay.metrics.judge import judge
from ganplay.metrics.pictures import verdict
from ganplay.nets import MLP, DCGANDiscriminator, DCGANGenerator, Shift
from ganplay.observe import PictureLook
from ganplay.recipes import recipe
from ganplay.settings import note
from ganplay.trainer import Trainer

FOLDER = Path(recipes.__file__).parent
DCGAN = (DCGANGenerator, DCGANDiscriminator)
NETS = {
    "dcgan": DCGAN,
    "mlp": (MLP, MLP),
    "faces": DCGAN,
    "algorithm": (MLP, MLP),
    "game": (MLP, MLP),
    "algorithm_wgan": (MLP, MLP),
    "convergence": (MLP, MLP),
    "branches": (MLP, MLP),
    "transport": (Shift, MLP),
}
DATA = {
    "dcgan": "mnist",
    "mlp": "mnist",
    "faces": "faces",
    "algorithm": "gaussian_1d",
    "game": "gaussian_1d",
    "algorithm_wgan": "gaussian_1d",
    "convergence": "mixture_1d",
    "branches": "mixture_1d",
    "transport": "mixture_1d",
}

every_recipe = pytest.mark.parametrize("name", NETS)


def look(trainer: Trainer) -> PictureLook:
    seen = observe.look(*trainer.places[0])
    assert isinstance(seen, PictureLook)
    return seen


def test_there_are_no_others() -> None:
    assert {path.stem for path in FOLDER.glob("*.toml")} == NETS.keys()


@every_recipe
def test_it_is_its_file(name: str) -> None:
    path = FOLDER / f"{name}.toml"
    assert recipe(name) == RunConfig.from_toml(path)
    assert recipe(name).data.name == DATA[name]
    tree = tomllib.loads(path.read_text("utf-8"))
    told = {
        key if not isinstance(value, dict) else f"{key}.{inner}"
        for key, value in tree.items()
        for inner in (value if isinstance(value, dict) else [key])
    }
    known = named_fields(DATA[name])
    for setting in told:  # none that has no effect beside the others
        other, _, values = note(known[setting], "when").partition("=")
        if other:
            at = f"{setting.rpartition('.')[0]}.{other}"
            assert str(recipe(name).flat()[at]).lower() in values.split(",")


@every_recipe
def test_an_address_leads_back_to_it(name: str) -> None:
    assert RunConfig.from_query(recipe(name).to_query()) == recipe(name)
    changed = recipe(name).updated({"generator.lr": 0.1, "vae.on": True})
    query = changed.to_query(recipe(name))
    assert query == {"generator.lr": "0.1", "vae.on": "true"}
    assert RunConfig.from_query(query, recipe(name)) == changed


@every_recipe
def test_it_runs(name: str) -> None:
    fields = {"data.count": 1000} if name == "faces" else {}  # which are drawn sooner
    trainer = Trainer(recipe(name).updated(fields))
    (stack,) = trainer.stacks
    assert isinstance(stack.generator.net, NETS[name][0])
    assert isinstance(stack.critic.net, NETS[name][1])
    trainer.advance(3)
    assert trainer.diverged() == [False]
    assert trainer.snapshot().step == 3


def test_dcgan_is_what_the_docs_say() -> None:
    """Each word with a number is made of the recipe."""
    docs = " ".join((FOLDER.parents[1] / "docs" / "pictures.md").read_text("utf-8").split())
    c = recipe("dcgan")
    g, d = c.generator, c.discriminator
    side = 28 // 2 ** len(g.hidden)
    for words in (
        f"G z{c.latent.dim} -> {g.hidden[0]} maps of {side}x{side} -> {g.hidden[1]} -> 1 by transposed",
        f"D two strided convolutions of {d.hidden[0]} and {d.hidden[1]} maps and a layer of {d.hidden[2]}",
        f"R1 with gamma {c.penalty.weight:g} at every {c.penalty.every}th iteration (times {c.penalty.every})",
        f"Adam {1000 * g.lr:g}e-3 with beta {g.beta1:g} and {g.beta2:g}".replace(" 0.", " ."),
        f"batches of {c.batch_size}",
        f"iteration {g.steps_total:,}",
    ):
        assert words in docs, words
    assert (g.norm, d.norm) == ("batch", "none")
    assert (c.loss, c.penalty.name) == ("non_saturating", "r1")
    assert (g.optimizer, g.lr_decay) == ("adam", "linear")
    for name in ("optimizer", "lr", "lr_decay", "steps_total", "beta1", "beta2"):
        assert getattr(g, name) == getattr(d, name), f"the docs give one {name}"
    assert g.ema > 0.9
    assert recipe("mlp").generator.hidden == recipe("mlp").discriminator.hidden == (256, 256)


def test_faces_is_what_the_docs_say() -> None:
    docs = " ".join((FOLDER.parents[1] / "docs" / "explorer.md").read_text("utf-8").split())
    c = recipe("faces")
    g, d = c.generator, c.discriminator
    for words in (
        f"G z{c.latent.dim} -> {g.hidden[0]} maps of 4x4 -> {g.hidden[1]} -> {g.hidden[2]} -> 3",
        f"D strided convolutions of {', '.join(map(str, d.hidden))} maps",
        f"R1 and R2 with gamma {c.penalty.weight:g} at every {c.penalty.every}th iteration".replace(
            " 0.", " ."
        ),
        f"Adam {1000 * g.lr:g}e-3 with beta {g.beta1:g} and {g.beta2:g}".replace(" 0.", " ."),
        f"batches of {c.batch_size}",
        f"{c.data.count:,} faces",
    ):
        assert words in docs, words
    assert (c.loss, c.penalty.name) == ("relativistic", "r1_r2")
    assert (g.optimizer, g.lr, g.beta1, g.beta2) == (d.optimizer, d.lr, d.beta1, d.beta2)


@pytest.mark.parametrize("seed", [100, 101])
def test_dcgan_begins_to_draw_digits_at_once(seed: int) -> None:
    """Untrained nets read a Fréchet distance of about 9,000; here 530 to 940 were seen."""
    trainer = Trainer(recipe("dcgan").updated({"seed": seed}))
    before = verdict(look(trainer).features, judge())
    trainer.advance(120)
    after = verdict(look(trainer).features, judge())
    assert before.digits == 1
    assert after.digits >= 3
    assert after.frechet < 1300 < before.frechet / 3
