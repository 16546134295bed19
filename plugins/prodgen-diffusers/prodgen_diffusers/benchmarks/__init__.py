"""`prodgen bench gpu`, and what it compares with."""
