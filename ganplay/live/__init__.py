"""Runs that train while pages come and go."""

from ganplay.live.engine import Engine, EngineError, shared_engine
from ganplay.live.run import View

__all__ = ["Engine", "EngineError", "View", "shared_engine"]
