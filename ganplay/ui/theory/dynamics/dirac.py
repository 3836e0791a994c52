"""The Dirac-GAN: one generated point against a line, on the plane of the two."""

import math

import numpy as np
import streamlit as st

from ganplay.figures import theory_dynamics
from ganplay.figures.style import ATTENTION
from ganplay.theory import dirac, integrators
from ganplay.theory.dirac import LOSSES
from ganplay.theory.integrators import BOUND, METHODS, Method, Multipliers
from ganplay.ui import address
from ganplay.ui.board import Handle, board
from ganplay.ui.theory.common import layout, slider, switch
from ganplay.ui.theory.dynamics.film import film

STEPS = 500
PACE, STRIDE = 0.1, 4
"""Seconds between two pictures of the film, and the steps between them."""
REACH = 2.8
"""How far from the middle a path may begin."""

WEIGHTS = {method.weight.name: method.weight for method in METHODS.values() if method.weight}
FIELDS = {
    "loss": address.choice(*LOSSES),
    "method": address.choice(*METHODS),
    "theta": address.real(1.0, -REACH, REACH),
    "psi": address.real(1.0, -REACH, REACH),
    "h": address.real(0.1, 0.02, 4.2),
    **{name: address.real(w.default, w.least, w.most) for name, w in WEIGHTS.items()},
    "step": address.whole(100, 0, STEPS),
}

SAID = {
    "simultaneous": "Both step at once, along the arrows. For WGAN these are at right angles to the"
    " way out, so each step ends farther out: $r^2 → r^2 (1 + h^2)$, as Pythagoras has it.",
    "alternating": "D steps first, then G against the new D. What the one step adds the other takes"
    " back: for WGAN a closed curve, never the middle.",
    "r1": "D also pays $\\frac{γ}{2} ψ^2$, a price on its slope. It brakes D, and with small steps the two come to rest.",
    "gradient_penalty": "As in WGAN-GP, D pays $\\frac{γ}{2} (|ψ| - 1)^2$. That draws its slope to 1"
    " or −1, and in the middle it should be 0.",
    "clipping": "After each step ψ is cut to $[-c, c]$ (dotted). That keeps the two from flying off,"
    " and does not bring them to rest.",
    "consensus": "Both also descend $\\frac{γ}{2} |v|^2$, where $v$ are their gradients (the arrows): they"
    " seek a place where nothing pulls.",
    "extragradient": "Look one step ahead, and step by the gradient found there:"
    " $x ← x + h\\,v(x + h\\,v(x))$. It sees the turn, and leans inwards.",
    "average": "Alternating steps (grey) go round. What is kept is their moving average,"
    " $\\bar x ← β \\bar x + (1 - β) x$: a smaller round.",
}
VERDICTS = {
    "converges": "All |λ| < 1: there it **converges**.",
    "orbits": "|λ| = 1: there it **goes round**.",
    "leaves": "|λ| > 1: there it is **driven away**.",
    "jumps": "None: where ψ changes its sign, the penalty's pull **jumps**.",
}


def show() -> None:
    """The controls, and the path up to the step that is chosen."""
    switch(
        "method", {name: each.title for name, each in METHODS.items()}, "How the two are trained"
    )
    words, figure = layout()
    with words:
        _words()
    with figure:
        film(
            "step", STEPS, STRIDE, PACE, "step", "The step up to which the path is drawn.", _picture
        )


