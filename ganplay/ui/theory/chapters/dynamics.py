"""Dynamics: where two players that follow their gradients end up, and who answers whom."""

from ganplay.ui import address
from ganplay.ui.theory.chapter import Chapter
from ganplay.ui.theory.common import switch
from ganplay.ui.theory.dynamics import answers, dirac

PARTS = {"dirac": "A point against a line", "answers": "Who answers last"}
FIELDS = {
    "part": address.choice(*PARTS),
    **dirac.FIELDS,
    **answers.FIELDS,
}


def show() -> None:
    """Draw the part that is chosen."""
    switch("part", PARTS, "What to see")
    {"dirac": dirac.show, "answers": answers.show}[address.get("part")]()


CHAPTER = Chapter(
    "Dynamics",
    "Each player follows its own gradient: do the two ever come to rest?",
    FIELDS,
    show,
)
