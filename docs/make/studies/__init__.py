"""The project's own studies: each is a sweep, `sweeps/studies/NAME.yaml`, and a page with its results."""
