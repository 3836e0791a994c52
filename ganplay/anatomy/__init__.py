"""Runs taken apart: an iteration moment by moment, and the algorithms line by line."""
