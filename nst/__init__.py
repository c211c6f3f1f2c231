"""A laboratory for neural style transfer by optimisation: sweeps in, comparison grids and timing tables out."""

__version__ = "0.1.0"
