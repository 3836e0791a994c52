"""The questions people ask, a module each."""
