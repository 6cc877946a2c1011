"""Models that more than one chapter uses."""
