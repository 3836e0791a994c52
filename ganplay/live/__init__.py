"""Runs that train while pages come and go."""

from ganplay.live.engine import Engine, EngineError, shared_engine
from ganplay.live.past import Side
from ganplay.live.view import Opening, View

__all__ = ["Engine", "EngineError", "Opening", "Side", "View", "shared_engine"]
