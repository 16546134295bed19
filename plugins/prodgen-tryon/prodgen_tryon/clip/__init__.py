"""Steady try-on of clips: the pose is smoothed over time, masks and light are carried along with what moves."""
