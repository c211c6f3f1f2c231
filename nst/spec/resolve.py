"""Resolve a configuration to a `Spec`: names become files and hashes, `auto` a choice, mistakes a `UserError`."""

from difflib import get_close_matches
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from nst import losses, networks
from nst.errors import UserError, did_you_mean
from nst.hardware.device import pick_device, pick_precision, pick_threads
from nst.pictures.find import Blend, Picture, PictureFile, file_hash, find
from nst.pictures.load import fitted_shape, full_image
from nst.spec.check import STARTS, check_choice, deepest_layer
from nst.spec.masks import check_masks
from nst.spec.network_ref import network_ref
from nst.spec.optimizers import optimizer_settings
from nst.spec.records import Runtime, Spec, Start
from nst.spec.schema import BlendConfig, Config
from nst.spec.signature import TIMED
from nst.spec.sizes.least_sides import check_least_sides
from nst.spec.sizes.scales import make_carry, make_scales
from nst.spec.sizes.shapes import result_shape, shape_like_result
from nst.spec.sizes.size import last_scale
from nst.spec.terms.balance import balance
from nst.spec.terms.guides import make_mask
from nst.spec.terms.make import make_terms
from nst.spec.terms.names import is_guide
from nst.spec.terms.styles import check_scaled, first_style
from nst.typed_values import user_path

MEASURED = ("true", "patches")


def resolve(config: Config) -> Spec:
    """Return the checked `Spec` of a configuration; raises `UserError` with one line that says what is wrong."""
    architecture = networks.architecture(config.network)
    terms = make_terms(config, architecture, partial(_find, config))
    device = pick_device(config.device)
    names = [term.name for term in terms]
    is_transfer = "content" in names and any(name == "style" or is_guide(name) for name in names)
    needs_fp32 = any(losses.find(term.loss).needs_fp32 for term in terms)
    optimizer, start = optimizer_settings(config.optimizer), _start(config)
    scales = make_scales(config, last_scale(config.size, config.steps, terms, start))
    signed, threads = signed_keys(config), pick_threads(config.threads)
    spec = Spec(
        terms=terms,
        scales=scales,
        start=start,
        network=network_ref(config, architecture),
        optimizer=optimizer,
        keep=config.keep,
        precision=pick_precision(config.precision, device, is_transfer and not needs_fp32),
        repeat=config.repeat,
        balance=balance(config, terms),
        resize=None if config.resize == "lanczos" else config.resize,
        colours=None if config.colours == "as_is" else config.colours,
        carry=make_carry(config, scales, optimizer),
        freeze=None if config.freeze is None else make_mask(config.freeze, "freeze", config, partial(_find, config)),
        timed_threads=threads if "threads" in signed else None,
        timed_device=device if "device" in signed else None,
        runtime=_runtime(config, device, threads),
    )
    _check_scales(spec)
    return spec


def _runtime(config: Config, device: str, threads: int) -> Runtime:
    return Runtime(
        device=device,
        threads=threads,
        deterministic=config.deterministic,
        frames_every=config.frames_every,
        checkpoint_every=config.checkpoint_every,
        trace_every=_trace_every(config.trace_every, device),
        measure=_measure(config.measure),
    )


def _check_scales(spec: Spec) -> None:
    """Refuse pictures and masks that do not fit at any scale; the last, whose messages name `size`, comes first."""
    check_scaled(spec)
    for scale in reversed(range(len(spec.scales))):
        own = spec.at(scale)
        _check_sides(own)
        _check_same_shape(own)
        check_least_sides(own, partial(_fitted, own))
        check_masks(own)


def signed_keys(config: Config) -> tuple[str, ...]:
    """Return the keys of how a run is made that count in its signature; raises `UserError` for any other."""
    given = config.signed
    keys = tuple(given) if isinstance(given, list | tuple) else () if given is None else (given,)
    for key in keys:
        check_choice("signed", key, TIMED)
    return keys


def _find(config: Config, key: str, name: str) -> Picture:
    """Return the picture that `key=name` stands for; `content` may be a blend."""
    blend = config.blend
    if key != "content" or (blend.source, blend.target, blend.mask) == (None, None, None):
        return _picture(config, key, name)
    return _blend(config, blend)


