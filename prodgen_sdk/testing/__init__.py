"""What plugin authors import to test their plugins.

- `contracts`: one class an interface; subclass it and inherit its tests.
- `fakes`: a tiny working component of every kind, and `FakePlugin`, which registers them all.
- `fixtures`: pytest fixtures, active in every environment that has prodgen-sdk.
- `samples`: small fixed inputs. `strategies`: hypothesis strategies.

Stability: provisional until 1.0.
"""
