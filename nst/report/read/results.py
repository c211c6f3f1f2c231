"""All numbers of a sweep in `results.csv`, and the table of runs for the page."""

from pathlib import Path
from typing import Any

import pandas as pd

from nst.report import labels
from nst.report.read.files import replacing
from nst.report.read.frame import PATHS
from nst.report.read.plan import Plan

COLUMNS = {
    "total_loss": "total loss",
    "content_loss": "content loss",
    "style_loss": "style loss",
    "tv_loss": "TV loss",
    "psnr_content_db": "PSNR to content (dB)",
    "ssim_content": "SSIM to content",
    "gram_distance_style": "Gram distance to style",
    "feature_distance_content": "feature distance to content",
    "evaluations": "evaluations",
    "seconds_loop": "seconds",
}


def write(frame: pd.DataFrame, path: Path) -> None:
    """Every column but the paths of this machine; `picture` names the file in the report's folder."""
    results = frame.drop(columns=[column for column in PATHS if column in frame])
    results["picture"] = [
        picture_name(signature, image) for signature, image in zip(frame["signature"], frame["image"], strict=True)
    ]
    with replacing(path) as temporary:
        results.to_csv(temporary, index=False, lineterminator="\n")


def picture_name(signature: str, image: object) -> str | None:
    """Where a result lies inside the report."""
    return f"pictures/{signature}.png" if isinstance(image, Path) else None


def columns(frame: pd.DataFrame) -> list[str]:
    """The measured columns of the table of runs: those for which there is at least one number that is not zero."""
    return [name for name in COLUMNS if (frame[name].notna() & (frame[name] != 0)).any()]


def words(plan: Plan, row: "pd.Series[Any]") -> list[str]:
    """The varied values of a run in words."""
    return [labels.bare(key, row[key], plan.constants) for key in plan.varied]
