"""How good a ranking or a policy is: metrics, splits, off-policy estimators, A/B tests."""
