"""`index/faiss`: search for products by the vectors of their variants, durable and verified."""
