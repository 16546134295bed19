"""The networks: plain torch modules without knowledge of products."""
