"""What a scenario's file holds: scenes to play one after the other, and claims about them."""

import functools
import math
import tomllib
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ganplay.config import ConfigError, RunConfig
from ganplay.gallery import FOLDER, cards, page_of
from ganplay.measures import COURSES, MEASURES
from ganplay.observe import look_of
from ganplay.recipes import recipe
from ganplay.settings import nearest, shown

PACES = (10.0, 50.0, 200.0)
"""Iterations per second."""
PLAYING = 15
"""Seconds."""

SEEDS = 16
"""The number of seeds on which a scenario is checked, unless it takes too long."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Scene(_Strict):
    """One act: settings, and how long to train under them.

    The first scene starts from the default settings, each other from those of the scene before;
    `settings` are dotted names. A scene goes on with the run, `again` starts it anew.
    """

    title: str = Field(min_length=3, max_length=40)
    caption: str = Field(min_length=20, max_length=260)
    switch: str = Field("", max_length=40)
    """What the button that leads here says; the first scene has none."""
    notes: str = Field(min_length=20, max_length=500)
    """For the speaker: what to say, what to wait for, what could go wrong, the honest number."""
    settings: dict[str, Any] = {}
    again: bool = False
    iterations: int = Field(ge=1, le=20_000)
    looks: int = Field(20, ge=1, le=200)
    """How many times, evenly spread, claims look at the run."""

    @property
    def pace(self) -> float:
        """Iterations per second that let an audience follow: the slowest of a few with which the
        scene takes no more than PLAYING seconds."""
        return next((pace for pace in PACES if self.iterations <= PLAYING * pace), PACES[-1])


class Claim(_Strict):
    """A sentence that a measure holds true of at least `required` of a scenario's seeds: within the bounds at
    a portion of the looks of a scene, or for a course of the scene as a whole."""

    text: str = Field(min_length=10, max_length=120)
    scene: int = Field(ge=1)
    measure: str
    at_least: float = -math.inf
    at_most: float = math.inf
    when: Literal["end", "second half", "always"] = "end"
    portion: float = Field(1.0, gt=0, le=1)
    required: int = Field(15, ge=5, le=SEEDS)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.measure not in MEASURES | COURSES:
            raise ValueError(f"no measure {self.measure}")
        if self.at_least == -math.inf and self.at_most == math.inf:
            raise ValueError(f"{self.text}: a claim without a bound can't fail")
        return self

    @property
    def title(self) -> str:
        """What its measure is called on a plot."""
        return (MEASURES.get(self.measure) or COURSES[self.measure]).title

    def needs(self) -> tuple[str, ...]:
        """The measures to be taken at each look."""
        return COURSES[self.measure].of if self.measure in COURSES else (self.measure,)

    def within(self, value: float) -> bool:
        """Whether a value keeps to the bounds; NaN does not."""
        return self.at_least <= value <= self.at_most

    def holds(self, values: dict[str, list[float]]) -> bool:
        """Whether it is true of one run, given its measures at each look of the scene."""
        looks = len(next(iter(values.values())))
        first = {"end": looks - 1, "second half": looks // 2, "always": 0}[self.when]
        if self.measure in COURSES:
            # a course is of many looks: those at the end alone are none
            first = 0 if self.when == "end" else first
            seen = {name: values[name][first:] for name in self.needs()}
            return self.within(COURSES[self.measure].value(seen))
        kept = [self.within(value) for value in values[self.measure][first:]]
        return sum(kept) >= self.portion * len(kept)


class Scenario(_Strict):
    """A demonstration. `order` is its place in the gallery."""

    name: str
    title: str = Field(min_length=3, max_length=40)
    sentence: str = Field(min_length=10, max_length=140)
    watch: str = Field(min_length=10, max_length=160)
    """What to look at."""
    order: int
    recipe: str = ""
    """The recipe of pictures that the first scene starts from; without one it starts from the default
    settings, those of the lab."""
    seeds: int = Field(SEEDS, ge=8, le=SEEDS)
    """How many seeds its claims' `required` is out of."""
    scenes: tuple[Scene, ...] = Field(min_length=1)
    claims: tuple[Claim, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if any(claim.scene > len(self.scenes) for claim in self.claims):
            raise ValueError("a claim is about a scene that there is not")
        if any(
            2 * claim.required <= self.seeds or claim.required > self.seeds for claim in self.claims
        ):
            raise ValueError(
                "a claim has to hold for more than half of the seeds, and not for more than all"
            )
        if any(bool(scene.switch) != (i > 0) for i, scene in enumerate(self.scenes)):
            raise ValueError("each scene but the first needs a switch")
        for claim in self.claims:
            data = self.config(claim.scene - 1).data
            if not all(issubclass(look_of(data), MEASURES[name].of) for name in claim.needs()):
                raise ValueError(f"{claim.text}: {claim.measure} is no measure of {data.title}")
        return self

    @property
    def page(self) -> str:
        """The name of the page it plays on."""
        return page_of(self.recipe)

    def claim_of(self, scene: int) -> Claim | None:
        """The first claim about a scene, counted from 0."""
        return next((claim for claim in self.claims if claim.scene == scene + 1), None)

    def config(self, scene: int) -> RunConfig:
        """The settings of a scene, counted from 0."""
        config = recipe(self.recipe) if self.recipe else RunConfig()
        for each in self.scenes[: scene + 1]:
            config = config.updated(each.settings)
        return config

    def starts_again(self, scene: int) -> bool:
        """Whether a scene starts a new run, for its settings are such that a run is born with."""
        if scene == 0 or self.scenes[scene].again:
            return True
        return bool(self.config(scene - 1).restarts(self.config(scene)))

    def start_of(self, scene: int) -> int:
        """The latest scene up to this one that starts a new run."""
        return next(number for number in range(scene, -1, -1) if self.starts_again(number))


def names() -> tuple[str, ...]:
    """All scenarios, in the order of the gallery."""
    return tuple(card.name for card in cards())


@functools.cache
def load(name: str) -> Scenario:
    """The scenario of a name. Raises ConfigError where there is none."""
    known = sorted(names())
    if name not in known:
        hint = nearest(name, known)
        raise ConfigError(
            f"scenario: there is no {shown(name)}{hint}; there are {', '.join(known)}."
        )
    text = (FOLDER / f"{name}.toml").read_text("utf-8")
    return Scenario.model_validate({"name": name, **tomllib.loads(text)})
