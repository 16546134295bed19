"""How well the generated designs do, beside their baselines."""
