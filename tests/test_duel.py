"""Duels: what they set against each other, how an address says it, and that they start alike."""

from typing import Any

import pytest
import torch

from ganplay import whatif
from ganplay.config import ConfigError, RunConfig
from ganplay.duel import LETTERS, Duel, contrasts, in_words
from ganplay.figures.style import SIDES
from ganplay.live.run import Run
from ganplay.recipes import recipe
from ganplay.scenarios import load, names
from ganplay.trainer import Trainer
from tests.runs import flats

OFFERED = [name for name in names() if len(contrasts(load(name))) > 1]
FOUR = Duel(RunConfig(), ({"aids.unroll": 5}, {"loss": "lsgan"}, {"aids.pack": 2}))


def refusal(query: dict[str, str]) -> str:
    with pytest.raises(ConfigError) as caught:
        Duel.from_query(query)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_sides_have_a_letter_and_a_colour() -> None:
    assert tuple(LETTERS) == tuple(SIDES)


# ---- what is set against each other


@pytest.mark.parametrize("name", OFFERED)
def test_scenes_against_each_other(name: str) -> None:
    scenario = load(name)
    duel = Duel.of_scenario(name)
    assert duel.configs[0] == scenario.config(0)
    scenes = [scenario.config(number) for number in range(len(scenario.scenes))]
    assert [scenes.index(config) for config in duel.configs] == sorted(
        scenes.index(config) for config in duel.configs
    )
    assert len(set(duel.titles)) == len(duel.configs)
    assert Duel.from_query(duel.to_query()) == duel
    assert Duel.from_query({"scenario": name}) == duel


def test_most_scenarios_open_as_a_duel() -> None:
    assert set(names()) - set(OFFERED) == {
        "vanishing-gradient", "good-gan", "sharp-ring", "grid-25"
    }  # fmt: skip
    assert len(Duel.of_scenario("clip").configs) == 4
    # its third scene takes away what its second one added
    assert Duel.of_scenario("digits-collapse").differences == (
        {"penalty.name": "r1", "penalty.weight": 1.0},
    )


@pytest.mark.parametrize("base", [RunConfig(), recipe("mlp")], ids=["points", "digits"])
def test_a_what_if_against_the_run_itself(base: RunConfig) -> None:
    offered = whatif.options(base, born=True)
    assert len(offered) > 10
    for title, fields in offered.items():
        duel = Duel(base, (fields,))
        assert duel.titles[1] == title
        assert duel.configs == (base, base.updated(fields))
        query = duel.to_query()
        assert all(isinstance(text, str) for text in query.values())
        assert Duel.from_query(query).configs == duel.configs


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("mode-hopping", ("no unrolling", "unroll 5 steps")),
        ("packing", ("packing 1 point", "packing 4 points")),
        ("update-ratio", ("G updates 5, D updates 1", "G updates 1, D updates 2")),
        ("em-estimate", ("WGAN, Gradient penalty", "Non-saturating, no penalty")),
        ("vae-ring", ("VAE decoder variance unit", "VAE decoder variance learned")),
        # a weight of no penalty and a clip left to the loss say nothing, or not at first
        ("digits-collapse", ("no penalty", "R1, penalty weight 1")),
        (
            "clip",
            (
                "D weight clip c 0.01, no penalty", "D weight clip c 0.1", "D weight clip c 0.5",
                "Gradient penalty, penalty weight 10 and 1 more",
            ),
        ),
    ],
)  # fmt: skip
def test_titles_say_what_is_different(name: str, titles: tuple[str, ...]) -> None:
    assert Duel.of_scenario(name).titles == titles


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("discriminator.spectral_norm", True, "D spectral norm"),
        ("discriminator.spectral_norm", False, "no D spectral norm"),
        ("generator.hidden", (64, 32), "G hidden layers 64,32"),
        ("generator.optimizer", "rmsprop", "G optimizer rmsprop"),
        ("latent.prior", "student_t", "z prior student t"),
        ("generator.steps", 0, "G updates 0"),
        ("generator.momentum", 0.0, "no G momentum"),
        ("discriminator.clip", None, "D weight clip c auto"),
        ("generator.lr", 2e-3, "G learning rate 0.002"),
        ("vae.lr", 0.01, "VAE learning rate 0.01"),
    ],
)
def test_a_setting_in_words(name: str, value: Any, words: str) -> None:
    assert in_words(name, value) == words


# ---- sides that come and go


def test_sides_are_named_by_their_place() -> None:
    left = FOUR.without("C")
    assert left.titles[1:] == (FOUR.titles[1], FOUR.titles[3])
    assert set(left.to_query()) == {"b.aids.unroll", "c.aids.pack"}
    assert left.with_side({"loss": "lsgan"}).configs == (*(FOUR.configs[i] for i in (0, 1, 3, 2)),)


def test_a_change_of_what_is_common_leaves_the_differences() -> None:
    changed = FOUR.updated({"data.name": "grid", "aids.instance_noise": 0.2})
    assert changed.differences == FOUR.differences
    assert [config.aids.unroll for config in changed.configs] == [0, 5, 0, 0]
    for config in changed.configs:
        assert (config.data.name, config.aids.instance_noise) == ("grid", 0.2)


def test_a_change_that_makes_two_sides_alike_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"^c: it would train as A does"):
        FOUR.updated({"loss": "lsgan"})
    with pytest.raises(ConfigError, match=r"^d: it would train as A does"):
        FOUR.without("C").with_side({"penalty.weight": 3.0})
    with pytest.raises(ConfigError, match="at most 4 sides"):
        FOUR.with_side({"loss": "hinge"})


def test_a_duel_is_known_by_its_run() -> None:
    duel = FOUR.without("D")
    assert Duel.of(Run("r", duel.configs).view) == duel
    assert Duel.of(Run("r", RunConfig()).view).configs == (RunConfig(),)


