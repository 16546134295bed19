"""Labels and prints, drawn as a printer would draw what a network means by them."""
