"""The kinds of losses: base classes for the files in `nst/losses`.

On the forward pass a layer loss receives its feature strip by strip (`reset`, `update`, then `finish`); `compute`
returns the loss; on the backward pass `backward` adds the gradient of `weight` times the loss, strip by strip. A new
loss derives from one of four kinds and writes one function:

StatisticLoss   `distance(found, target)`: depends on a feature only through its mean and second moment
FeatureLoss     `pointwise(found, target)`: compares position by position with a target feature
WholeLoss       `distance(found, target)`: needs the whole feature at once
PictureLoss     `distance(picture)`: uses the pixels, also those of a target picture if it `compares`

`value_of` is the slow twin of these methods: the same loss of a whole feature in plain operations, for autograd.
"""

from nst.objective.layer_losses.base import AnyLoss as AnyLoss
from nst.objective.layer_losses.base import LayerLoss as LayerLoss
from nst.objective.layer_losses.channel import ChannelLoss as ChannelLoss
from nst.objective.layer_losses.derivative import differentiate as differentiate
from nst.objective.layer_losses.feature import FeatureLoss as FeatureLoss
from nst.objective.layer_losses.picture import PictureLoss as PictureLoss
from nst.objective.layer_losses.statistics import Statistic as Statistic
from nst.objective.layer_losses.statistics import StatisticLoss as StatisticLoss
from nst.objective.layer_losses.statistics import statistic as statistic
from nst.objective.layer_losses.whole import WholeLoss as WholeLoss
