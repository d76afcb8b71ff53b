"""How the world reaches the measurements: command line, API, pages, storage, jobs."""

import os

# Before numpy is loaded: our matrices are small, and threads that share one cost more than they save. The series of a
# hundred visits takes 2 s of a processor; with two threads on two busy processors it took 18 s.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
