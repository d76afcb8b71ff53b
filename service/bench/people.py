"""What is known of the people on the photos: measured skin tone, and what a ``people.csv`` beside the photos says.

``people.csv`` has the columns file, tone, sex, age; any may be empty. What is neither measured nor written there is not
known, and no figure is split by it.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from models.anatomy import Landmark, Side
from service.bench.controlled_changes import SourceFace

_ITA_CLASSES: Final = ((55.0, "very light"), (41.0, "light"), (28.0, "intermediate"), (10.0, "tan"), (-30.0, "brown"))
"""Individual typology angle: Chardon, Cretois & Hourseau 1991, Int. J. Cosmet. Sci. 13:191-208, the dark class at -30
degrees after Del Bino & Bernerd 2013, Br. J. Dermatol. 169 Suppl 3:33-40."""
_PATCH_MM: Final = 5.0


def people_beside(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """Labels by file name from ``people.csv`` in a folder; none without the file."""
    file = folder / "people.csv"
    if not file.is_file():
        return {}
    with file.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    return {row["file"]: {key: row[key] for key in ("tone", "sex", "age") if row.get(key)} for row in rows}


def tone_groups(face: SourceFace) -> Mapping[str, str]:
    """The class of the skin's tone as measured on the photo."""
    return {"skin tone (ITA)": ita_class(ita_deg(face))}


def ita_deg(face: SourceFace) -> float:
    """Individual typology angle of the cheeks: arctan((L* - 50) / b*), degrees; low for dark skin.

    Taken from a photo whose light and camera are not calibrated, it sorts people and is no reading of an instrument.
    """
    half = max(2, round(_PATCH_MM * face.px_per_mm))
    patches = []
    for side in Side:
        x, y = face.landmarks[Landmark.MALAR, side].astype(int)
        patches.append(face.rgb[y - half : y + half, x - half : x + half].reshape(-1, 3))
    cheek = np.median(np.vstack(patches), axis=0).astype(np.float32) / 255
    lightness, _, yellow = cv2.cvtColor(cheek[None, None], cv2.COLOR_RGB2LAB)[0, 0]
    return float(np.degrees(np.arctan2(lightness - 50, yellow)))


def ita_class(angle_deg: float) -> str:
    """The class of an individual typology angle."""
    return next((name for above, name in _ITA_CLASSES if angle_deg > above), "dark")
