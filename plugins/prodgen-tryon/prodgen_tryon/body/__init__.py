"""A person understood: pose, silhouette, what is worn and what is bare."""
