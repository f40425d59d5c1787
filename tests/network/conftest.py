from __future__ import annotations

import pytest

from tests.kit.certificates import Authority, Pair
from tests.network.watching import Watcher


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "ca")


@pytest.fixture(scope="session")
def other_authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("other-authority"), "other-ca")


@pytest.fixture(scope="session")
def local_pair(authority: Authority) -> Pair:
    """A server certificate for this machine."""
    return authority.sign("local", ("localhost", "127.0.0.1"))


@pytest.fixture
async def watcher() -> Watcher:
    return Watcher()