def _words() -> None:
    name = address.get("method")
    method, weight = METHODS[name], _weight()
    st.markdown(
        "All real points lie at 0, all generated ones at **θ**. D is a line of slope **ψ**:"
        " $D(x) = ψ x$. **Drag the orange start** or press Play: do the two find the middle,"
        " θ = ψ = 0?"
    )
    switch("loss", {key: loss.title for key, loss in LOSSES.items()}, "What the two minimise")
    st.markdown(SAID[name])
    slider("h", FIELDS["h"], "Step size h", "How far each step goes along the gradients.", 0.02)
    if method.weight:
        slider(
            method.weight.name, FIELDS[method.weight.name], method.weight.title,
            "The number that this method has of its own.", 0.001 if method.averages else 0.1,
        )  # fmt: skip
    loss, h = LOSSES[address.get("loss")], address.get("h")
    found, limit = method.eigenvalues(loss, h, weight), method.limit(loss, weight)
    bound = f"h < {limit:.4g}" if limit else "no step size"
    st.markdown(
        f"Near the middle a step multiplies distances by |λ|. **Eigenvalues:** {_eigenvalues(found)}  \n"
        f"{VERDICTS[integrators.verdict(found)]}  \n**Converges for** {bound}.  \n"
        f"**Distance in {STEPS} steps:** {_distance()}"
    )


def _eigenvalues(found: Multipliers) -> str:
    """The different ones with their absolute values."""
    if not len(found):
        return ""
    first, second = found[:2]
    if abs(first.imag) > 1e-12:
        parts = [f"{first.real:.4f} ± {abs(first.imag):.4f}i", f"|λ|\u00a0=\u00a0{abs(first):.5f}"]
    else:
        parts = [f"{each.real:.4f}" for each in (first, second)]
    return "λ = " + ", ".join(parts + [f"{each.real:g}" for each in found[2:3]])


def _distance() -> str:
    first, *_, last = dirac.radius(_paths()[1])
    return f"{_short(first)} → {_short(last)}"


def _short(value: float) -> str:
    if not math.isfinite(value):
        return "more than 10¹²"
    return f"{value:.3f}" if 1e-3 <= value < 1e3 or not value else f"{value:.1e}"


def _weight() -> float:
    own = METHODS[address.get("method")].weight
    return float(address.get(own.name)) if own else 0.0


def _start() -> dirac.State:
    return np.array([address.get("theta"), address.get("psi")])


def _paths() -> tuple[dirac.State, dirac.State]:
    """The states [STEPS + 1, 2], and what is looked at: these or their average."""
    method: Method = METHODS[address.get("method")]
    update = method.update(LOSSES[address.get("loss")], address.get("h"), _weight())
    states = integrators.path(update, _start(), STEPS)
    return states, integrators.averaged(states, _weight()) if method.averages else states


def _picture() -> None:
    method, loss = METHODS[address.get("method")], LOSSES[address.get("loss")]
    h, weight, start, shown = address.get("h"), _weight(), _start(), address.get("step")
    states, path = _paths()
    theta, psi = path[shown]
    plane = theory_dynamics.portrait(
        method.field(loss, weight)(theory_dynamics.lattice()), states, path[: shown + 1],
        integrators.orbit(method, loss, h, weight, start),
        weight if method.weight is BOUND else None,
    )  # fmt: skip
    beside = {
        "game": theory_dynamics.game(theta, psi, float(dirac.plain(loss)(path[shown])[0])),
        "distance": theory_dynamics.distances(
            dirac.radius(path), integrators.expected(method, loss, h, weight, start, STEPS), shown
        ),
        "eigenvalues": theory_dynamics.eigenvalues(method.eigenvalues(loss, h, weight)),
    }
    left, right = st.columns((8, 5), gap="small")
    with left:
        board(
            "dynamics:plane", {"plane": plane},
            f"The plane of θ and ψ: {method.title} from {start[0]:.2f}, {start[1]:.2f}; at step"
            f" {shown} it is {_short(float(dirac.radius(path[shown])))} from the middle",
            handles=[Handle("start", "plane", start[0], start[1], ATTENTION, "Where the path starts: θ and ψ")],
            moved=_move,
        )  # fmt: skip
    with right:
        board(
            "dynamics:beside", beside,
            "The point and the line at this step, the distance to the middle at each step, and the"
            " eigenvalues beside the unit circle",
        )  # fmt: skip


def _move(name: str, x: float, y: float) -> None:
    for choice, value in (("theta", x), ("psi", y)):
        address.put(choice, round(min(max(value, -REACH), REACH), 3))
