"""Store runs, one folder each, written so that whatever is there is whole."""
