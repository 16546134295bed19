"""Attributes of a product, read from its words in Chinese and English."""
