"""A duel: two to four runs with the same seed and data, told apart by one difference each."""

import functools
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from ganplay import whatif
from ganplay.config import ConfigError, RunConfig, in_force, named_fields
from ganplay.live import View
from ganplay.live.past import in_short
from ganplay.losses import LOSSES
from ganplay.penalties import PENALTIES
from ganplay.scenarios import Scenario, load
from ganplay.settings import as_text, note
from ganplay.stack import Stack

LETTERS = "ABCD"
"""The sides of a duel, the first without a difference."""
SAME = ("seed", "data")
"""What all sides share."""

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Duel:
    """Settings of all sides, and for each but the first the dotted fields in which it differs. Raises
    ConfigError for a side that can't be, or that is like another; a single side is a plain run."""

    base: RunConfig
    differences: tuple[Fields, ...]

    def __post_init__(self) -> None:
        if len(self.differences) >= len(LETTERS):
            raise ConfigError(f"A duel has at most {len(LETTERS)} sides.")
        seen: list[Fields] = []
        for letter, config in zip(LETTERS, self.configs, strict=False):
            if (own := in_force(config)) in seen:
                like = LETTERS[seen.index(own)]
                raise ConfigError(
                    f"{letter.lower()}: it would train as {like} does; each side needs a difference of"
                    " its own."
                )
            seen.append(own)

    @property
    def configs(self) -> tuple[RunConfig, ...]:
        """The settings of each side."""
        others = zip(LETTERS[1:], self.differences, strict=False)
        return (self.base, *(_updated(self.base, letter, fields) for letter, fields in others))

    @property
    def titles(self) -> tuple[str, ...]:
        """What is different about each side, in words; of the first, what the others do otherwise."""
        others = self.configs[1:]
        names = dict.fromkeys(n for other in others for n in self.base.changes(other))
        return (_told(self.base, names), *(_title(self.base, other) for other in others))

    @property
    def notes(self) -> tuple[str, ...]:
        """Which nets of each side start from other weights than the first side's, in words; empty where
        none does."""
        mine = first_weights(self.base)
        found = []
        for config in self.configs:
            own = first_weights(config)
            others = [net for net in mine if mine[net] != own[net]]
            found.append(
                " and ".join(others) + f" start{'s' * (len(others) == 1)} otherwise"
                if others
                else ""
            )
        return tuple(found)

    def updated(self, fields: Fields) -> "Duel":
        """The duel with settings of all sides changed. Raises ConfigError."""
        return Duel(self.base.updated(fields), self.differences)

    def with_side(self, fields: Fields) -> "Duel":
        """The duel with a further side. Raises ConfigError."""
        return Duel(self.base, (*self.differences, fields))

    def without(self, letter: str) -> "Duel":
        """The duel without a side, other than the first."""
        gone = LETTERS.index(letter) - 1
        return Duel(self.base, self.differences[:gone] + self.differences[gone + 1 :])

    def to_query(self) -> dict[str, str]:
        """What a page's address holds: the settings of all sides by their names, and those of one side
        by its letter and theirs, such as `b.aids.unroll`."""
        own = {
            f"{letter.lower()}.{name}": as_text(value)
            for letter, fields in zip(LETTERS[1:], self.differences, strict=False)
            for name, value in fields.items()
        }
        return self.base.to_query() | own

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "Duel":
        """The duel of an address, or the one that it names a `scenario` for. Raises ConfigError."""
        own: dict[str, dict[str, str]] = {letter: {} for letter in LETTERS[1:]}
        common = {}
        for name, text in query.items():
            letter, _, field = name.partition(".")
            if letter.upper() in own:
                own[letter.upper()][field] = text
            else:
                common[name] = text
        if name := common.pop("scenario", ""):
            if sided := query.keys() - common.keys() - {"scenario"}:
                raise ConfigError(f"{min(sided)}: the sides of a scenario's duel are its scenes.")
            duel = cls.of_scenario(name)
            return cls(RunConfig.from_query(common, duel.base), duel.differences)
        base = RunConfig.from_query(common)
        if not any(own.values()):
            raise ConfigError("b: a duel takes a second side, as in b.aids.unroll=5.")
        sides = {letter: fields for letter, fields in own.items() if fields}
        for letter, expected in zip(sides, LETTERS[1:], strict=False):
            if letter != expected:
                raise ConfigError(f"{letter.lower()}: there is no side {expected} before it.")
        return cls.between(base, *(_updated(base, *side) for side in sides.items()))

    @classmethod
    def between(cls, base: RunConfig, *others: RunConfig) -> "Duel":
        """The duel of whole settings."""
        return cls(base, tuple(base.changes(other) for other in others))

    @classmethod
    def of(cls, view: View) -> "Duel":
        """The duel that is shown, or the plain run."""
        return cls.between(*(side.config for side in view.sides))

    @classmethod
    def of_scenario(cls, name: str) -> "Duel":
        """The scenes of a scenario against each other. Raises ConfigError where they are all alike."""
        configs = contrasts(load(name))
        if len(configs) == 1:
            raise ConfigError(f"scenario: {name} has one setting only, and a duel takes 2 to 4.")
        return cls.between(*configs)


