from nst.spec.records import Spec

"""What one run is: the vocabulary Hydra composes, and the frozen `Spec` made from it."""
