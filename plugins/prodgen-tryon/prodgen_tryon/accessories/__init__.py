"""Hats, glasses, bags and scarves, laid on a person by anchor points."""
