"""What is shown of a run that makes pictures."""

from ganplay import figures
from ganplay.live import View
from ganplay.observe.pictures import LIVE_SAMPLES
from ganplay.reading import read
from ganplay.scenarios import Claim
from ganplay.showing.shown import PERFECT, Number, Shown, evidence, number
from ganplay.snapshot import PictureSnapshot


def shown(view: View, claim: Claim | None) -> Shown:
    """Its figures, with the evidence for a claim."""
    s, history = view.snapshot, view.history
    assert isinstance(s, PictureSnapshot)
    found = {"stage": figures.pictures.sheet(s), "losses": figures.losses(history)}
    if s.floor:
        found["distance"] = figures.pictures.distance(s, history)
        found["shares"] = figures.pictures.shares(s)
        found["quality"] = figures.pictures.quality(s, history)
    else:
        found["gradient_norms"] = figures.gradient_norms(history)
    if claim:
        found["quality"] = evidence(history, claim)
    return Shown(found, status(view, s), read(s, history), describe(view, s), s.step)


def status(view: View, s: PictureSnapshot) -> list[Number]:
    """The numbers above the stage."""
    found = [
        ("iteration", f"{s.step:,}", "", "Rounds of updates of both nets so far."),
        ("iterations/s", f"{view.rate:,.0f}", "", "Rounds per second, of late."),
    ]
    if s.floor:
        v, f = s.verdict, s.floor
        judged = (
            f" Judged on {LIVE_SAMPLES:,} pictures"
            + (f" at iteration {s.judged:,}" if v else "")
            + f"; {PERFECT}"
        )
        found += [
            ("Fréchet distance", number(v.frechet if v else None, ".1f"), f"{f.frechet:.1f}", f"How far features of generated digits are from those of held-out ones.{judged}"),
            ("digits", number(v.digits if v else None, "d"), "of 10", f"Digits with at least a fifth of their fair share.{judged}"),
            ("KL of shares", number(v.digit_kl if v else None, ".3f"), f"{f.digit_kl:.3f}", f"How unevenly the digits are hit, in nats.{judged}"),
            ("clear", number(v.confident if v else None, ".0%"), f"{f.confident:.0%}", f"Pictures that the judge is at least 90 % sure of; noise can be, too, so only beside the distance.{judged}"),
            ("coverage", number(v.coverage if v else None, ".0%"), f"{f.coverage:.0%}", f"Real digits with a generated one nearby (Naeem et al. 2020).{judged}"),
        ]  # fmt: skip
    # fmt: off
    found.append(("sharpness", f"{s.sharpness:.2f}", "1", "Gradient energy of the pictures over that of real ones: below 1 blurred, above 1 noisy."))
    if s.vae:
        about = f"Its loss is {s.vae.loss:,.0f} nats a picture, its decoder's deviation {s.vae.sigma:.2f}."
        found.append(("VAE sharpness", f"{s.vae.sharpness:.2f}", "1", f"The same of what the VAE makes. {about}"))
    else:
        found.append(("D right", f"{s.d_accuracy:.0%}", "50%", "How often D tells real from generated, no measure of quality."))
    # fmt: on
    return found


def describe(view: View, s: PictureSnapshot) -> str:
    """The picture in a sentence, for a screen reader."""
    found = s.verdict
    seen = f"; the judge sees {found.digits} of 10 digits" if found else ""
    return f"Generated pictures at iteration {s.step}{seen}"
