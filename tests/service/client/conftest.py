"""The served app of the API's tests, for its client."""

from tests.service.api.conftest import *  # noqa: F403  the fixtures
