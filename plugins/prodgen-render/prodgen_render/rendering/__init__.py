"""Pictures of a model: a ray tracer with studio light, shadows and a floor."""
