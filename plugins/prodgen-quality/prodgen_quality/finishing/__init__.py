"""`finish/basic`: the product cut out, framed, lit and laid on what a channel asks for."""
