import numpy as np
import pytest
from prodgen_quality import plugin

from prodgen_sdk.interfaces import ScreenItem
from prodgen_sdk.testing.contracts import EvaluatorContract, FinisherContract, SafetyCheckerContract


class TestFidelity(EvaluatorContract):
    plugin = plugin
    id = "quality/fidelity"


class TestProductShot(EvaluatorContract):
    plugin = plugin
    id = "quality/product-shot"


class TestTerms(SafetyCheckerContract):
    plugin = plugin
    id = "safety/terms"

    @pytest.fixture
    def known(self):
        return [
            (ScreenItem(text="p0rn"), "block"),
            (ScreenItem(text="高仿包"), "block"),
            (ScreenItem(text="Nude lipstick"), "review"),
            (ScreenItem(text="Grapefruit"), "pass"),
        ]


class TestImage(SafetyCheckerContract):
    plugin = plugin
    id = "safety/image"

    @pytest.fixture
    def known(self):
        return [(ScreenItem(image=np.full((64, 64, 3), 255, np.uint8)), "review")]


class TestFinisher(FinisherContract):
    plugin = plugin
    id = "finish/basic"
