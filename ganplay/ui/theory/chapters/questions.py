"""Questions people ask."""

from ganplay.ui import address
from ganplay.ui.theory.chapter import Chapter
from ganplay.ui.theory.common import switch
from ganplay.ui.theory.questions import agree, blur, level, ratio, through

PARTS = {
    "bce": ("Two losses, one goal?", agree.show),
    "through": ("Through D to G", through.show),
    "losses": ("Why do losses not fall?", level.show),
    "ratio": ("How often D, how often G?", ratio.show),
    "vae": ("Why do VAEs blur?", blur.show),
}
FIELDS = {
    "part": address.choice(*PARTS),
    **agree.FIELDS,
    **through.FIELDS,
    **ratio.FIELDS,
    **blur.FIELDS,
}


def show() -> None:
    switch("part", {name: title for name, (title, _) in PARTS.items()}, "Question")
    PARTS[address.get("part")][1]()


CHAPTER = Chapter(
    "Questions people ask", "What do people ask when they first train a GAN?", FIELDS, show
)
