"""Product images, virtual try-on and personalised recommendation, as a small core with plugins."""
