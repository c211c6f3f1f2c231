"""Choose the keys that tell the runs of a sweep apart, its axes, from the plain values of each run."""

from collections.abc import Sequence

from nst.store.plan import Value


def varied_keys(values: Sequence[dict[str, Value]], order: Sequence[str]) -> list[str]:
    """Return the keys that differ: the swept ones in their `order`, then others that do not just follow from them."""
    varied = differing(values)
    swept = [key for key in order if key in varied]
    found = swept + [key for key in varied if key not in order and not _follows(values, key, swept)]
    for key in [key for key in reversed(found) if key not in swept]:
        others = [other for other in found if other != key]
        is_told = _has_one_value(values, key) and _places(values, others) == _places(values, found)
        if is_told or _is_default(values, key, others):
            found = others
    return found


def _is_default(values: Sequence[dict[str, Value]], key: str, others: Sequence[str]) -> bool:
    """Return whether a key is a setting of a loss and that loss decides its value."""
    owner, setting, _ = key.partition("settings.")
    loss = f"{owner}loss"
    return bool(setting) and loss in others and _places(values, [loss, key]) == _places(values, [loss])


def _has_one_value(values: Sequence[dict[str, Value]], key: str) -> bool:
    """Return whether a key has one value in all runs in which it plays a part, as a style's scale has with guides."""
    return len({row.get(key) for row in values} - {None}) == 1


def _places(values: Sequence[dict[str, Value]], keys: Sequence[str]) -> int:
    """Return how many combinations of values there are."""
    return len({tuple(row.get(key) for key in keys) for row in values})


def differing(values: Sequence[dict[str, Value]]) -> list[str]:
    every = dict.fromkeys(key for row in values for key in row)
    return [key for key in every if len({row.get(key) for row in values}) > 1]


def _follows(values: Sequence[dict[str, Value]], key: str, swept: Sequence[str]) -> bool:
    """Return whether swept keys decide this one, as an optimizer decides its settings, a preset its layers."""
    return bool(swept) and _places(values, [*swept, key]) == _places(values, swept)
