"""More uploads than the service can look at: they wait, and nobody else does."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.service.api.conftest import FakeAnalyst


class SlowDoorkeeper(FakeAnalyst):
    """Takes its time over every upload until it is told to go on."""

    def check(self, upload: bytes):
        assert self.go_on.wait(60)
        return super().check(upload)


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"requests_at_once": 100})  # it is the threads that are tried


@pytest.fixture
def analyst() -> SlowDoorkeeper:
    return SlowDoorkeeper()


def test_uploads_that_wait_leave_the_others_their_threads(clinic, analyst):
    visit = clinic.visit()
    analyst.go_on.clear()
    with ThreadPoolExecutor(60) as clients:
        uploads = [clients.submit(clinic.upload, visit, b"photo %d" % number, wait=0) for number in range(60)]
        for _ in range(5):
            assert clinic.get("/v1/subjects").status_code == 200
        assert not any(upload.done() for upload in uploads)
        analyst.go_on.set()
        assert {upload.result().status_code for upload in uploads} == {201}
