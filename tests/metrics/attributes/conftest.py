"""What the tests of attributes share: the reader of faces."""

import pytest

from ganplay.metrics.attributes import FacesReader, reader_of


@pytest.fixture(scope="session")
def reader() -> FacesReader:
    found = reader_of("faces")
    assert isinstance(found, FacesReader)
    return found
