"""Hydra's parser of flags, on Python 3.14 too, whose argparse refuses the help that Hydra formats when it is shown."""

import argparse
from types import SimpleNamespace

from hydra._internal import utils
from hydra._internal.utils import get_args_parser as get_args_parser


class Parser(argparse.ArgumentParser):
    """A parser that checks help only if it is text."""

    def _check_help(self, action: argparse.Action) -> None:
        if isinstance(action.help, str) and (check := getattr(super(), "_check_help", None)):
            check(action)


vars(utils)["argparse"] = SimpleNamespace(**vars(argparse) | {"ArgumentParser": Parser})
