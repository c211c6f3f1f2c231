"""Make the plan of a sweep: the plain values by which its runs are told apart, their labels, and their order."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from nst.spec.check import STARTS
from nst.spec.records import Adam, Lbfgs, Spec, Term
from nst.spec.resolve import signed_keys
from nst.spec.schema import SCALES, Config
from nst.spec.signature import TIMED
from nst.spec.sizes.size import plain_size
from nst.spec.terms.layers import compact
from nst.store.plan import NEEDS_KEY, Plan, PlannedRun, Value, plain
from nst.store.provenance import now
from nst.store.store import Store
from nst.store.styles import BETWEEN, mixed, stem, with_stand_in
from nst.sweep.axes import differing, varied_keys
from nst.sweep.hydra.compose import ComposedRun, swept
from nst.sweep.mask_values import guide, mask_values, takes_style
from nst.sweep.picture_names import tell_apart
from nst.sweep.rerun import run_name

GROUPS = ("preset", "profile", "pictures")


def make_plan(
    store: Store, runs: Sequence[ComposedRun], overrides: Sequence[str], *, name: str, sweep: str | None, command: str
) -> Plan:
    """Plan composed runs; one that `store` has from an older version keeps the name it has there."""
    values = [plain_values(run.config, run.spec) for run in runs]
    tell_apart(runs, values)
    for run, row in zip(runs, values, strict=True):
        chosen = (override.partition("=")[::2] for override in run.overrides)
        row.update({key: choice for key, choice in chosen if key in GROUPS})
    hidden = {key for key in TIMED if not any(key in signed_keys(run.config) for run in runs)}
    order = [key for given in swept(overrides) if (key := given.lstrip("+")) not in hidden]
    varied = [key for key in varied_keys(values, order) if key not in hidden]
    planned = [
        PlannedRun(
            signature=run_name(store, run.spec, run.config.rerun),
            label=label(row, varied) or name,
            values={key: row.get(key) for key in varied},
            overrides=run.overrides,
            precision=run.spec.precision,
            device=run.spec.runtime.device,
        )
        for run, row in zip(runs, values, strict=True)
    ]
    fixed = values[0].keys() - set(differing(values))
    constants: dict[str, Value] = {key: value for key, value in values[0].items() if key in fixed and value is not None}
    first = runs[0].config
    return Plan(
        name=name,
        sweep=sweep,
        purpose=first.purpose or "",
        command=command,
        created_utc=now().isoformat(),
        varied=tuple(varied),
        constants=constants,
        report={"layout": "grid", **first.report},
        runs=tuple(planned),
        stand_ins=_stand_ins(runs, values),
    )


def told_alike(plan: Plan) -> str | None:
    """Return a line on two runs that differ in no key of the plan, such as pictures of one name in two folders."""
    found: dict[tuple[Value, ...], PlannedRun] = {}
    for run in plan.runs:
        first = found.setdefault(tuple(run.values.values()), run)
        if first.signature != run.signature:
            return f"{first.title} and {run.title}: differ in no key, so the report takes them for repeats of one run"
    return None


SINGLE = (
    *("size", "resize", "init", "seed", "repeat", "steps", "keep", "network", "pooling", "weights", "threads"),
    *("pooling_scale", "padding", "normalise", "balance"),
)


def plain_values(config: Config, spec: Spec) -> dict[str, Value]:
    """Return every key that describes a run, by its name in the vocabulary; None if it plays no part."""
    pictures = spec.pictures
    values: dict[str, Value] = {
        "content": _content_name(config) if "content" in pictures else None,
        **(_style_values(config) if _takes_style(config, spec) else {"style": None}),
    }
    for kind in ("content", "style"):
        term = spec.term(kind) or guide(spec, kind)
        values |= _term_values(term, f"{kind}_") | _settings(term, f"{kind}_")
        values[f"{kind}_loss"] = getattr(config, f"{kind}_loss")
    for name in ("content", "style", "tv"):
        values[f"{name}_weight"] = found.weight if (found := spec.term(name)) else 0.0
    if guide(spec, "style"):
        values["style_weight"] = float(config.style_weight)
    for name, given in config.losses.items():
        values |= _further_values(config, given, spec.term(name), f"losses.{name}.")
    values |= mask_values(config, spec, partial(_shown, config))
    values |= {key: getattr(config, key) for key in SINGLE} | {"colours": config.colours}
    values |= _scales(config, spec)
    start = config.init if config.init in STARTS else _shown(config, config.init)
    values |= {"size": plain_size(config.size), "init": start, "weights": stem(config.weights)}
    values |= {"precision": spec.precision, "device": spec.runtime.device}
    values |= {} if spec.timed_threads is None else {"threads": spec.timed_threads}
    values |= _optimizer(config, spec)
    if config.blend.source and "content" in pictures:
        values |= {"blend.mode": config.blend.mode, "blend.offset": ",".join(map(str, config.blend.offset))}
        mask = config.blend.mask or "ellipse"
        values["blend.mask"] = stem(config.pictures.get(mask, mask))
    return values


def _optimizer(config: Config, spec: Spec) -> dict[str, Value]:
    """Return the optimizer and its settings; those of a preconditioner are None if there is none."""
    given = {key: value for key, value in config.optimizer.items() if key not in ("name", "preconditioner")}
    values: dict[str, Value] = {"optimizer": spec.optimizer.name}
    values |= {f"optimizer.{key}": value for key, value in given.items()}
    chosen = spec.optimizer.preconditioner if isinstance(spec.optimizer, Lbfgs) else None
    parts = dict.fromkeys(("kind", "exponent")) if chosen is None else vars(chosen)
    return values | {f"optimizer.preconditioner.{key}": value for key, value in parts.items()}


def _scales(config: Config, spec: Spec) -> dict[str, Value]:
    """Return the keys of a run of several scales; None for a run of one, and for `carry` without moments."""
    given = {**SCALES, **config.scales}
    parts = dict.fromkeys(SCALES) if len(spec.scales) == 1 else {**given, "steps": spec.scales[0].steps}
    if not isinstance(spec.optimizer, Adam):
        parts["carry"] = None
    return {f"scales.{key}": value for key, value in parts.items()}


def _term_values(term: Term | None, prefix: str) -> dict[str, Value]:
    return {
        f"{prefix}loss": term.loss if term else None,
        f"{prefix}layers": compact(term.layers) if term and term.layers else None,
        f"{prefix}layer_weights": _numbers(term.layer_weights) if term else None,
    }


def _takes_style(config: Config, spec: Spec) -> bool:
    """Return whether the style plays a part: in its own loss, as the start, or in a loss or guide without a picture."""
    terms = [spec.term(name) for name, given in config.losses.items() if not given.get("picture")]
    guided = guide(spec, "style") is not None and takes_style(config)
    return "style" in spec.pictures or guided or any(term is not None and term.targets for term in terms)


def _style_values(config: Config) -> dict[str, Value]:
    """Return the keys of the styles; shares are None unless given, and normalised."""
    names = config.style if isinstance(config.style, list | tuple) else [config.style]
    shares = [float(share) for share in config.style_shares or ()] if len(names) > 1 else []
    return {
        "style": BETWEEN.join(_shown(config, str(name)) for name in names),
        "style_shares": ", ".join(f"{share / sum(shares):.3g}" for share in shares) or None,
        "style_scale": config.style_scale,
    }


def _further_values(config: Config, given: Mapping[str, Any], term: Term | None, prefix: str) -> dict[str, Value]:
    """Return the keys of a further loss: what every term has, then its pictures, if it names any, and its settings."""
    values = _term_values(term, prefix) | {f"{prefix}weight": term.weight if term else 0.0}
    shares = {target.weight for target in term.targets} if term else set()
    values[f"{prefix}picture"] = _picture_names(config, given) if shares else None
    is_own = len(shares) > 1 and given.get("shares") is not None
    values[f"{prefix}shares"] = _numbers([t.weight for t in term.targets]) if term and is_own else None
    values[f"{prefix}scale"] = plain(given.get("scale")) if term else None
    return values | _settings(term, prefix)


def _settings(term: Term | None, prefix: str) -> dict[str, Value]:
    return {f"{prefix}settings.{key}": plain(value) for key, value in (term.settings if term else ())}


def _picture_names(config: Config, given: Mapping[str, Any]) -> str | None:
    """Return the pictures that a further loss names, those with a share of 0 left out; None if it takes the style."""
    pictures = given.get("picture")
    names = pictures if isinstance(pictures, list | tuple) else [pictures] if pictures else []
    shares = (given.get("shares") if names else None) or [1.0] * len(names)
    taken = [str(name) for name, share in zip(names, shares, strict=True) if float(share)]
    return "+".join(_shown(config, name) for name in taken) or None


def label(values: dict[str, Value], keys: Sequence[str]) -> str:
    """Label a run among its sweep: `conv_3`, or `noise, steps 300`; numbers carry their key."""
    words = []
    for key in keys:
        value = values.get(key)
        if key == "style" or (key == "style_shares" and "style" not in keys):
            value = mixed(values, always=key == "style_shares") or value
        elif key == "style_shares":
            continue
        name = key.replace("_", " ").replace("optimizer.", "")
        words.append(value if isinstance(value, str) and key not in NEEDS_KEY else f"{name} {_said(value)}")
    return ", ".join(words)


def _said(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return "none" if value is None else str(value)


def _content_name(config: Config) -> str:
    if config.blend.source is None:
        return _shown(config, config.content)
    source, target = (str(config.pictures.get(str(name), name)) for name in (config.blend.source, config.blend.target))
    return f"{stem(source)} in {stem(target)}"


def _shown(config: Config, name: str) -> str:
    """Return the name of a picture, with what the group `pictures` puts in its place: figures say what they show."""
    return with_stand_in(name, config.pictures.get(name, name))


def _stand_ins(runs: Sequence[ComposedRun], values: Sequence[Mapping[str, Value]]) -> dict[str, str]:
    """Return the pictures that stand for others in any of the runs."""
    found: dict[str, str] = {}
    for run, row in zip(runs, values, strict=True):
        shown = [value for value in row.values() if isinstance(value, str)]
        for name, meant in run.config.pictures.items():
            told = with_stand_in(name, str(meant))
            if told != stem(name) and any(told in value for value in shown):
                found.setdefault(name, str(meant))
    return found


def _numbers(numbers: Sequence[float]) -> str | None:
    return ", ".join(f"{number:g}" for number in numbers) if set(numbers) - {1.0} else None
