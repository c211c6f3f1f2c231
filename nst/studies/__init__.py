"""The project's own questions, answered by its own sweeps: `sweeps/studies/NAME.yaml` measures, a page shows."""
