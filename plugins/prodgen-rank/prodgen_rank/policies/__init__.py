"""Components of kind `policy`: which variant of a product to show, with the propensity of the choice."""
