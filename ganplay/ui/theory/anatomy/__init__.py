"""The parts of the chapter on the anatomy of a step."""
