"""The files of a store: how each is named, written whole, and read again."""
