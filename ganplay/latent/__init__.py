"""What a trained G's latent space holds: paths, arithmetic, maps, memory. All of it only looks."""

from ganplay.latent.model import Model

__all__ = ["Model"]
