"""The config: every field explained and bounded, every refusal one useful line, nothing lost on the way."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_origin

import numpy as np
import pytest
import torch
from annotated_types import Ge, Gt, Le, Lt
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from ganplay.config import QUERY_LIMIT, ConfigError, RunConfig, named_fields
from ganplay.data import DATA_SETS, PICTURES, PLANE, encode_points
from ganplay.data.images import hold
from ganplay.losses import LOSSES
from ganplay.nets import ACTIVATIONS, INITS
from ganplay.optimizers import OPTIMIZERS
from ganplay.penalties import PENALTIES
from ganplay.settings import bounds, choices, note
from tests.configs import DRAWINGS, HERE, on, refusal

FIELDS = [
    (data, name, field)
    for data in HERE
    for name, field in named_fields(data).items()
    if name.startswith("data.") or data == "ring"
]
"""Every field once: those that all configs have are taken from the ring's."""

every_field = pytest.mark.parametrize(
    ("data", "name", "field"), FIELDS, ids=[f"{data}-{name}" for data, name, _ in FIELDS]
)
LARGEST = torch.zeros(16, 1, 64, 64, dtype=torch.uint8)
every_data_set = pytest.mark.parametrize("data", HERE)


# ---- fields


@every_field
def test_field_explains_itself(data: str, name: str, field: FieldInfo) -> None:
    assert field.title
    assert field.description
    assert re.fullmatch(r"[A-Z][^\n]*[^.\n]\.", field.description), "one sentence, please"
    other, _, values = note(field, "when").partition("=")
    if other:
        neighbour = named_fields(data)[f"{name.rpartition('.')[0]}.{other}"]
        known = ("true", "false") if neighbour.annotation is bool else choices(neighbour)
        assert set(values.split(",")) <= set(known)


@pytest.mark.parametrize(
    ("name", "registry"),
    [
        ("data.name", DATA_SETS),
        ("loss", LOSSES),
        ("penalty.name", PENALTIES),
        ("generator.activation", ACTIVATIONS),
        ("discriminator.activation", ACTIVATIONS),
        ("generator.init", INITS),
        ("discriminator.init", INITS),
        ("generator.optimizer", OPTIMIZERS),
        ("discriminator.optimizer", OPTIMIZERS),
    ],
)
def test_choices_are_the_registry(name: str, registry: dict[str, Any]) -> None:
    assert choices(named_fields("ring")[name]) == tuple(registry)


def edges() -> Iterator[tuple[str, str, float, bool]]:
    """Data set, field, a value at or just beyond one of its bounds, and whether it is allowed."""
    for data, name, field in FIELDS:
        for limit in field.metadata:
            match limit:
                case Ge(ge=bound) | Gt(gt=bound):
                    out, allowed = -math.inf, isinstance(limit, Ge)
                case Le(le=bound) | Lt(lt=bound):
                    out, allowed = math.inf, isinstance(limit, Le)
                case _:
                    continue
            beyond = math.nextafter(bound, out)
            if field.annotation is int:
                beyond = bound + (1 if out > 0 else -1)
            yield data, name, bound, allowed
            yield data, name, beyond, False


EDGES = list(edges())


@every_field
def test_every_number_has_two_bounds(data: str, name: str, field: FieldInfo) -> None:
    count = sum(edge[:2] == (data, name) for edge in EDGES)
    assert count == (4 if field.annotation in (int, float, float | None) else 0)


@pytest.mark.parametrize(("data", "name", "value", "allowed"), EDGES)
def test_bounds_are_honoured(data: str, name: str, value: float, allowed: bool) -> None:
    if allowed:
        needs = {"data.key": hold(LARGEST)} if (name, value) == ("data.side", 64) else {}
        assert on(data).updated({name: str(value)} | needs).flat()[name] == value
        return
    text = refusal({name: str(value)}, on(data))
    whole = named_fields(data)[name].annotation is int
    kind = "a whole number" if whole else "a number"
    assert text.startswith(f"{name}: {value} is not allowed; it takes {kind} ")
    for edge in EDGES:
        if edge[:2] == (data, name) and edge[3]:
            assert f" {edge[2]}" in text


