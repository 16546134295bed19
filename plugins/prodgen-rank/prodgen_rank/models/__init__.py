"""Models of who likes what, learnt from interactions: pure numpy, scipy and torch, no SDK types but events."""
