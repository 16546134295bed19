"""Contract classes: subclass one for each component of a plugin, and pytest runs what the interface promises.

```
from prodgen_sdk.testing.contracts import GeneratorContract

import prodgen_acme


class TestSwatch(GeneratorContract):
    plugin = prodgen_acme
    id = "acme/swatch"
```

Each message says what the contract wants and how to mend it. Inputs are fixtures of the class and can be overridden.
"""

from prodgen_sdk.testing.contracts.base import ComponentContract
from prodgen_sdk.testing.contracts.benchmark import BenchmarkContract
from prodgen_sdk.testing.contracts.body_parser import BodyParserContract
from prodgen_sdk.testing.contracts.compositor import CompositorContract
from prodgen_sdk.testing.contracts.describer import DescriberContract
from prodgen_sdk.testing.contracts.encoders import ImageEncoderContract, TextEncoderContract
from prodgen_sdk.testing.contracts.evaluator import EvaluatorContract
from prodgen_sdk.testing.contracts.finisher import FinisherContract
from prodgen_sdk.testing.contracts.generator import GeneratorContract
from prodgen_sdk.testing.contracts.index import VectorIndexContract
from prodgen_sdk.testing.contracts.policy import VariantPolicyContract
from prodgen_sdk.testing.contracts.ranker import RankerContract
from prodgen_sdk.testing.contracts.renderer import RendererContract
from prodgen_sdk.testing.contracts.safety import SafetyCheckerContract
from prodgen_sdk.testing.contracts.trainer import TrainerContract

__all__ = [
    "BenchmarkContract",
    "BodyParserContract",
    "ComponentContract",
    "CompositorContract",
    "DescriberContract",
    "EvaluatorContract",
    "FinisherContract",
    "GeneratorContract",
    "ImageEncoderContract",
    "RankerContract",
    "RendererContract",
    "SafetyCheckerContract",
    "TextEncoderContract",
    "TrainerContract",
    "VariantPolicyContract",
    "VectorIndexContract",
]
