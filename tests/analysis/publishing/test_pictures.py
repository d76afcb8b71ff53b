"""What a published pair is made of: the originals' own pixels, moved once, from within both photos."""

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from analysis.geometry import transform
from analysis.publishing.crop import crop
from analysis.publishing.layout import laid_out
from analysis.publishing.pictures import arrangement, bar_on, barred, frame_of, picture_of, to_output
from analysis.publishing.regions import Box
from models.anatomy import Outline, Side
from models.consent import Region
from models.publishing import Aspect, Layout, NotPublishable, Publishing, Size, Texts

SHAPES = [Aspect.SQUARE, Aspect.PORTRAIT, Aspect.STORY, Aspect.WIDE]


@pytest.fixture(scope="module")
def moved(studio):
    """The sample pair, each photo with its matrix to the aligned frame."""
    alignment = studio.pair("eyelids_before.jpg", "eyelids_after.jpg").alignment
    before, after = (studio.photo(f"eyelids_{which}.jpg") for which in ("before", "after"))
    return (before, alignment.before_to_aligned), (after, alignment.after_to_aligned)


def frame(moved, **asked):
    wanted = Publishing(Layout.PAIR, **asked)
    return frame_of(wanted, *moved, across=1, down=1)


def grid(size_px, step=7):
    return np.stack(np.meshgrid(*(np.arange(0.0, side, step) for side in size_px)), axis=-1)


def in_original(photo, to_aligned, found, points):
    """Where points of the output come from, in the pixels of the original."""
    return transform(np.linalg.inv(to_output(to_aligned, found)), points)


def test_each_output_pixel_is_one_look_up_in_the_original(moved):
    """Held against an interpolation of another library; two look-ups would blur the brows by some ten levels."""
    found = frame(moved, region=Region.EYES)
    for photo, matrix in moved:
        picture = picture_of(photo.photo, matrix, found)
        places = grid(found.size_px)
        x, y = np.moveaxis(in_original(photo, matrix, found, places.reshape(-1, 2)).reshape(places.shape), -1, 0)
        rows, columns = places[..., 1].astype(int), places[..., 0].astype(int)
        for channel in range(3):
            looked_up = map_coordinates(photo.photo.pixels[..., channel].astype(float), [y, x], order=3)
            # Cubic kernels differ by about a level; looking up to 1/32 px costs as much at a lash.
            assert np.abs(picture[rows, columns, channel] - looked_up).mean() < 1.0


@pytest.mark.parametrize("region", list(Region))
def test_both_photos_have_one_frame_of_the_shape_asked_for_within_both(moved, region):
    for aspect in Aspect:
        found = frame(moved, region=region, aspect=aspect)
        if isinstance(found, NotPublishable):
            assert region is not Region.FACE
            continue
        width, height = found.size_px
        if aspect.ratio:
            assert abs(width - height * aspect.ratio) < 1 + aspect.ratio
        corners = np.array([(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)], dtype=float)
        for photo, matrix in moved:
            assert picture_of(photo.photo, matrix, found).shape == (height, width, 3)
            places = in_original(photo, matrix, found, corners)
            assert (places >= 0).all()
            assert (places <= np.array(photo.photo.size_px) - 1).all()


def test_a_crop_stays_inside_photos_however_they_lie(moved):
    """And is as large as asked for where there is room."""
    random = np.random.default_rng(7)
    part = Box(-100, -120, 100, 120)
    for _ in range(60):
        photos = []
        for _photo in range(2):
            turn, scale = random.normal(0, 0.15), random.uniform(0.5, 2)
            turned = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
            size = tuple(random.integers(250, 600, 2).tolist())
            shift = -turned @ (np.array(size) / 2) + random.normal(0, 30, 2)
            photos.append((size, np.vstack([np.column_stack([turned, shift]), [0, 0, 1]])))
        for aspect in SHAPES:
            box = crop(Region.FACE, aspect, part, photos)
            if isinstance(box, NotPublishable):
                continue
            assert box.width / box.height == pytest.approx(aspect.ratio)
            corners = np.array([(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)])
            for size, matrix in photos:
                places = transform(np.linalg.inv(matrix), corners)
                assert (places > 1.9).all()
                assert (places < np.array(size) - 2.9).all()
    roomy = [((2000, 2000), np.array([[1.0, 0, -1000], [0, 1, -1000], [0, 0, 1]]))] * 2
    box = crop(Region.FACE, Aspect.SQUARE, part, roomy)
    assert (box.left, box.right, box.top, box.bottom) == pytest.approx((-120, 120, -120, 120), abs=1e-3)


def test_a_part_of_the_face_is_never_shown_with_more_around_it(moved):
    whole = frame(moved, region=Region.LOWER_FACE)
    for aspect in SHAPES:
        found = frame(moved, region=Region.LOWER_FACE, aspect=aspect)
        if not isinstance(found, NotPublishable):
            assert found.top >= whole.top - 1
            assert found.left >= whole.left - 1
    assert isinstance(frame(moved, region=Region.EYES, aspect=Aspect.STORY), NotPublishable)


def test_no_size_enlarges_a_photo(moved):
    scales = [1 / np.sqrt(np.linalg.det(matrix[:2, :2])) for _, matrix in moved]
    for size in Size:
        found = frame(moved, region=Region.EYES, size=size)
        assert found.px_per_aligned <= min(scales) + 1e-9
    across, down = arrangement(Layout.SIDE_BY_SIDE)
    social = frame_of(Publishing(Layout.SIDE_BY_SIDE, size=Size.SOCIAL), *moved, across=across, down=down)
    pictures = [picture_of(photo.photo, matrix, social) for photo, matrix in moved]
    (finished,) = laid_out(Layout.SIDE_BY_SIDE, *pictures, Texts("Before", "After", ("A caption.",)))
    assert 1070 <= finished.shape[1] <= 1080
    height, width = pictures[0].shape[:2]
    assert (finished[:height, :width] == pictures[0]).all()
    assert (finished[:height, -width:] == pictures[1]).all()


def test_the_bar_hides_brows_and_lids_of_both_photos_and_leaves_no_pixel_of_them(moved):
    found = frame(moved, size=Size.SOCIAL)
    left, top, right, bottom = bar = bar_on(found, *moved)
    for photo, matrix in moved:
        hidden = barred(picture_of(photo.photo, matrix, found), bar)
        assert not hidden[top:bottom, left:right].any()
        names = (Outline.BROW, Outline.UPPER_LID, Outline.LOWER_LID)
        marks = np.vstack([photo.landmarks.outline(name, side) for name in names for side in Side])
        seen = transform(to_output(matrix, found), photo.face.to_pixel(marks))
        margin = 0.03 * found.size_px[0]
        assert (seen > np.array([left, top]) + margin).all()
        assert (seen < np.array([right, bottom]) - margin).all()
    below = frame(moved, region=Region.JAWLINE)
    _, top, _, bottom = bar_on(below, *moved)
    assert top >= bottom or bottom == 0


def test_a_photo_that_lies_elsewhere_has_nothing_in_common(moved):
    before, (after, matrix) = moved
    apart = matrix + np.array([[0, 0, 5000], [0, 0, 0], [0, 0, 0]])
    assert isinstance(frame_of(Publishing(Layout.PAIR), before, (after, apart), across=1, down=1), NotPublishable)
