"""From violations to something to read."""
