"""The classifiers' net, two convolutions and two linear layers, by SciPy and NumPy in float64."""

import numpy as np
from scipy.signal import correlate2d
from torch import Tensor


def features_and_logits(
    tensors: dict[str, Tensor], picture: Tensor
) -> tuple[np.ndarray, np.ndarray]:
    """What a net of these weights makes of a picture [c, h, w]."""
    weights = {name: tensor.double().numpy() for name, tensor in tensors.items()}

    def convolved(x: np.ndarray, layer: str) -> np.ndarray:
        kernels, biases = weights[f"{layer}.weight"], weights[f"{layer}.bias"]
        return np.stack(
            [
                sum(correlate2d(x[i], kernel[i], "same") for i in range(len(x))) + bias
                for kernel, bias in zip(kernels, biases, strict=True)
            ]
        )

    def pooled(x: np.ndarray) -> np.ndarray:
        c, h, w = x.shape
        return np.maximum(x, 0).reshape(c, h // 2, 2, w // 2, 2).max((2, 4))

    x = pooled(convolved(pooled(convolved(picture.double().numpy(), "first")), "second"))
    features = np.maximum(weights["hidden.weight"] @ x.ravel() + weights["hidden.bias"], 0)
    return features, weights["last.weight"] @ features + weights["last.bias"]
