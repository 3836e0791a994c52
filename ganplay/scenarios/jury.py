"""Plays a scenario up to a scene on many seeds and prints how it goes, for a page to show.

`python -m ganplay.scenarios.jury NAME SCENE RUNS SEED`: a line of JSON at each look, with the
portion `done`, some of what each run `made` and, at the end, which of them the scene's
first claim `holds` for. A process of its own leaves the pages their pictures.
"""

import json
import sys
from base64 import b64encode
from typing import Any

from ganplay import observe
from ganplay.device import prepare_cpu
from ganplay.observe import Look, PictureLook
from ganplay.observe.pictures import pixels
from ganplay.scenarios.play import Play
from ganplay.scenarios.scenario import load

POINTS, PICTURES = 120, 16
FAR = 1e9
"""Where points of a diverged run are put, as JSON has no word for NaN."""


def _shown(look: Look) -> list[Any]:
    """Some points [n][2], or rows of pictures, each the text of its bytes in base 64."""
    if isinstance(look, PictureLook):
        made = pixels(look.fake[:PICTURES, :1])
        return [b64encode(picture.tobytes()).decode() for picture in made]
    return list(look.fake[:POINTS].nan_to_num(FAR, FAR, -FAR).round(decimals=2).tolist())


def main(name: str, scene: int, runs: int, seed: int) -> None:
    """Play up to `scene`, from where its run starts."""
    prepare_cpu()
    scenario = load(name)
    play = Play(scenario, runs, seed, scene + 1, scenario.start_of(scene))
    claim = scenario.claim_of(scene)
    for look, trainer in enumerate(play.go(), 1):
        state = {
            "done": look / play.total,
            "made": [_shown(observe.look(*place)) for place in trainer.places],
            "holds": None,
        }
        if claim and look == play.total:
            state["holds"] = play.holds(scenario.claims.index(claim))
        sys.stdout.write(json.dumps(state) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]))
