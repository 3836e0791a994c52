"""The parts of the chapter on the game."""
