"""One folder a run, written so that whatever is there is whole."""
