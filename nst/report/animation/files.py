"""Write animations: animated WebP, for every browser, and MP4 if PyAV (the extra `video`) is installed."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

from nst.report.figure.canvas import Pixels
from nst.store.files.atomic import remove, replacing

HOLD = 1500  # milliseconds to hold the last picture
_BT601 = 6  # the colour space FFmpeg converts to; tagged, or players guess it from the size


def write(pictures: Sequence[Pixels], path: Path) -> None:
    """Write `path` (.webp) and, if PyAV can, the same animation as .mp4 beside it.

    `pictures`: (H, W, 3) uint8, of equal even sizes; they take four seconds together, plus a longer last one.
    """
    each = min(250, max(60, 4000 // len(pictures)))
    first, *rest = (Image.fromarray(picture) for picture in pictures)
    lasting = [each] * len(rest) + [HOLD]
    with replacing(path) as temporary:
        first.save(temporary, "WEBP", save_all=True, append_images=rest, duration=lasting, loop=0, quality=65, method=0)
    video = path.with_suffix(".mp4")
    if not _mp4(pictures, video, each):
        remove(video)


def has_video() -> bool:
    """Return whether MP4 files can be written."""
    return find_spec("av") is not None


def _mp4(pictures: Sequence[Pixels], path: Path, each: int) -> bool:
    """Write the video; False if PyAV is missing or was built without an encoder for H.264."""
    try:
        import av
    except ImportError:
        return False
    try:
        with replacing(path) as temporary, av.open(str(temporary), "w", options={"movflags": "+faststart"}) as file:
            stream = file.add_stream("libx264", rate=round(1000 / each))
            stream.height, stream.width = pictures[0].shape[:2]
            stream.pix_fmt, stream.options = "yuv420p", {"preset": "veryfast", "crf": "22"}
            context = stream.codec_context
            context.colorspace = context.color_primaries = context.color_trc = _BT601
            for picture in [*pictures, *[pictures[-1]] * (HOLD // each)]:
                file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
            file.mux(stream.encode())
    except (av.error.FFmpegError, ValueError):
        return False
    return True
