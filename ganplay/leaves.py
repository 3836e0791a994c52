"""The state of a stack as named leaves: tensors, with a row for each run, and whole numbers."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from ganplay.stack import Stack

DRAWN = ("starts", "used")
"""The last part of the names of what belongs to the generators of random numbers, with which no
other kind of device can go on."""

Leaf = Tensor | int


def leaves_of(stack: Stack) -> dict[str, Leaf]:
    """Each leaf of a stack's state by its dotted name."""
    leaves: dict[str, Any] = {}
    _each(_state(stack), leaves.__setitem__)
    return {name: leaf for name, leaf in leaves.items() if leaf is not None}


def joined(parts: list[dict[str, Leaf]]) -> dict[str, Leaf]:
    """The leaves of stacks of one config as those of a single one."""
    whole = dict(parts[0])
    for name, leaf in whole.items():
        if isinstance(leaf, Tensor) and leaf.ndim:
            whole[name] = torch.cat([leaves[name] for leaves in parts])  # type: ignore[misc]
    return whole


def filled(stack: Stack, leaves: Mapping[str, Leaf], rows: slice, fresh: bool) -> dict[str, Any]:
    """A state for the stack with those rows of the leaves; with `fresh` its generators stay as they
    are. What a stack was born with and no state holds is put into it at once."""

    def fill(name: str, mine: Leaf | None) -> Any:
        stays = mine is None or (fresh and is_drawn(name))
        leaf = mine if stays else leaves[name]
        if not isinstance(leaf, Tensor) or not leaf.ndim:
            return leaf
        leaf = leaf if stays else leaf[rows]
        return separate(leaf) if is_drawn(name) else leaf

    state: dict[str, Any] = _each(_state(stack), fill)
    if stack.critic.frequencies is not None:
        stack.critic.frequencies.copy_(state["frequencies"])
    return state


def separate(states: Tensor) -> list[Tensor]:
    """States of generators [K, bytes] one by one, in memory of their own: torch 2.13 crashes on one
    that lies within a larger tensor."""
    return [state.clone() for state in states]


def is_drawn(name: str) -> bool:
    """Whether a leaf belongs to the generators of random numbers."""
    return name.rpartition(".")[2] in DRAWN


def _state(stack: Stack) -> dict[str, Any]:
    """A stack's state, and what it was born with that another device would have drawn otherwise."""
    return {**stack.state_dict(), "frequencies": stack.critic.frequencies}


def _each(state: Any, do: Callable[[str, Any], Any], path: str = "") -> Any:
    """A state with what `do` makes of each leaf and its dotted name. Configs stay as they are, and
    the states of the runs' generators become one tensor [K, bytes]."""
    if path.endswith("config."):
        return state
    if path.endswith("starts."):
        return do(path[:-1], torch.stack(state))
    if isinstance(state, dict):
        return {name: _each(part, do, f"{path}{name}.") for name, part in state.items()}
    if isinstance(state, list):
        return [_each(part, do, f"{path}{i}.") for i, part in enumerate(state)]
    return do(path[:-1], state)
