"""The chapters of the theory page, in their order, by their names in the address."""

from ganplay.ui.theory.chapter import Chapter
from ganplay.ui.theory.chapters import (
    anatomy,
    clipping,
    convergence,
    divergences,
    dynamics,
    game,
    lines,
    questions,
    transport,
    vanishing,
)

CHAPTERS: dict[str, Chapter] = {
    "anatomy": anatomy.CHAPTER,
    "game": game.CHAPTER,
    "divergences": divergences.CHAPTER,
    "lines": lines.CHAPTER,
    "vanishing": vanishing.CHAPTER,
    "transport": transport.CHAPTER,
    "clipping": clipping.CHAPTER,
    "dynamics": dynamics.CHAPTER,
    "questions": questions.CHAPTER,
    "convergence": convergence.CHAPTER,
}
