"""The project's own studies: a sweep, `sweeps/studies/NAME.yaml`, measures, and a page shows the results."""
