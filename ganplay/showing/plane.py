"""What is shown of a run that makes points in the plane."""

from ganplay import figures
from ganplay.live import View
from ganplay.reading import read
from ganplay.scenarios import Claim
from ganplay.showing.shown import PERFECT, Number, Shown, evidence, number
from ganplay.snapshot import PlaneSnapshot


def shown(view: View, claim: Claim | None, in_3d: bool) -> Shown:
    """Its figures, with the evidence for a claim; `in_3d` asks for D's surface in 3-D."""
    s, history = view.snapshot, view.history
    assert isinstance(s, PlaneSnapshot)
    found = {
        "stage": figures.stage(s),
        "losses": figures.losses(history),
        "gradient_norms": figures.gradient_norms(history),
        "coverage": figures.coverage(s.coverage),
        "coverage_over_time": figures.coverage_over_time(history),
    }
    if claim:
        found["coverage_over_time"] = evidence(history, claim)
    if in_3d:
        found["surface"] = figures.surface(s)
    return Shown(found, status(view, s), read(s, history), describe(view, s), s.step)


def status(view: View, s: PlaneSnapshot) -> list[Number]:
    """The numbers above the stage."""
    c = s.coverage
    parts = len(c.fair)
    floor = s.floors
    found = [
        ("iteration", f"{s.step:,}", "", "Rounds of updates of both nets so far."),
        ("iterations/s", f"{view.rate:,.0f}", "", "Rounds per second, of late."),
        ("modes", f"{c.covered}", f"of {parts}", "Modes with at least a fifth of their fair share of samples of high quality."),
        ("near modes", f"{c.near_modes}", f"of {parts}", "The same, counting every sample for the mode it is nearest to."),
        ("high quality", number(c.high_quality, ".0%"), number(floor["high_quality"], ".1%", ""), f"Samples within 3 sigma of a mode; {PERFECT}"),
        ("spread", number(c.spread, ".2f"), number(floor["spread"], ".2f", ""), f"Width of the generated modes over the true width; {PERFECT}"),
        ("mode KL", number(c.mode_kl, ".3f"), number(floor["mode_kl"], ".3f", ""), f"How unevenly the modes are hit, in nats; {PERFECT}"),
        ("D right", f"{s.d_accuracy:.0%}", "50%", f"How often D tells real from generated, no measure of quality; {PERFECT}"),
    ]  # fmt: skip
    if s.vae_coverage:
        quality = number(s.vae_coverage.high_quality, ".0%")
        found[-1] = (
            "VAE quality",
            quality,
            found[4][2],
            "Samples of the VAE, the noise of its decoder included, within 3 sigma of a mode.",
        )
    return found


def describe(view: View, s: PlaneSnapshot) -> str:
    """The picture in a sentence, for a screen reader."""
    c = s.coverage
    return (
        f"{view.config.data.name.replace('_', ' ')} at iteration {s.step}:"
        f" generated points reach {c.near_modes} of {len(c.fair)} modes"
    )
