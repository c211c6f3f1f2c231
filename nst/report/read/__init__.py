"""Read a sweep from the store: its plan, the frame of its runs, traces and provenance."""
