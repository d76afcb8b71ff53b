"""The process that only looks at files."""

import subprocess
import sys


def test_what_only_looks_at_files_loads_no_mediapipe():
    asks = "import sys, service.sandbox.looks; print(sorted({'mediapipe', 'scipy.interpolate'} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
