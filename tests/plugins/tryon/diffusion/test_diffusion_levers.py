"""The levers: they change how a network runs, not what comes out."""

import numpy as np
import pytest
import torch
from prodgen_tryon.diffusion.catvton import CatVtonCompositor

from prodgen_sdk.context import Context
from prodgen_sdk.errors import Cancelled
from prodgen_sdk.types import TryOnRequest


@pytest.fixture
def request_(drawn):
    return TryOnRequest(person=drawn.photo((200, 150)), garments=(drawn.top(),), seed=5)


def test_group_offload_gives_the_same_picture(configured, ctx, request_):
    (plain,) = CatVtonCompositor(configured("catvton"), ctx).compose([request_], ctx)
    (offloaded,) = CatVtonCompositor(configured("catvton", offload="group"), ctx).compose([request_], ctx)
    assert np.abs(plain.image.astype(int) - offloaded.image).max() <= 1


def test_regional_compilation_compiles_each_transformer_block(configured, ctx, monkeypatch):
    compiled = []
    monkeypatch.setattr(torch.nn.Module, "compile", lambda self: compiled.append(type(self).__name__))
    CatVtonCompositor(configured("catvton", compile="regional"), ctx)
    assert compiled == ["BasicTransformerBlock"] * 4


def test_it_can_be_cancelled_between_steps(configured, ctx, parser, request_):
    steps = []
    compositor = CatVtonCompositor(configured("catvton", steps=20), ctx)
    stopping = Context(
        find=lambda kind, id: parser,
        cancelled=lambda: len(steps) >= 3,
        progress=lambda done, total, what: steps.append(done),
    )
    with pytest.raises(Cancelled):
        compositor.compose([request_], stopping)
    assert steps == [1, 2, 3]


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("offload", ["none", "model", "group", "sequential"])
def test_on_a_gpu(configured, parser, request_, dtype, offload):
    ctx = Context(device="cuda", dtype=dtype, find=lambda kind, id: parser)
    (result,) = CatVtonCompositor(configured("catvton", offload=offload, batch=2), ctx).compose([request_], ctx)
    assert (result.image != request_.person.image).any()
