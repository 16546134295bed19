"""Skin that clothes hid: the tone of skin that is seen carried on, the roundness of limbs, and real skin's grain."""
