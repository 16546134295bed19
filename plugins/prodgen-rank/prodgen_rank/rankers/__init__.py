"""Components of kind `ranker`: candidates in the order to show them, with the shares of each score and its reasons."""
