"""Name the photographs that come with packages, and find their files without importing those."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from nst.errors import UserError


@dataclass(frozen=True)
class Photograph:
    """A picture file in `folder` of an installed package, which `distribution` installs."""

    package: str
    folder: str
    file: str
    distribution: str


def _photographs(package: str, folder: str, distribution: str, *files: str) -> dict[str, Photograph]:
    """Return the photographs of one folder by name: the file's, without its ending."""
    return {
        file.partition(".")[0].removesuffix("_left"): Photograph(package, folder, file, distribution) for file in files
    }


BUILTIN: dict[str, Photograph] = {
    **_photographs(
        *("skimage", "data", "scikit-image"),
        *("astronaut.png", "brick.png", "camera.png", "cell.png", "chelsea.png", "coffee.png", "coins.png"),
        *("grass.png", "gravel.png", "hubble_deep_field.jpg", "ihc.png", "moon.png", "motorcycle_left.png"),
        *("retina.jpg", "rocket.jpg"),
    ),
    **_photographs("sklearn", "datasets/images", "scikit-learn", "china.jpg", "flower.jpg"),
    **_photographs("matplotlib", "mpl-data/sample_data", "matplotlib", "grace_hopper.jpg"),
}
"""The photographs by name. The grey ones are brick, camera, cell, coins, grass, gravel and moon."""


def builtin_file(name: str) -> Path:
    """Return the absolute path of the photograph `name`; raises `UserError` if the installation lacks it."""
    wanted = BUILTIN[name]
    package = find_spec(wanted.package)
    folders = list(package.submodule_search_locations or []) if package else []
    for folder in folders:
        path = Path(folder, wanted.folder, wanted.file)
        if path.is_file():
            return path.absolute()
    place = (
        f"no {wanted.folder}/{wanted.file} in {', '.join(folders)}" if folders else f"{wanted.package} was not found"
    )
    raise UserError(f"the built-in picture {name!r} is missing: {place}; install {wanted.distribution} again")