@every_field
def test_nonsense_is_refused(data: str, name: str, field: FieldInfo) -> None:
    if name == "data.file":  # a path may be any text
        return
    for value in ("abc", "nan", "inf", "1e999", "--3", "١²", "x\ny", "[1]"):
        text = refusal({name: value}, on(data))
        assert text.startswith((f"{name}: ", "data: "))
        assert text.endswith(".")


@pytest.mark.parametrize("name", ["aids.minibatch_stddev", "discriminator.spectral_norm"])
@pytest.mark.parametrize(("given", "value"), [("true", True), ("false", False), (True, True)])
def test_switches_are_true_or_false(name: str, given: Any, value: bool) -> None:
    config = RunConfig().updated({name: given})
    assert config.flat()[name] is value
    assert config.to_query() == ({name: "true"} if value else {})


@pytest.mark.parametrize(
    ("given", "hidden"),
    [
        ("64,64", (64, 64)),
        ("8", (8,)),
        ("", ()),
        (" 3, 4 ", (3, 4)),
        ([5, 6], (5, 6)),
        ([], ()),
        (",".join(["1"] * 16), (1,) * 16),
    ],
)
def test_hidden_layers_are_widths(given: Any, hidden: tuple[int, ...]) -> None:
    assert RunConfig().updated({"discriminator.hidden": given}).discriminator.hidden == hidden


# ---- values


