"""Measures of try-on pictures: likeness, identity of the garment, edit masks, flicker, and what they are compared with."""
