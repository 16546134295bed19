"""What goes into a pipeline and what comes out of it: photos, backdrops, answers."""
