"""Take the measures of a run, against the pictures that it was made from."""

from collections.abc import Mapping

from PIL.Image import Image

from nst.colours import as_optimised
from nst.metrics.recorded import whole_styles
from nst.metrics.take import Values, take
from nst.spec.records import Spec


def measure_run(spec: Spec, image: Image, pictures: Mapping[str, Image], *, patches: bool = False) -> Values:
    """Return the measures of a run's final picture; `pictures`: as they entered, by name, at the run's size.

    With `colours=luminance`, the luminance of the picture is measured. Without a content in the run there are no
    measures to one; without a style, or with one that has a mask or guides, there are none to a style.
    """
    seen, content = as_optimised(spec, image), pictures.get("content")
    same_shape = content if content is not None and content.size == seen.size else None
    return take(seen, same_shape, whole_styles(spec, pictures), patches=patches)
