"""Record a run: write the files of its folder, `metrics.json` or `error.json` last."""

import csv
import io
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from nst.colours import shown
from nst.errors import UserError, is_out_of_memory, reason
from nst.inputs import Inputs, load_inputs, recorded
from nst.memory.estimate import TooLarge
from nst.objective.reference import LossValues
from nst.optimizer.loop import Diverged, RunState, TraceRow
from nst.pictures.tensors import encode_png, picture_hash, to_image
from nst.result import Result
from nst.spec.records import Spec
from nst.spec.signature import canonical, signature, to_dict
from nst.store.files import names
from nst.store.files.atomic import link, remove, write_bytes, write_json, write_text
from nst.store.files.folder import manifest, replacement
from nst.store.files.frames import link_frames
from nst.store.provenance import now, provenance
from nst.store.store import Store


def write_result(store: Store, spec: Spec, result: Result, started: datetime) -> Path:
    """Write a finished run; returns the path of its picture. An older result stays until this one is whole."""
    folder, attempt = store.run(signature(spec)), store.attempt(signature(spec)) + 1
    with replacement(folder) as new:
        inputs = _write_inputs(store, new, result.inputs)
        _write_common(new, spec, list(result.trace), started, attempt)
        write_bytes(new / names.IMAGE, encode_png(result.image, png_text(spec)))
        link_frames(folder, new)
        write_json(new / names.METRICS, {**metrics(spec, result), "inputs": inputs, "files": manifest(new)})
    return folder / names.IMAGE


def write_failure(store: Store, spec: Spec, error: BaseException, started: datetime) -> Path:
    """Write why a run failed, with its trace and best picture if it has any; returns the run's folder.

    Its checkpoint stays, to resume from when it is tried again, unless it would only diverge again. If the run was done
    before, that result stays as it is, with the reason beside it.
    """
    folder, attempt = store.run(signature(spec)), store.attempt(signature(spec)) + 1
    run_state = error.run_state if isinstance(error, Diverged) else None
    if store.metrics(signature(spec)) is not None:
        write_json(folder / names.ERROR, _failure(error, run_state, attempt))
        names.remove_frames(folder / names.UNFINISHED_FRAMES)
        remove(folder / names.CHECKPOINT)
        return folder
    with replacement(folder) as new:
        _write_common(new, spec, run_state.trace if run_state else [], started, attempt)
        if run_state and run_state.best_picture is not None:
            write_bytes(new / names.BEST, encode_png(to_image(shown(spec, run_state.best_picture)), png_text(spec)))
        if not run_state and (folder / names.CHECKPOINT).exists():
            link(folder / names.CHECKPOINT, new / names.CHECKPOINT)
        link_frames(folder, new)
        inputs = {} if isinstance(error, TooLarge) else _inputs_of_failure(store, new, spec)
        write_json(new / names.ERROR, {**_failure(error, run_state, attempt), "inputs": inputs})
    return folder


def _failure(error: BaseException, run_state: RunState | None, attempt: int) -> dict[str, Any]:
    return {
        "type": type(error).__name__,
        "message": reason(error) or type(error).__name__,
        "attempt": attempt,
        "errno": error.errno if isinstance(error, OSError) else None,
        "traceback": "".join(traceback.format_exception(error)),
        "evaluations": run_state.evaluations if run_state else 0,
        "best_total_loss": run_state.best_loss if run_state else None,
        "best_evaluation": run_state.best_evaluation if run_state else None,
    }


def _inputs_of_failure(store: Store, folder: Path, spec: Spec) -> dict[str, str]:
    """Write the inputs of a failed run, unless they, or the memory for them, are what failed."""
    try:
        return _write_inputs(store, folder, recorded(spec, load_inputs(spec)))
    except (UserError, MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not is_out_of_memory(error):
            raise
        return {}


def png_text(spec: Spec) -> dict[str, str]:
    """Return the text metadata of a result: program, signature, and the signed spec as JSON."""
    from nst import __version__

    return {"Software": f"nst {__version__}", "nst:signature": signature(spec), "nst:spec": canonical(spec)}


def metrics(spec: Spec, result: Result) -> dict[str, Any]:
    """Return the numbers of a run; units are in the names."""
    measured = result.metrics
    return {
        "steps_requested": spec.evaluations,
        "evaluations": result.evaluations,
        **_losses(measured.losses, "loss"),
        **_losses(measured.losses_png, "loss_png"),
        "best_total_loss": result.best_total_loss,
        "best_evaluation": result.best_evaluation,
        **asdict(result.timings),
        "peak_memory_mib": result.peak_memory_mib,
        "history_used": result.history_used,
        "psnr_content_db": measured.psnr_content_db,
        "ssim_content": measured.ssim_content,
        "gram_distance_style": measured.gram_distance_style,
        "feature_distance_content": measured.feature_distance_content,
        "stopped": result.stopped,
        "remark": result.remark,
        "resumed_at": result.resumed_at,
        **({} if result.balance is None else {"balance_factors": result.balance}),
    }


def _losses(losses: LossValues, suffix: str) -> dict[str, float]:
    """Name the losses: `content_loss`, `style_loss`, ..., `total_loss`."""
    return {**{f"{name}_{suffix}": value for name, value in losses.terms.items()}, f"total_{suffix}": losses.total}


def _write_common(folder: Path, spec: Spec, trace: list[TraceRow], started: datetime, attempt: int) -> None:
    write_text(folder / names.SPEC, yaml.safe_dump(to_dict(spec), sort_keys=False, allow_unicode=True))
    write_text(folder / names.TRACE, _csv(trace))
    write_json(folder / names.PROVENANCE, provenance(spec, started, now(), attempt))


def _csv(trace: Sequence[TraceRow]) -> str:
    text = io.StringIO()
    heads, rows = trace_table(trace)
    csv.writer(text, lineterminator="\n").writerows([heads, *rows])
    return text.getvalue()


def trace_table(trace: Sequence[TraceRow]) -> tuple[list[str], list[list[Any]]]:
    """Return the heads and rows of `trace.csv`; sizes have a column in a run of several scales."""
    terms = list(trace[0].losses) if trace else []
    sizes = ["size"] if trace and trace[0].size else []
    heads = ["evaluation", "seconds", *sizes, *(f"{name}_loss" for name in terms), "total_loss"]
    rows = [
        [row.evaluation, row.seconds, *([row.size] if sizes else []), *row.losses.values(), row.total_loss]
        for row in trace
    ]
    return heads, rows


def _write_inputs(store: Store, folder: Path, inputs: Inputs) -> dict[str, str]:
    """Write the start, and each picture as it entered once, named by its hash; return the hashes by name."""
    write_bytes(folder / names.START, encode_png(to_image(inputs.start), {}))
    hashes = {name: picture_hash(image) for name, image in inputs.images.items()}
    for name, image in inputs.images.items():
        if not store.picture(hashes[name]).exists():
            write_bytes(store.picture(hashes[name]), encode_png(image, {}))
    return hashes
