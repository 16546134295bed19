"""What `prodgen-rank` registers; nothing heavy loads before first use."""

from __future__ import annotations

from pydantic import BaseModel

from prodgen_rank.config import Config
from prodgen_sdk.hookspecs import Register, hookimpl
from prodgen_sdk.specs import BenchmarkSpec, ImageEncoderSpec, IndexSpec, Needs, PolicySpec, RankerSpec

DESCRIPTOR_DIMENSION = 296
_FAISS = Needs(modules=("faiss", "filelock"), install="pip install prodgen-rank")
_FILES = Needs(modules=("filelock",), install="pip install prodgen-rank")


@hookimpl
def config_model() -> type[BaseModel]:
    return Config


@hookimpl
def register_image_encoders(register: Register) -> None:
    register(
        ImageEncoderSpec(
            id="image/descriptor",
            summary="Colour, layout, edges and outline of the product in a picture, whatever the background; no model",
            dimension=DESCRIPTOR_DIMENSION,
        ),
        "prodgen_rank.encoders.descriptor:ImageDescriptor",
    )
    register(
        ImageEncoderSpec(
            id="image/hf",
            summary="Any transformers vision model, CLIP's words too, from a pinned hub id or a local folder",
            dimension=None,
            max_batch=256,
            needs=Needs(modules=("torch", "transformers"), install="pip install 'prodgen-rank[hf]'"),
            weights_licence="that of the checkpoint",
        ),
        "prodgen_rank.encoders.hf:HfImageEncoder",
    )


@hookimpl
def register_indexes(register: Register) -> None:
    register(
        IndexSpec(
            id="index/faiss",
            summary="Exact filtered search for products by their variants; durable, verified",
            needs=_FAISS,
        ),
        "prodgen_rank.index.faiss_index:FaissIndex",
    )


@hookimpl
def register_rankers(register: Register) -> None:
    register(
        RankerSpec(
            id="rank/hybrid",
            summary="Likeness to the user, popularity with decay, category affinity, novelty and diversity, each share stated",
            needs=_FILES,
        ),
        "prodgen_rank.rankers.hybrid:HybridRanker",
    )


@hookimpl
def register_policies(register: Register) -> None:
    register(
        PolicySpec(
            id="policy/epsilon",
            summary="Epsilon-greedy over smoothed click-through of variants, with exact propensities",
            needs=_FILES,
        ),
        "prodgen_rank.policies.epsilon:EpsilonGreedy",
    )
    register(
        PolicySpec(
            id="policy/lints",
            summary="Linear Thompson sampling on looks x user, with a prior, a share of each variant's own and exact propensities",
            needs=_FILES,
        ),
        "prodgen_rank.policies.lints:LinearThompson",
    )
    register(
        PolicySpec(
            id="policy/linucb",
            summary="LinUCB on looks x user: the variant with the highest upper bound, with a floor of uniform choices",
            needs=_FILES,
        ),
        "prodgen_rank.policies.linucb:LinearUCB",
    )


@hookimpl
def register_benchmarks(register: Register) -> None:
    register(
        BenchmarkSpec(
            id="rank/serve",
            summary="Search, rank and choose at n variants of 512 dimensions, one thread",
            measures="rank",
            needs=_FAISS,
        ),
        "prodgen_rank.benchmarks.index:RankBenchmark",
    )
    register(
        BenchmarkSpec(
            id="index/search",
            summary="Search by selectivity beside numpy and plain faiss, recall against brute force, updates, opening",
            measures="index",
            needs=_FAISS,
        ),
        "prodgen_rank.benchmarks.index:IndexBenchmark",
    )
