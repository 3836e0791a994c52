"""What the tests of the latent space share: the shipped faces."""

import pytest

from ganplay.latent.model import Model, shipped


@pytest.fixture(scope="session")
def faces() -> Model:
    return shipped("faces")
