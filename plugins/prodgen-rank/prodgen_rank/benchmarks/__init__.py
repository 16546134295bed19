"""What `prodgen bench` and `prodgen eval` run for this distribution."""
