"""Measure final pictures, with metrics that do not depend on the run's own layers."""
