"""Measure pictures when a run ends, against rulers that do not depend on the run's own layers."""