def _start(config: Config) -> Start:
    kind = "uniform" if config.init == "noise" else config.init
    if kind in ("content", "style"):
        name = config.content if kind == "content" else first_style(config)
        return Start(kind, config.seed, _find(config, kind, name))
    if kind in STARTS:
        return Start(kind, config.seed)
    try:
        return Start("picture", config.seed, _find(config, "init", config.init))
    except UserError as error:
        if get_close_matches(config.init, STARTS, n=1):
            raise UserError(f"init={config.init}: unknown{did_you_mean(config.init, STARTS)}") from None
        raise UserError(f"{error} (init also takes {', '.join(STARTS)})") from None


def _blend(config: Config, blend: BlendConfig) -> Blend:
    if blend.source is None:
        raise UserError("blend: needs blend.source; without it, blend.target and blend.mask do nothing")
    if blend.target is None:
        raise UserError("blend: needs both blend.source and blend.target")
    if len(blend.offset) != 2:
        raise UserError(f"blend.offset={blend.offset}: must be [x,y] in pixels of the target")
    is_ellipse = blend.mask is None or config.pictures.get(blend.mask, blend.mask) == "ellipse"
    source = _picture(config, "blend.source", blend.source)
    mask = None if is_ellipse else _picture(config, "blend.mask", str(blend.mask))
    target = _picture(config, "blend.target", blend.target)
    reference = Blend(source, mask, target, (blend.offset[0], blend.offset[1]), blend.mode)
    full_image(reference)
    return reference


def _picture(config: Config, key: str, name: str) -> PictureFile:
    """Return the file of a name, hashed, and read once so that a broken one is refused before anything starts."""
    folders = [user_path("picture_dirs", folder) for folder in config.picture_dirs]
    try:
        path = find(name, folders, config.pictures)
        picture = PictureFile(str(path), _hash(path, path.stat().st_mtime_ns))
        full_image(picture)
    except UserError as error:
        raise UserError(f"{key}={name}: {error}") from None
    return picture


@lru_cache(maxsize=256)
def _hash(path: Path, _modified: int) -> str:
    return file_hash(path)


def _measure(value: Any) -> str | None:
    """Return how a run is measured; None if it is not."""
    word = str(value).lower()
    if word not in ("false", *MEASURED):
        raise UserError(f"measure={value}: must be false, {' or '.join(MEASURED)}{did_you_mean(word, MEASURED)}")
    return None if word == "false" else word


def _trace_every(value: Any, device: str) -> int:
    if value == "auto":
        return 10 if device.startswith("cuda") else 1
    if isinstance(value, bool) or not isinstance(value, int):
        raise UserError(f"trace_every={value}: must be 'auto' or a whole number of evaluations")
    return value


def _check_sides(spec: Spec) -> None:
    """Refuse a picture too small for the deepest layer, such as a panorama shrunk to the cap on pixels."""
    number, needed = deepest_layer(spec)
    for key, picture in spec.pictures.items():
        shorter = min(_fitted(spec, picture))
        if key != "init" and shorter < needed:
            width, height = full_image(picture).size
            raise UserError(
                f"{key}: {width} x {height} pixels at size={spec.size} gives a shorter side of {shorter}, "
                f"but conv_{number} needs {needed}"
            )


def _check_same_shape(spec: Spec) -> None:
    """Refuse a target of another shape than the result's for a loss that compares position by position."""
    expected = result_shape(spec)
    for term in (term for term in spec.terms if losses.find(term.loss).same_shape):
        key = term.name if term.name in ("content", "style") else f"losses.{term.name}.picture"
        for width, height in (shape_like_result(spec, target.picture) for target in term.targets):
            if (width, height) != expected:
                raise UserError(
                    f"{key}: {term.loss} needs a picture of the result's shape, "
                    f"{expected[0]} x {expected[1]}, not {width} x {height}"
                )


def _fitted(spec: Spec, picture: Picture) -> tuple[int, int]:
    """Return (height, width) of a picture at the size of a run, whatever the scale of its target."""
    if picture == spec.pictures[spec.frame]:
        return result_shape(spec)
    return fitted_shape(*full_image(picture).size, spec.size)
