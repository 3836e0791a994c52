"""A recording of a run: its pictures, one after the other, each with the second at which it is shown."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ganplay.config import RunConfig
from ganplay.figures import style
from ganplay.live import Opening, View
from ganplay.live.run import Run
from ganplay.losses import LOSSES
from ganplay.observe.pictures import judge_of
from ganplay.penalties import PENALTIES
from ganplay.scenarios import Scenario
from ganplay.scenarios.play import Progress
from ganplay.showing import Shown, show
from ganplay.showing.talk import EVIDENCE, evidence_only, numbers, scene_of, talk_header

PER_SECOND = 8
"""Pictures of a scenario."""
OF_FILM = 4
"""The same of the kept moments of a run, of which there are 60 at most."""
REST = 2.0
"""Seconds that the end of a scene stands still, for its outcome to be read."""

ALONE = {"number": 1, "count": 1, "switch": "", "previous": "", "next": ""}
"""What is said of a scene that no other follows."""


@dataclass(frozen=True)
class Frame:
    """A picture: the second from which on it is shown, the scene that it is of, counted from 0, what is
    shown of which run, and what `static/screen.js` says beside it."""

    second: float
    scene: int
    view: View
    shown: Shown
    talk: dict[str, Any]


@dataclass(frozen=True)
class Reel:
    """A recording of `length` seconds; `scenes` are the titles of its scenes, and `made_of` is the
    fingerprint of the scenario that it is of, and empty where it is of a run."""

    title: str
    scenes: tuple[str, ...]
    frames: tuple[Frame, ...]
    length: float
    made_of: str = ""

    def thinned(self, most: int) -> "Reel":
        """One of at most so many frames, or of two for each scene where those are more: evenly the ones
        between, and the first and the last of each scene."""
        ends = {
            n
            for n, frame in enumerate(self.frames)
            if {near.scene for near in self.frames[max(n - 1, 0) : n + 2]} != {frame.scene}
        }
        ends |= {0, len(self.frames) - 1}
        between = [n for n in range(len(self.frames)) if n not in ends]
        count = min(max(most - len(ends), 0), len(between))
        ends |= {between[i * len(between) // count] for i in range(count)}
        return replace(self, frames=tuple(self.frames[n] for n in sorted(ends)))


def of_run(view: View, playing: tuple[Scenario, int] | None = None) -> Reel:
    """The kept moments of a live run, evenly in time as they are in its past, in the words of the
    scene that was on, where it plays a scenario, and else with the settings of then."""
    title = playing[0].title if playing else view.config.data.title
    thens = [view.at(step) for step in view.film.steps]
    told = [
        _scene(then, playing[0], scene_of(then, *playing)) if playing else _free(then)
        for then in thens
    ]
    frames = tuple(
        Frame(n / OF_FILM, 0, then, shown, talk | ALONE)
        for n, (then, (shown, talk)) in enumerate(zip(thens, told, strict=True))
    )
    return Reel(title, (title,), frames, len(frames) / OF_FILM + REST)


def _scene(view: View, scenario: Scenario, number: int) -> tuple[Shown, dict[str, Any]]:
    """What is shown of a run in a scene, and what is said beside it."""
    shown = show(view, scenario.claim_of(number))
    # notes are for the speaker
    return evidence_only(shown), talk_header(scenario, number, view, shown) | {"notes": ""}


def _free(view: View) -> tuple[Shown, dict[str, Any]]:
    """The same outside of scenarios."""
    shown = show(view)
    names = (*EVIDENCE, "losses")
    few = {name: shown.figures[name] for name in ("stage", *names) if name in shown.figures}
    talk = {
        "name": "", "title": "", "scene": view.config.data.title, "notes": "", "inks": style.DARK,
        "caption": in_words(view.keys[view.key(view.snapshot.step)]), "numbers": numbers(view, shown, None),
    }  # fmt: skip
    return replace(shown, figures=few), talk


def in_words(config: RunConfig) -> str:
    """What of a run's settings is asked first."""
    g, d, penalty = config.generator, config.discriminator, PENALTIES[config.penalty.name]
    extra = f", with {penalty.title}" if penalty else ""
    return (
        f"Loss: {LOSSES[config.loss].title}{extra}. Learning rates: {g.lr:g} of G, {d.lr:g} of D."
        f" Updates an iteration: {g.steps} of G, {d.steps} of D. Seed {config.seed}."
    )


def of_scenario(
    scenario: Scenario,
    seconds: float | None = None,
    progress: Progress = lambda done: None,
) -> Reel:
    """All scenes of a scenario, played with its own seed: as fast as for an audience, or in so many
    seconds; `progress` is told the portion done. The same on every call."""
    natural = sum(scene.iterations / scene.pace + REST for scene in scenario.scenes)
    slower = (seconds or natural) / natural
    frames = []
    for frame in _played(scenario, slower):
        frames.append(frame)
        progress(frame.second / (natural * slower))
    progress(1)
    titles = tuple(scene.title for scene in scenario.scenes)
    return Reel(scenario.title, titles, tuple(frames), natural * slower, fingerprint(scenario))


def _played(scenario: Scenario, slower: float) -> Iterator[Frame]:
    run, start = Run(scenario.name, scenario.config(0)), 0.0
    for number, scene in enumerate(scenario.scenes):
        config, again = scenario.config(number), scenario.starts_again(number)
        claim = scenario.claim_of(number)
        run.begin(Opening(number, config, again, claim.needs() if claim else (), scene.pace))
        length = slower * scene.iterations / scene.pace
        count = min(max(round(PER_SECOND * length), 1), scene.iterations)
        for n in range(count + 1):
            if n:
                done, until = (scene.iterations * m // count for m in (n - 1, n))
                run.trainer.advance(until - done)
                run.publish()
            if (count - n) % PER_SECOND == 0:
                _judge(run)
            # the rate by the clock of the machine that records it would be another each time
            view = replace(run.view, rate=scene.pace)
            yield Frame(start + length * n / count, number, view, *_scene(view, scenario, number))
        start += length + slower * REST


def _judge(run: Run) -> None:
    """Have the judge, where there is one, see all at once: on a page it sees a few pictures at a time."""
    (past,) = run.pasts
    if judge_of(run.configs[0].data):
        past.unjudged()
        while past.verdicts is None and not past.ended:
            past.examine(1)
        run.publish()


def fingerprint(scenario: Scenario) -> str:
    """Of all that a recording of a scenario shows: its text, without the notes, and the settings of
    its scenes."""
    text = scenario.model_dump(mode="json", exclude={"scenes": {"__all__": {"notes"}}})
    settings = [scenario.config(n).model_dump(mode="json") for n in range(len(scenario.scenes))]
    return hashlib.sha256(json.dumps([text, settings], sort_keys=True).encode()).hexdigest()
