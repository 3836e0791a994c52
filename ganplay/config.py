"""RunConfig: everything that defines a run, in one validated, immutable value.

Page controls, command line flags, TOML files and the page's address are all made from the fields
defined here.
"""

import functools
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from ganplay.config_parts import (
    Aids,
    DataChoice,
    Latent,
    LossName,
    Part,
    PenaltyChoice,
    VAEChoice,
)
from ganplay.config_players import WGAN_CLIP, Discriminator, Generator
from ganplay.data import DATA_SETS, Data, Ring
from ganplay.rules import broken_rules
from ganplay.settings import allowed, as_text, choices, nearest, note, setting, shown

QUERY_LIMIT = 6000
"""Longest value, in characters, that is put into a page's address."""

GIVEN = {"data.file", "data.points", "data.key"}
"""How a user's own data are given: by one of these."""


class ConfigError(ValueError):
    """A config that cannot be: one sentence with the field, its value and what is allowed."""


class RunConfig(Part):
    """Everything that defines a run. Immutable; `updated` gives a changed copy."""

    data: Data = Ring()
    loss: LossName = setting("non_saturating", "The game the two nets play.", title="loss")
    batch_size: int = setting(
        128, "Points of each kind in one update.", title="batch size", unit="points", ge=2, le=8192
    )
    updates: Literal["alternating", "simultaneous"] = setting(
        "alternating", "Whether G answers D's newest move, or both move at once.", title="turns"
    )
    seed: int = setting(
        0,
        "Start of all randomness: the same seed gives the same run.",
        title="seed",
        restart=True,
        ge=0,
        le=2**31 - 1,
    )
    precision: Literal["float32", "bfloat16"] = setting(
        "float32",
        "Numbers that convolutions compute with: bfloat16 is faster where the processor has it.",
        title="precision",
    )
    latent: Latent = Latent()
    generator: Generator = Generator()
    discriminator: Discriminator = Discriminator()
    penalty: PenaltyChoice = PenaltyChoice()
    aids: Aids = Aids()
    vae: VAEChoice = VAEChoice()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        for sentence in broken_rules(self):
            raise ValueError(sentence)
        return self

    @property
    def clip(self) -> float:
        """The limit on D's weights in force; 0 where there is none."""
        if self.discriminator.clip is None:
            bound = self.penalty.name != "none" or self.discriminator.spectral_norm
            return 0.0 if self.loss != "wgan" or bound else WGAN_CLIP
        return self.discriminator.clip

    @property
    def convolves(self) -> bool:
        """Whether a net has convolutions."""
        return "dcgan" in (self.generator.kind, self.discriminator.kind)

    def flat(self) -> dict[str, Any]:
        """Dotted name -> value, for every field."""
        return dict(_flatten(self.model_dump()))

    def updated(self, fields: Mapping[str, Any]) -> Self:
        """A copy with the given dotted fields changed; texts are parsed, lists written `64,64`.

        A new `data.name` starts from that data set's own options. Raises ConfigError.
        """
        values = self.flat()
        data_name = str(fields.get("data.name", self.data.name))
        if data_name not in DATA_SETS:
            raise ConfigError(_refusal("data.name", data_name, named_fields("ring")["data.name"]))
        if data_name != self.data.name:
            values = {name: value for name, value in values.items() if not name.startswith("data.")}
        if GIVEN & fields.keys():  # one takes the place of another
            values = {name: value for name, value in values.items() if name not in GIVEN}
        known = named_fields(data_name)
        for name in fields:
            if name not in known:
                raise ConfigError(f"{shown(name)}: there is no such setting{nearest(name, known)}.")
        try:
            return type(self).model_validate(_nest(values | dict(fields)))
        except ValidationError as error:
            raise ConfigError(_sentence(error.errors()[0], data_name)) from None

    def changes(self, other: "RunConfig") -> dict[str, Any]:
        """The dotted fields in which `other` differs from this, with other's values."""
        mine = self.flat()
        return {name: v for name, v in other.flat().items() if name not in mine or mine[name] != v}

    def restarts(self, other: "RunConfig") -> list[str]:
        """Those of the changes to `other` that a run is born with, so that it must start again."""
        known = named_fields(other.data.name)
        born = [name for name in self.changes(other) if note(known[name], "restart")]
        if self.data.shape != other.data.shape:  # which the nets are made for
            born.append("data.name")
        return born

    def to_query(self, base: "RunConfig | None" = None) -> dict[str, str]:
        """What a page's address holds: the fields in which this differs from `base`, or from the
        default, as text.

        Values longer than QUERY_LIMIT (large point sets) are left out.
        """
        known = named_fields(self.data.name)
        usual = {n: field.default for n, field in known.items()}
        if base:
            # another data set has options of its own
            same = base.data.name == self.data.name
            own = (n for n in base.flat() if same or not n.startswith("data.") or n == "data.name")
            usual |= {n: base.flat()[n] for n in own}
        texts = {n: as_text(v) for n, v in self.flat().items() if v != usual[n]}
        return {name: text for name, text in texts.items() if len(text) <= QUERY_LIMIT}

    @classmethod
    def from_query(cls, query: Mapping[str, str], base: "RunConfig | None" = None) -> "RunConfig":
        """The config of a page's address: `base`, or the default, with changes. Raises ConfigError.

        A path on the server's disk is refused: an address comes from anywhere.
        """
        if "data.file" in query:
            raise ConfigError("data.file: an address can't name a file; load it on the page.")
        return (base or cls()).updated(query)

    @classmethod
    def from_toml(cls, path: Path) -> Self:
        """Read a TOML file. Raises ConfigError."""
        try:
            tree = tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise ConfigError(f"{path}: can't be read as TOML ({error}).") from None
        return cls().updated(dict(_flatten(tree)))


