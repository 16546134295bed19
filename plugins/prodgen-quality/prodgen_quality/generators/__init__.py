"""`prodgen eval generators`: every installed generator on held-out products, in one table with baselines and the truth."""
