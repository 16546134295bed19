"""Text encoders, attribute extraction and per-view prompts, in Chinese and English."""
