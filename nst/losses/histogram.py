"""The histogram loss of Risser, Wilmot and Barnes (2017), exact: each channel's numbers against the style's."""

from nst.objective.sorted_rows import SortedLoss


class Loss(SortedLoss):
    """Mean squared difference of a feature O and R(O), which is O with each channel's histogram matched to the style's.

    R maps the k-th smallest number of a channel to the k-th quantile of the style's, so there are no bins (the paper
    has 256). R(O) is held constant in the gradient, 2 (O - R(O)) / n, as in the paper; for this form that is exact.
    """

    version = 1
