"""A whole iteration recorded as one CUDA graph.

Nets this small wait for the launch of each kernel, not for its work, so on a GPU launching them all
at once is what counts.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

import torch

from ganplay.draws import Batch
from ganplay.gradients import Found

Play = Callable[[Sequence[Batch], Sequence[Batch]], tuple[Found | None, Found | None]]

WARM_UP = 3
"""Iterations played as they are before one is recorded, as torch asks for."""


class Recording:
    """Plays iterations by `play`, from the fourth on by replaying a recording of it. It holds as
    long as nothing but the batches and the tensors that `play` works on change."""

    def __init__(self, play: Play):
        self._play, self._played = play, 0
        self._graph: torch.cuda.CUDAGraph | None = None

    def __call__(
        self, for_d: Sequence[Batch], for_g: Sequence[Batch]
    ) -> tuple[Found | None, Found | None]:
        """What `play` gives for these batches."""
        if self._played < WARM_UP:
            self._played += 1
            stream = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            stream.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(stream):
                found = self._play(for_d, for_g)
            torch.cuda.current_stream().wait_stream(stream)
            return found
        if self._graph is None:
            self._inputs = [
                Batch(*(_copy(getattr(batch, field.name)) for field in fields(Batch)))
                for batch in (*for_d, *for_g)
            ]
            self._graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self._graph):
                self._found = self._play(self._inputs[: len(for_d)], self._inputs[len(for_d) :])
        else:
            torch._foreach_copy_(_tensors(self._inputs), _tensors([*for_d, *for_g]))
        self._graph.replay()
        d, g = self._found
        # copies, as the next replay overwrites what this one found
        return d and Found(*map(_copy, d)), g and Found(*map(_copy, g))


def _tensors(batches: Sequence[Batch]) -> list[torch.Tensor]:
    columns = [getattr(batch, field.name) for batch in batches for field in fields(Batch)]
    return [column for column in columns if column is not None]


def _copy(tensor: Any) -> Any:
    return None if tensor is None else tensor.clone()
