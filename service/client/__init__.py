"""The API as a Python program uses it: one typed method for each call.

>>> from service.client import Liftmark
>>> clinic = Liftmark("http://127.0.0.1:8000", "lm_…")
>>> clinic.upload_photo(visit.id, Path("before.jpg"), wait=60).status
"""

from service.client.calls import ProblemError
from service.client.liftmark import DamagedError, Liftmark, each, save
from service.client.transport import Patience, ServerTroubleError

__all__ = ["DamagedError", "Liftmark", "Patience", "ProblemError", "ServerTroubleError", "each", "save"]
