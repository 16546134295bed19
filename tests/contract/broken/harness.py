"""`@broken(contract, *tests)`: puts a component under a contract of which exactly these tests must fail."""

import sys
from collections.abc import Callable
from typing import Any

from prodgen_sdk.testing.fakes import fake_host, plugin_of


def broken(contract: type[Any], *fails: str, **spec: Any) -> Callable[[type[Any]], type[Any]]:
    """`fails` are test names without `test_`; `spec` are fields that differ from the spec of the fake."""

    def add_tests(component: type[Any]) -> type[Any]:
        host = fake_host()
        id, *_ = host.registry.ids(contract.kind)
        changed = host.registry.get(contract.kind, id).spec.model_copy(update=spec)
        attributes = {
            "plugin": plugin_of(changed, component),
            "id": id,
            "fails": {f"test_{name}" for name in fails},
            "draws": 500,
            "__module__": component.__module__,
        }
        name = f"Test{component.__name__}"
        setattr(sys.modules[component.__module__], name, type(name, (contract,), attributes))
        return component

    return add_tests
