"""Measurements of speed, each a ratio or a rate taken in one run on one machine."""
