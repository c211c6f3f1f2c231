"""VGG-19: its layer table, where its weights come from, and the plain chain that returns features."""
