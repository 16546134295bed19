"""Listed words, and pictures that must not be shown."""
