"""Say which pictures of a run are enlarged, or kept smaller than asked for."""

from pathlib import Path

from nst.pictures.find import Picture, PictureFile
from nst.pictures.load import fitted_shape, full_image
from nst.spec.records import Spec


def remarks(spec: Spec) -> list[str]:
    """Return lines that say which pictures are enlarged to `size`, or, as panoramas, kept smaller."""
    lines = []
    for key, reference in spec.pictures.items():
        if key != "init":
            width, height = full_image(reference).size
            shorter = min(fitted_shape(width, height, spec.size))
            if shorter < spec.size:
                lines.append(f"{key}: {width} x {height} is a panorama; its shorter side is {shorter}, not {spec.size}")
            elif min(width, height) < spec.size:
                lines.append(f"{key}: {_title(reference)} is {width} x {height}; enlarged to size={spec.size}")
    return lines


def _title(reference: Picture) -> str:
    return Path(reference.path).name if isinstance(reference, PictureFile) else "the blend"
