"""The main job, `prodgen demo`: a shop from catalogue to recommendation, and a report of what came out."""
