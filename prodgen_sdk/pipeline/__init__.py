"""The stages that data flows through, one module each.

product -> describe -> generate -> finish -> evaluate -> screen -> publish -> variant -> index
photo + garments -> try_on (compose, screen)
user + context -> profile -> recommend (retrieve, rank, choose, explain, log)

Each stage is a function over typed values and can be run alone, in a batch, or on another machine.
"""
