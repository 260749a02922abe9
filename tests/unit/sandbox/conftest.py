from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.sandbox.till import Till


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    till = Till(tmp_path)
    yield till
    till.close()
