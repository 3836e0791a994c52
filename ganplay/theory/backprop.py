"""One step of training by hand, on nets so small that all numbers can be seen.

G(z) = w z + b, and D's logit is D(x) = sum_i v_i tanh(a_i x + c_i) + e with three units. The
gradients are those of the chain rule (Rumelhart et al. 1986), the losses those of Goodfellow et al.
2014, alg. 1 and sec. 3: D minimises -E log s(D(x)) - E log(1 - s(D(G(z)))), G minimises
-E log s(D(G(z))), s the sigmoid, means over a batch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit

from ganplay.theory.mixture import Values

Kind = Literal["discriminator", "attached", "generator"]
"""Whose step it is; `attached` is D's without G's samples being detached."""

OF_G, OF_D = ("w", "b"), ("a", "c", "v", "e")
Weights = Mapping[str, Values]
"""w, b, e [1] and a, c, v [3], by their names."""

START: Weights = {
    "w": np.array([0.8]), "b": np.array([-1.0]),
    "a": np.array([1.2, -0.7, 0.5]), "c": np.array([-0.3, 0.4, 0.9]),
    "v": np.array([1.1, -0.8, 0.6]), "e": np.array([-0.2]),
}  # fmt: skip
Z = (-0.4, 0.9)
"""The noise of the second and third sample of a batch."""
REAL = np.array([1.4, 2.1, 0.8])
RATE = 0.5


@dataclass(frozen=True)
class Step:
    """What one step computes. `real` and `real_logits` are empty in G's step. `gradients` hold the
    slopes of the loss by what is reached on the way back: x, logits and real_logits [n], and weights
    as they are; `weights` are those after the update with learning rate RATE, and `loss_after` is
    the loss of the same batch with these, in nats."""

    x: Values
    logits: Values
    real: Values
    real_logits: Values
    loss: float
    gradients: Mapping[str, Values]
    weights: Weights
    loss_after: float


def step(kind: Kind, z: Values, weights: Weights = START, real: Values = REAL) -> Step:
    """One step from noise z [n] and real samples [m].

    With f = D(x) and n samples, dL/df is (s(f) - 1) / n for what should look real and s(f) / n for
    what should not; dL/dx = dL/df D'(x), dL/dw = sum dL/dx z and dL/db = sum dL/dx.
    """
    own = np.empty(0) if kind == "generator" else real
    made = weights["w"] * z + weights["b"]
    x = np.concatenate((made, own))
    hidden = np.tanh(np.outer(x, weights["a"]) + weights["c"])
    logits = hidden @ weights["v"] + weights["e"]
    wanted = np.full(len(x), kind == "generator")
    wanted[len(z) :] = True
    count = np.repeat((len(z), max(len(own), 1)), (len(z), len(own)))

    by_logits = (expit(logits) - wanted) / count
    by_units = np.outer(by_logits, weights["v"]) * (1 - hidden**2)
    by_made = (by_units @ weights["a"])[: len(z)]
    gradients = {
        "logits": by_logits[: len(z)], "real_logits": by_logits[len(z) :],
        "a": x @ by_units, "c": by_units.sum(0), "v": by_logits @ hidden,
        "e": by_logits.sum(keepdims=True),
    }  # fmt: skip
    if kind != "discriminator":
        gradients |= {
            "x": by_made, "w": (by_made @ z)[None], "b": by_made.sum(keepdims=True),
        }  # fmt: skip

    moved = OF_G if kind == "generator" else OF_D
    after = {n: v - RATE * gradients[n] if n in moved else v for n, v in weights.items()}
    return Step(
        made, logits[: len(z)], own, logits[len(z) :], _loss(logits, wanted, count), gradients, after,
        _loss(_logits(kind, z, after, own), wanted, count),
    )  # fmt: skip


def _logits(kind: Kind, z: Values, weights: Weights, own: Values) -> Values:
    x = np.concatenate((weights["w"] * z + weights["b"], own))
    return np.asarray(
        np.tanh(np.outer(x, weights["a"]) + weights["c"]) @ weights["v"] + weights["e"]
    )


def _loss(logits: Values, wanted: Values, count: Values) -> float:
    """-log s of the logit, or of its opposite where it should be low, averaged over each kind."""
    return float((np.logaddexp(0, np.where(wanted, -logits, logits)) / count).sum())