def test_is_immutable() -> None:
    config = RunConfig()
    for part, name in ((config, "loss"), (config.data, "sigma"), (config.generator, "lr")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(part, name, getattr(part, name))
    changed = config.updated({"generator.lr": 0.5, "data.sigma": 0.2})
    assert (changed.generator.lr, changed.data.sigma) == (0.5, 0.2)
    assert config == RunConfig()


@pytest.mark.parametrize(
    ("loss", "given", "in_force"),
    [
        ("wgan", None, 0.01),
        ("wgan", "", 0.01),
        ("wgan", 0, 0),
        ("wgan", "0.1", 0.1),
        ("non_saturating", None, 0),
        ("non_saturating", 0.1, 0.1),
        ("hinge", "", 0),
        ("relativistic", None, 0),
    ],
)
def test_clip_is_the_papers_under_wgan(loss: str, given: Any, in_force: float) -> None:
    assert RunConfig().updated({"loss": loss, "discriminator.clip": given}).clip == in_force


@pytest.mark.parametrize(
    "bound",
    [
        *({"penalty.name": n} for n in PENALTIES if n != "none"),
        {"discriminator.spectral_norm": True},
    ],
    ids=str,
)
def test_another_bound_takes_the_place_of_the_papers_clip(bound: dict[str, Any]) -> None:
    config = RunConfig().updated({"loss": "wgan"} | bound)
    assert config.clip == 0
    assert config.updated(dict.fromkeys(bound, RunConfig().flat()[next(iter(bound))])).clip == 0.01


def test_a_new_data_set_starts_from_its_own_options() -> None:
    ring = RunConfig().updated({"data.modes": 5, "data.sigma": 0.3, "loss": "hinge"})
    grid = ring.updated({"data.name": "grid", "data.spacing": 1.0})
    assert grid.data == DATA_SETS["grid"](spacing=1.0)
    assert grid.loss == "hinge"
    assert ring.updated({"data.name": "ring"}) == ring
    assert "data.radius" in refusal({"data.name": "grid", "data.radius": 1})


def test_changes_and_restarts() -> None:
    config = RunConfig()
    fields = {"loss": "wgan", "generator.hidden": (3,), "seed": 4, "discriminator.clip": 0.1}
    changed = config.updated(fields)
    assert config.changes(changed) == fields
    assert set(config.restarts(changed)) == {"generator.hidden", "seed"}
    assert config.changes(config) == {}
    assert config.restarts(config.updated({"loss": "wgan", "generator.lr": 0.3})) == []


@pytest.mark.parametrize("data", PLANE)
def test_changing_the_data_set_needs_no_restart(data: str) -> None:
    config = RunConfig().updated({"data.modes": 5})
    changes = config.changes(on(data))
    assert all(name.startswith("data.") for name in changes)
    assert config.restarts(on(data)) == []
    assert on(data).restarts(config) == []
    assert (changes.get("data.name") == data) == (data != "ring")


def test_nor_does_changing_to_pictures_of_the_same_shape() -> None:
    assert on("mnist").restarts(on("images")) == []
    assert on("images").restarts(on("mnist")) == []


@pytest.mark.parametrize(
    "pair",
    [("ring", "mnist"), ("ring", "gaussian_1d"), ("images", "grid"), ("mnist", "stacked_mnist")],
)
def test_data_of_another_shape_need_one(pair: tuple[str, str]) -> None:
    one, other = map(on, pair)
    assert one.restarts(other) == other.restarts(one) == ["data.name"]


# ---- address and file


def random_value(field: FieldInfo, rng: np.random.Generator) -> Any:
    if options := choices(field):
        return str(rng.choice(options))
    if field.annotation is bool:
        return bool(rng.integers(2))
    if get_origin(field.annotation) is tuple:
        return tuple(rng.integers(1, 49, rng.integers(0, 17)).tolist())
    low, high, _ = bounds(field)
    return int(rng.integers(low, high + 1)) if field.annotation is int else rng.uniform(low, high)


def allowed_together(fields: dict[str, Any], data: str, rng: np.random.Generator) -> dict[str, Any]:
    """The same without what is refused beside something else that it has."""
    packs = int(rng.integers(2, 17))  # with one of them minibatch_stddev is refused
    fields["batch_size"] = packs * fields.get("aids.pack", 1)
    if fields.get("penalty.name") == "gp" or fields.get("discriminator.spectral_norm"):
        fields.pop("discriminator.clip", None)
    if fields["discriminator.steps"] == 0:
        fields.pop("aids.unroll", None)
        fields["generator.steps"] = max(1, fields["generator.steps"])
    if fields.get("latent.prior") == "one_hot_mixture":
        fields["latent.dim"] = max(2, fields.get("latent.dim", 2))
    kinds = ("generator.kind", "discriminator.kind")
    fields |= {
        kind: str(rng.choice(["mlp", "dcgan"])) if data in PICTURES else "mlp" for kind in kinds
    }
    if data in PICTURES:
        fields |= {"discriminator.fourier_features": 0, "aids.unroll": 0}
        fields |= {f"{net}.hidden": tuple(rng.integers(1, 9, rng.integers(1, 3)).tolist())
                   for net in ("generator", "discriminator")}  # fmt: skip
    if fields["discriminator.kind"] == "dcgan":
        fields.pop("aids.minibatch_stddev", None)
    if "dcgan" not in (fields[kind] for kind in kinds):
        fields.pop("precision", None)
    return fields


def random_config(data: str, rng: np.random.Generator) -> RunConfig:
    """A config with about half of its fields set, anywhere between their bounds, apart from what
    takes work, which with all at their largest would be more than is allowed, and what would have to
    be fetched."""
    fields: dict[str, Any] = {
        name: random_value(field, rng)
        for name, field in named_fields(data).items()
        if field.annotation is not str and rng.random() < 0.5
    }
    fields.pop("data.whole", None)
    fields |= {f"{net}.steps": int(rng.integers(6)) for net in ("generator", "discriminator")}
    fields["discriminator.fourier_features"] = int(rng.integers(17))
    if data == "grid":
        fields["data.modes"] = int(rng.integers(2, 11)) ** 2
    if data == "points":
        fields["data.points"] = encode_points(rng.normal(size=(20, 2)))
    if data == "images":
        fields |= {"data.key": hold(DRAWINGS), "data.side": int(rng.choice([0, 28]))}
        fields.pop("data.colour", None)
    return RunConfig().updated(allowed_together(fields, data, rng) | {"data.name": data})


@every_data_set
def test_every_config_survives_address_and_file(data: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    for _ in range(30):
        config = random_config(data, rng)
        query = config.to_query()
        assert all(isinstance(text, str) for text in query.values())
        assert RunConfig.from_query(query) == config
        (tmp_path / "run.toml").write_text("".join(f"{n} = {t!r}\n" for n, t in query.items()))
        assert RunConfig.from_toml(tmp_path / "run.toml") == config


def test_an_address_holds_what_is_not_default() -> None:
    assert RunConfig().to_query() == {}
    fields = {"generator.hidden": (64, 8), "data.name": "grid", "discriminator.clip": 0}
    expected = {"generator.hidden": "64,8", "data.name": "grid", "discriminator.clip": "0.0"}
    assert RunConfig().updated(fields).to_query() == expected


def test_an_address_leaves_long_points_out_and_cannot_name_a_file() -> None:
    many = encode_points(np.random.default_rng(0).normal(size=(5000, 2)))
    assert len(many) > QUERY_LIMIT
    config = RunConfig().updated({"data.name": "points", "data.points": many, "seed": 3})
    assert config.to_query() == {"data.name": "points", "seed": "3"}
    with pytest.raises(ConfigError, match=r"data\.file: an address can't name a file"):
        RunConfig.from_query({"data.name": "points", "data.file": "/etc/passwd"})


def test_mangled_addresses_are_refused_in_one_line() -> None:
    rng = np.random.default_rng(2)
    pieces = [
        "",
        "\n",
        "\0",
        "-",
        "1e309",
        "nan",
        "None",
        "9" * 5000,
        "é😀\u2028",
        "{}",
        ",",
        "data",
    ]
    refusals = []
    for _ in range(1500):
        query = random_config(str(rng.choice(HERE)), rng).to_query() | {"loss": "wgan"}
        name = str(rng.choice(list(query)))
        text, piece = query.pop(name), str(rng.choice(pieces))
        at = int(rng.integers(len(text) + 1))
        mangled = text[:at] + piece + text[at + int(rng.integers(3)) :]
        query |= {name: mangled} if rng.random() < 0.7 else {name + piece: text}
        try:
            RunConfig.from_query(query)
        except ConfigError as error:
            refusals.append(str(error))
    assert 750 < len(refusals) < 1500
    for text in refusals:
        assert len(text.splitlines()) == 1
        assert 20 < len(text) < 400


def test_a_file_is_nested_or_dotted(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text("""
        loss = "wgan"
        data.name = "grid"
        data.modes = 9
        [generator]
        hidden = [32, 16]
        lr = 1e-2
        [discriminator]
        hidden = "8,8"
        steps = 5
    """)
    config = RunConfig.from_toml(path)
    assert config.data == DATA_SETS["grid"](modes=9)
    assert (config.generator.hidden, config.discriminator.hidden) == ((32, 16), (8, 8))
    assert (config.loss, config.generator.lr, config.discriminator.steps) == ("wgan", 0.01, 5)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "No such file"),
        (b"loss = ", "can't be read as TOML"),
        (b"loss = 'wgan'\n" * 2, "can't be read as TOML"),
        (b"\xff\xfe", "can't be read as TOML"),
        (b"seed = " + b"9" * 5000, "can't be read as TOML"),
        (b"a = " + b"[" * 5000, "can't be read as TOML"),
        (b"generator = 3", "generator: there is no such setting"),
        (b"[data]\nname = ['ring']", "data.name: "),
        (b"generator.hidden = 64", "generator.hidden: 64 is not allowed"),
        (b"seed = 2020-01-01", "seed: 2020-01-01 is not allowed"),
        (b"[[generator]]\nlr = 1", "generator: there is no such setting"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_bad_files_are_refused(content: bytes | None, words: str, tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        RunConfig.from_toml(path)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
