"""LoRA for hub text-to-image models."""
