"""What tests of the client share: the served app of the API's tests, and a port where nothing is."""

import socket

import pytest

from tests.service.api.conftest import *  # noqa: F403  the fixtures


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
