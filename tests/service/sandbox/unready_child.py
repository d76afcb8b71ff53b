"""An analysis process that lacks what it needs."""

import sys

from service.sandbox.lockdown import EXIT_UNAVAILABLE

sys.stderr.write("The face model is not installed.\n")
sys.exit(EXIT_UNAVAILABLE)
