"""The matrix products of a layer, by what is fastest for their size.

On the CPU a large product of one run goes to oneDNN, which can take half the time of the BLAS
behind `torch.bmm` and applies the activation in passing, but has a cost of its own that small ones
do not repay. The choice depends on sizes alone, so that the same seed gives the same numbers. The
operator is not part of torch's public face: where it is missing, `torch.bmm` takes all.
"""

import torch
from torch import Tensor

_linear = getattr(getattr(torch.ops.mkldnn, "_linear_pointwise", None), "default", None)

LARGE = 1_500_000
"""Multiplications from which on oneDNN pays (measured on x86-64 with AVX-512)."""
THIN = 8
"""Widths up to which BLAS takes far longer over columns than over rows (the same)."""
FEW = 8192
"""Numbers below which even so turning a matrix first costs more than it spares."""


def onednn_takes(x: Tensor) -> bool:
    """Whether a product with x [K, B, n] can be left to oneDNN; it pays from LARGE on."""
    return (
        _linear is not None
        and x.shape[0] == 1
        and x.dtype == torch.float32
        and x.device.type == "cpu"
    )


def linear(
    x: Tensor, weight: Tensor, bias: Tensor | None, after: tuple[str, list[float]] = ("none", [])
) -> Tensor:
    """x W^T + b for a large x [1, B, in], W [1, out, in], b [1, 1, out] -> [1, B, out], with the
    activation `after`, by oneDNN's name and parameters."""
    name, parameters = after
    flat = None if bias is None else bias[0, 0]
    assert _linear is not None
    product: Tensor = _linear(x[0], weight[0], flat, name, parameters, "")
    return product[None]


def times(x: Tensor, weight: Tensor) -> Tensor:
    """x [K, B, out] W [K, out, in] -> [K, B, in]."""
    width = weight.shape[2]
    if width <= THIN and x.numel() >= FEW:
        return torch.bmm(x, weight.mT.contiguous().mT)
    if x.numel() * width >= LARGE and onednn_takes(x):
        return linear(x, weight.mT, None)
    return torch.bmm(x, weight)


def outer(left: Tensor, right: Tensor, out: Tensor) -> None:
    """left^T right for left [K, B, n] and right [K, B, m], into `out` [K, n, m]."""
    width = right.shape[2]
    if width <= THIN:
        out.copy_(torch.bmm(right.mT, left).mT)
    elif left.numel() * width >= LARGE and onednn_takes(left):
        out.copy_(linear(left.mT, right.mT, None))
    elif out.shape[0] == 1:
        torch.bmm(left.mT, right, out=out)
    else:  # out is a part of a wider buffer, into which BLAS would go run by run
        out.copy_(torch.bmm(left.mT, right))
