"""What surfaces look like: materials, patterns, labels and lettering."""
