"""An upload that is killed between its blob and its row, or while the blob is being written.

Run as `python dying_uploader.py VISIT row|blob`, with the service's settings in the environment.
"""

import os
import signal
import stat
import sys

from models.anatomy import View
from service.assembly import open_service
from service.photos.keeping import PhotoKeeper
from service.photos.receiving import Upload
from service.settings import Settings
from service.tenancy.keys import create_key, find_actor


class NoDoorkeeper:
    """Lets every upload in."""

    def check(self, upload):
        return None


def die(*_) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_at_a_file(descriptor: int) -> None:
    """Folders are synced as ever."""
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        die()


if __name__ == "__main__":
    visit, where = sys.argv[1:]
    with open_service(Settings(workers=0), NoDoorkeeper()) as service:
        with service.database.writing_across() as session:
            actor = find_actor(session, create_key(session, "Aurora"))
        keeper = PhotoKeeper(
            service.database, service.vaults, service.jobs, service.doorkeeper, service.limits.allowances
        )
        if where == "row":
            keeper._write = die
        else:
            os.fsync = die_at_a_file
        keeper.keep(actor, visit, Upload(b"never acknowledged", "00", View.FRONTAL), None)