def named_fields(data_name: str) -> dict[str, FieldInfo]:
    """Dotted name -> definition, for every field of a config with this data set."""
    fields: dict[str, FieldInfo] = {}
    for group, field in RunConfig.model_fields.items():
        if group == "data":
            parts = {**DATA_SETS[data_name].model_fields, **DataChoice.model_fields}
        elif isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            parts = field.annotation.model_fields
        else:
            fields[group] = field
            continue
        fields |= {f"{group}.{name}": part for name, part in parts.items()}
    return fields


@functools.lru_cache(64)  # a page asks for each of its controls
def in_force(config: RunConfig) -> Mapping[str, Any]:
    """The dotted fields that have an effect under the others, with their values."""
    flat, known = config.flat(), named_fields(config.data.name)

    def has_effect(name: str) -> bool:
        other, _, values = note(known[name], "when").partition("=")
        return not other or as_text(flat[f"{name.rpartition('.')[0]}.{other}"]) in values.split(",")

    return {name: value for name, value in flat.items() if has_effect(name)}


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _nest(flat: Mapping[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in flat.items():
        group, _, leaf = name.rpartition(".")
        (tree.setdefault(group, {}) if group else tree)[leaf] = value
    return tree


def _refusal(name: str, value: Any, field: FieldInfo) -> str:
    hint = nearest(as_text(value), choices(field))
    return f"{name}: {shown(value)} is not allowed; it takes {allowed(field)}{hint}."


def _sentence(error: ErrorDetails, data_name: str) -> str:
    place = [str(part) for part in error["loc"]]
    if place[:1] == ["data"]:
        place.pop(1)  # the data set's name, which tells pydantic's union apart
    if place[-1:] and place[-1].isdigit():  # an item of a list: name the list
        place.pop()
    name = ".".join(place)
    if error["type"] == "value_error":  # one concerning several fields names them by itself
        message = error["msg"].removeprefix("Value error, ").rstrip(".") + "."
        if name in ("", "data"):
            return f"{name}: {message}".removeprefix(": ")
        return f"{name}: {shown(error['input'])} is not allowed; {message}"
    return _refusal(name, error["input"], named_fields(data_name)[name])