# ---- addresses


def test_an_address_names_a_setting_by_its_side() -> None:
    query = {
        "loss": "hinge",
        "b.aids.unroll": "5",
        "c.penalty.name": "gp",
        "c.penalty.weight": "3.0",
    }
    duel = Duel.from_query(query | {"data.name": "grid", "d.discriminator.lr": "0.01"})
    base = RunConfig().updated({"data.name": "grid", "loss": "hinge"})
    assert duel.configs == (
        base,
        base.updated({"aids.unroll": 5}),
        base.updated({"penalty.name": "gp", "penalty.weight": 3.0}),
        base.updated({"discriminator.lr": 0.01}),
    )
    assert duel.to_query() == query | {"data.name": "grid", "d.discriminator.lr": "0.01"}


def test_a_scenario_with_settings_of_its_own() -> None:
    duel = Duel.from_query({"scenario": "mode-hopping", "seed": "3"})
    assert duel == Duel.of_scenario("mode-hopping").updated({"seed": 3})


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({}, "b: a duel takes a second side, as in b.aids.unroll=5."),
        ({"loss": "hinge"}, "b: a duel takes a second side, as in b.aids.unroll=5."),
        ({"c.loss": "hinge"}, "c: there is no side B before it."),
        ({"b.loss": "hinge", "d.loss": "wgan"}, "d: there is no side C before it."),
        ({"b.seed": "3"}, "b.seed: all sides have the same seed and data; change seed for all of them."),
        ({"b.data.sigma": "1"}, "b.data.sigma: all sides have the same seed and data; change data.sigma for all of them."),
        ({"b.aids.unroll": "99"}, "b.aids.unroll: 99 is not allowed; it takes a whole number at least 0 and at most 10."),
        ({"b.los": "wgan"}, "b.los: there is no such setting; the nearest is loss."),
        ({"e.loss": "wgan"}, "e.loss: there is no such setting; the nearest is loss."),
        ({"loss": "wgann", "b.aids.unroll": "5"}, "loss: wgann is not allowed; it takes one of minimax, non_saturating, wgan, lsgan, hinge, relativistic; the nearest is wgan."),
        ({"data.file": "/etc/passwd", "b.loss": "wgan"}, "data.file: an address can't name a file; load it on the page."),
        ({"b.data.file": "/etc/passwd"}, "b.data.file: all sides have the same seed and data; change data.file for all of them."),
        ({"b.loss": "non_saturating"}, "b: it would train as A does; each side needs a difference of its own."),
        ({"b.loss": "wgan", "c.loss": "wgan"}, "c: it would train as B does; each side needs a difference of its own."),
        ({"b.penalty.weight": "3"}, "b: it would train as A does; each side needs a difference of its own."),
        ({"scenario": "good-gan"}, "scenario: good-gan has one setting only, and a duel takes 2 to 4."),
        ({"scenario": "mode-hopping", "b.loss": "wgan"}, "b.loss: the sides of a scenario's duel are its scenes."),
    ],
)  # fmt: skip
def test_a_bad_address_gets_one_sentence(query: dict[str, str], sentence: str) -> None:
    assert refusal(query) == sentence


def test_an_unknown_scenario_is_refused() -> None:
    assert refusal({"scenario": "good-gam"}).startswith(
        "scenario: there is no good-gam; the nearest is good-gan"
    )


# ---- the start, and the way


def started(config: RunConfig) -> dict[str, torch.Tensor]:
    (stack,) = Trainer(config).stacks
    return {"G": stack.generator.net.flat, "D": stack.critic.net.flat}


@pytest.mark.parametrize("name", OFFERED)
def test_all_sides_start_from_the_same_weights_or_say_so(name: str) -> None:
    duel = Duel.of_scenario(name)
    first = started(duel.base)
    for config, note in zip(duel.configs, duel.notes, strict=True):
        same = {net: torch.equal(w, first[net]) for net, w in started(config).items()}
        assert note == {(True, True): "", (True, False): "D starts otherwise"}[*same.values()]
        assert bool(note) == (config.aids.pack > 1)


@pytest.mark.parametrize(
    ("fields", "note"),
    [
        ({"loss": "wgan", "discriminator.clip": 0.1}, ""),
        ({"generator.activation": "tanh"}, ""),
        ({"discriminator.spectral_norm": True}, ""),
        ({"discriminator.hidden": (32,)}, "D starts otherwise"),
        ({"discriminator.init": "he"}, "D starts otherwise"),
        ({"latent.dim": 5}, "G and D start otherwise"),
    ],
)
def test_a_note_says_which_nets_start_otherwise(fields: dict[str, Any], note: str) -> None:
    assert Duel(RunConfig(), (fields,)).notes == ("", note)


@pytest.mark.parametrize("name", ["small", "clip", "digits-collapse"])
def test_each_side_is_the_run_of_its_settings_alone(name: str, small: RunConfig) -> None:
    others = ({"aids.unroll": 2}, {"loss": "wgan", "penalty.name": "gp"}, {"aids.pack": 3})
    configs = (Duel(small, others) if name == "small" else Duel.of_scenario(name)).configs
    together = Trainer(configs)
    alone = [Trainer(config) for config in configs]
    for iterations in (0, 1, 19):
        together.advance(iterations)
        for k, single in enumerate(alone):
            single.advance(iterations)
            stack, place = together.places[k]
            assert place == 0
            for player in ("generator", "discriminator"):
                mine, own = (getattr(s, player).net.flat for s in (stack, single.stacks[0]))
                assert torch.equal(mine, own)
    assert len({flat.sum().item() for flat in map(flats, alone)}) == len(alone)
