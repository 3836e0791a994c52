"""What one takes away from a run: a script, figures, curves, a recording."""
