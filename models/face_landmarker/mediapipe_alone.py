"""MediaPipe without its drawing library.

MediaPipe imports matplotlib to draw, which we never ask it to. Matplotlib takes 0.4 s to import and wants to write its
settings and fonts to a home folder, which the analysis process neither has nor may write. Empty modules in its place
keep both away.
"""

import sys
from types import ModuleType

if "matplotlib" not in sys.modules:
    drawing, plots = ModuleType("matplotlib"), ModuleType("matplotlib.pyplot")
    drawing.pyplot = plots  # type: ignore[attr-defined]  # a module has the attributes it is given
    sys.modules |= {"matplotlib": drawing, "matplotlib.pyplot": plots}
    try:
        import mediapipe as mp
    finally:
        # Whoever wants to draw gets the real one.
        del sys.modules["matplotlib"], sys.modules["matplotlib.pyplot"]
else:
    import mediapipe as mp

from mediapipe.tasks.python import BaseOptions, vision

__all__ = ["BaseOptions", "mp", "vision"]