def contrasts(scenario: Scenario) -> list[RunConfig]:
    """The different settings that a scenario's scenes have, in their order; at most four."""
    found: list[RunConfig] = []
    for number in range(len(scenario.scenes)):
        config = scenario.config(number)
        if in_force(config) not in map(in_force, found):
            found.append(config)
    return found[: len(LETTERS)]


def _updated(base: RunConfig, letter: str, fields: Fields) -> RunConfig:
    """The settings of a side. Raises ConfigError, which names it."""
    for name in fields:
        if name.partition(".")[0] in SAME:
            raise ConfigError(
                f"{letter.lower()}.{name}: all sides have the same seed and data; change {name} for all"
                " of them."
            )
    try:
        return base.updated(fields)
    except ConfigError as error:
        raise ConfigError(f"{letter.lower()}.{error}") from None


@functools.lru_cache(256)
def _title(base: RunConfig, other: RunConfig) -> str:
    """What is different about another run, by the title it has as a what-if if it is one."""
    for title, fields in whatif.options(base, born=True).items():
        if base.updated(fields) == other:
            return title
    return _told(other, base.changes(other))


def _told(config: RunConfig, names: Iterable[str]) -> str:
    """Some settings of a run, those that say something first."""
    own = in_force(config)
    told = sorted((name for name in names if name in own), key=lambda name: own[name] is None)
    return in_short([in_words(name, own[name]) for name in told])


def title_of(name: str) -> str:
    """What a setting that is not of the data is called."""
    player = {"generator": "G ", "discriminator": "D ", "vae": "VAE "}.get(
        name.partition(".")[0], ""
    )
    return player + str(named_fields("ring")[name].title).removeprefix("VAE ")


def in_words(name: str, value: Any) -> str:
    """A setting and its value as one says them."""
    field, title = named_fields("ring")[name], title_of(name)
    if name == "loss":
        return LOSSES[value].title
    if name == "penalty.name" and (penalty := PENALTIES[value]):
        return penalty.title
    if value is False or value == "none" or value == field.default == 0:
        return f"no {title}"
    if value is True:
        return title
    text = f"{value:g}" if isinstance(value, float) else as_text(value).replace("_", " ") or "auto"
    unit = note(field, "unit")
    return f"{title} {text} {unit.removesuffix('s') if value == 1 else unit}".rstrip()


@functools.lru_cache(16)
def first_weights(config: RunConfig) -> dict[str, str]:
    """What the nets of a run start from: by the name of each net, a digest of its weights."""
    stack = Stack(config, [config.seed], "cpu", torch.float32)
    nets = {"G": stack.generator.net, "D": stack.critic.net}
    return {
        name: hashlib.sha256(net.flat.numpy().tobytes()).hexdigest() for name, net in nets.items()
    }
