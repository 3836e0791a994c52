"""The parts of the chapter on questions."""
