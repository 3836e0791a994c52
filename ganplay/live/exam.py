"""What the judge says of a live run that makes pictures, of G and of the VAE beside it."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import partial

from ganplay import observe
from ganplay.config_parts import Latent
from ganplay.history import JUDGED
from ganplay.metrics.pictures import Verdict
from ganplay.observe import PictureLook
from ganplay.observe.pictures import LIVE_SAMPLES, examine, judge_of
from ganplay.snapshot import PictureSnapshot, Snapshot
from ganplay.trainer import Trainer


@dataclass(frozen=True)
class Verdicts:
    """What was found of the pictures of G, and of the VAE where there is one, at a step."""

    step: int
    of_g: Verdict
    of_vae: Verdict | None

    def told(self) -> dict[str, float]:
        """As a History keeps it."""
        found = {name: getattr(self.of_g, name) for name in JUDGED if hasattr(self.of_g, name)}
        return found | ({"vae_frechet": self.of_vae.frechet} if self.of_vae else {})

    def put_into(self, snapshot: Snapshot) -> Snapshot:
        """A snapshot that tells of them."""
        if not isinstance(snapshot, PictureSnapshot):
            return snapshot
        vae = snapshot.vae and replace(snapshot.vae, verdict=self.of_vae)
        return replace(snapshot, vae=vae, verdict=self.of_g, judged=self.step)


def examination(trainer: Trainer, run: int = 0) -> Generator[None, None, Verdicts | None]:
    """The judge's verdicts on a run as it is now, a piece at a time; None where no judge knows the
    data."""
    stack, k = trainer.places[run]
    step, look, judge = stack.step, observe.look(stack, k), judge_of(stack.config.data)
    if judge is None or not isinstance(look, PictureLook):
        return None
    look.g, vae = look.g.copy(), stack.vae and stack.vae.copy()  # training goes on meanwhile
    of_g = yield from examine(look, judge, LIVE_SAMPLES, look.config.latent, look.generate)
    of_vae = None
    if vae:
        normal = Latent(dim=look.config.latent.dim)
        of_vae = yield from examine(look, judge, LIVE_SAMPLES, normal, partial(vae.generate, k=k))
    return Verdicts(step, of_g, of_vae)
