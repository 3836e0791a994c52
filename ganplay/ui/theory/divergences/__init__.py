"""The parts of the chapter on divergences."""
