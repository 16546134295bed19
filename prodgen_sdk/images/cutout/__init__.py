"""A product apart from its photo's background, without a network: one place for all that cut out."""
