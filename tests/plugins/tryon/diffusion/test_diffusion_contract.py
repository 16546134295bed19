"""The contracts of all components over tiny weights of the true classes."""

import numpy as np
import pytest
from prodgen_tryon import plugin

from prodgen_sdk.testing.contracts import BodyParserContract, CompositorContract
from prodgen_sdk.types import PersonPhoto, TryOnRequest

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


class Painted(CompositorContract):
    plugin = plugin
    name = ""
    changes = {}  # noqa: RUF012
    built = shared = None

    @pytest.fixture
    def component(self, make_component):
        """Built once a class, as its host is: they keep the analyses of photos, which take longer than tiny networks."""
        if type(self).built is None:
            type(self).built = make_component()
        return type(self).built

    @pytest.fixture
    def section(self, sections):
        return {"body_parser": "body/drawn", "accept_noncommercial": True, **sections(self.name, **self.changes)}

    @pytest.fixture
    def host(self, drawn, section, tmp_path, seeming_models):
        type(self).companions = (drawn.Plugin(),)
        if type(self).shared is None:
            type(self).shared = CompositorContract.host.__wrapped__(self, section, tmp_path)
        return type(self).shared

    @pytest.fixture
    def ctx(self, host, entry):
        return CompositorContract.ctx.__wrapped__(self, host, entry)

    @pytest.fixture
    def requests(self, drawn):
        return tuple(
            TryOnRequest(person=drawn.photo(size), garments=(drawn.top(),), seed=3) for size in ((200, 150), (160, 180))
        )


class TestCatVton(Painted):
    id, name, changes = "tryon/catvton", "catvton", {"batch": 2}


class TestFluxFill(Painted):
    id, name = "tryon/flux-fill", "flux_fill"


class TestInpaint(Painted):
    id, name, changes = "tryon/hf-inpaint", "hf_inpaint", {"batch": 2}


class TestHybrid(Painted):
    id, name, changes = "tryon/hybrid", "hybrid", {"strength": 0.6}


class Learnt(BodyParserContract):
    plugin = plugin

    @pytest.fixture
    def section(self, sections):
        return {"accept_noncommercial": True, **sections(self.name)}

    @pytest.fixture
    def host(self, drawn, section, tmp_path):
        type(self).companions = (drawn.Plugin(),)
        return BodyParserContract.host.__wrapped__(self, section, tmp_path)

    @pytest.fixture
    def ctx(self, host, entry):
        return BodyParserContract.ctx.__wrapped__(self, host, entry)

    @pytest.fixture
    def photos(self, drawn):
        return (drawn.photo(), drawn.photo((240, 180)))

    @pytest.fixture
    def empty_photo(self):
        return PersonPhoto(image=np.full((200, 150, 3), 190, np.uint8))


class TestSegformer(Learnt):
    id, name = "body/segformer-clothes", "segformer"


class TestVitpose(Learnt):
    id, name = "body/vitpose", "vitpose"
