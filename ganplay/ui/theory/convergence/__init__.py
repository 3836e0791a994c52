"""The parts of the chapter on convergence."""
