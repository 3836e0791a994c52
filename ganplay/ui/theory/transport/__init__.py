"""The parts of the chapter on transport."""
