"""The parts of the chapter on dynamics."""
