from pathlib import Path

import pytest

from portal.kernel.house import House
from tests.cast import World
from tests.importing import Bring, bringing


@pytest.fixture
def bring(house: House, world: World, tmp_path: Path) -> Bring:
    return bringing(house, world, tmp_path)
