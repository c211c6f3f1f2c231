"""Write the results of a bench: CSV and Markdown by the device's name, optionally JSON and the README's table."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nst.bench.table import Column, file_stem, put_between, to_csv, to_json, to_markdown
from nst.device import device_name, pick_device, pick_threads
from nst.store.atomic import write_text


@dataclass(frozen=True)
class Caption:
    """The machine of a measurement: `device` is PyTorch's name for it, `name` its maker's."""

    device: str
    name: str
    threads: int

    @classmethod
    def of(cls, device: str, threads: int | str) -> "Caption":
        """Return this machine's. Raises `UserError` for an unknown device or number of threads."""
        found = pick_device(device)
        return cls(found, device_name(found), pick_threads(threads))

    @property
    def stem(self) -> str:
        """Name of the files, without their suffix."""
        return file_stem(self.name)

    def text(self, what: str) -> str:
        """Return two paragraphs: what was measured, and where and when."""
        import torch

        when = datetime.now(UTC).date().isoformat()
        return f"{what}\n\n{self.name}, {self.threads} threads, torch {torch.__version__}, {when}."


def publish(
    rows: Sequence[Any], kind: type[Any], columns: Sequence[Column], caption: str, stem: str, mark: str,
    options: argparse.Namespace,
) -> str:  # fmt: skip
    """Write `rows` to the files that `options` name; return the table and its path."""
    text = to_markdown(rows, columns, caption)
    write_text(options.out / f"{stem}.csv", to_csv(rows, kind))
    write_text(options.out / f"{stem}.md", text)
    if options.json:
        write_text(options.json, to_json(rows))
    if options.readme:
        put_between(options.readme, mark, text)
    return f"{text}\n{options.out / f'{stem}.md'}"
