"""What `prodgen-rank` registers; nothing heavy loads before first use."""

from __future__ import annotations

from pydantic import BaseModel

from prodgen_rank.config import Config
from prodgen_sdk.hookspecs import Register, hookimpl
from prodgen_sdk.specs import (
    BenchmarkSpec,
    ImageEncoderSpec,
    IndexSpec,
    Needs,
    PolicySpec,
    RankerSpec,
    TrainerSpec,
)

DESCRIPTOR_DIMENSION = 296
_FAISS = Needs(modules=("faiss", "filelock"), install="pip install prodgen-rank")
_SCIPY = Needs(modules=("scipy",), install="pip install prodgen-rank")
_TORCH = Needs(modules=("scipy", "torch"), install="pip install 'prodgen-rank[torch]'")
_PREFERENCES = (
    ("popular", "How many users had a product", _SCIPY),
    ("item-knn", "Products that the same users had as those in the history", _SCIPY),
    ("ease", "A closed-form linear autoencoder; each thing in the history has its exact share", _SCIPY),
    ("ials", "Matrix factorisation of implicit feedback, users folded in", _SCIPY),
    ("visual", "Factors of products from their images and their users; ranks products that nobody had yet", _SCIPY),
    ("transitions", "What was taken up after what is in the history, soon after counting most; exact shares", _SCIPY),
    ("sequence", "A self-attentive model of what comes next in a history", _TORCH),
    ("blend", "Several of these, with weights found on a validation split", _SCIPY),
)
_FILES = Needs(modules=("filelock",), install="pip install prodgen-rank")


@hookimpl
def config_model() -> type[BaseModel]:
    return Config


@hookimpl
def register_image_encoders(register: Register) -> None:
    register(
        ImageEncoderSpec(
            id="image/descriptor",
            summary="Colour, layout, edges and outline of the product in an image, whatever the background; no model",
            dimension=DESCRIPTOR_DIMENSION,
        ),
        "prodgen_rank.encoders.descriptor:ImageDescriptor",
    )
    register(
        ImageEncoderSpec(
            id="image/mini",
            summary="A small network and the descriptor, trained to see products apart and kinds together; numpy alone",
            dimension=None,
            needs=Needs(modules=("safetensors",), install="pip install prodgen-rank"),
            weights_licence="Apache-2.0",
        ),
        "prodgen_rank.encoders.mini:MiniEncoder",
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
            summary="Filtered search for products by their variants, exact or at a calibrated recall; durable, verified",
            needs=_FAISS,
        ),
        "prodgen_rank.index.faiss_index:FaissIndex",
    )


@hookimpl
def register_rankers(register: Register) -> None:
    register(
        RankerSpec(
            id="rank/hybrid",
            summary="Likeness to the user and their session, what others liked, popularity, category, novelty, diversity: each share stated",
            needs=Needs(modules=("filelock", "scipy"), install="pip install prodgen-rank"),
        ),
        "prodgen_rank.rankers.hybrid:HybridRanker",
    )
    for word, summary, needs in _PREFERENCES:
        register(
            RankerSpec(id=f"rank/{word}", summary=summary, needs=needs),
            f"prodgen_rank.rankers.preference:{word.replace('-', '_')}",
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
def register_trainers(register: Register) -> None:
    register(
        TrainerSpec(
            id="rank/train-rank",
            summary="A model of who likes what or a blend of several, tuned on held-out interactions, for the rankers",
            trains="rank",
            uses_log=True,
            needs=_SCIPY,
        ),
        "prodgen_rank.training:RankTrainer",
    )
    register(
        TrainerSpec(
            id="rank/train-image-encoder",
            summary="The head of image/mini, from a rendered data set, by supervised contrastive learning",
            trains="image-encoder",
            needs=Needs(modules=("torch", "safetensors"), install="pip install 'prodgen-rank[torch]'"),
        ),
        "prodgen_rank.encoders.training:MiniTrainer",
    )


@hookimpl
def register_benchmarks(register: Register) -> None:
    register(
        BenchmarkSpec(
            id="image/neighbours",
            summary="Which images lie next to which, by each image encoder, on renders and on photos",
            measures="encoders",
            command="eval",
        ),
        "prodgen_rank.benchmarks.encoders:EncoderBenchmark",
    )
    register(
        BenchmarkSpec(
            id="policy/choice",
            summary="Variant policies: clicks earned in a shop with known probabilities, the mushroom game, time a choice takes",
            measures="policy",
            needs=_FILES,
        ),
        "prodgen_rank.benchmarks.policy:PolicyBenchmark",
    )
    register(
        BenchmarkSpec(
            id="index/search",
            summary="Search by selectivity beside plain faiss and other indexes, recall against brute force, building, opening",
            measures="index",
            needs=_FAISS,
        ),
        "prodgen_rank.benchmarks.index:IndexBenchmark",
    )
    register(
        BenchmarkSpec(
            id="index/updates",
            summary="Search while another thread changes the index, each answer checked against a replay of the changes",
            measures="serve-updates",
            needs=_FAISS,
        ),
        "prodgen_rank.benchmarks.updates:UpdatesBenchmark",
    )
    register(
        BenchmarkSpec(
            id="index/crash",
            summary="Kills at random moments of a process that changes the index, and bytes flipped in each of its files",
            measures="index-crash",
            needs=_FAISS,
        ),
        "prodgen_rank.benchmarks.crash:CrashBenchmark",
    )
    register(
        BenchmarkSpec(
            id="rank/evaluate",
            summary="Models of preference beside each other: full-catalogue metrics with intervals, paired differences",
            measures="rank",
            command="eval",
            uses_log=True,
            needs=_SCIPY,
        ),
        "prodgen_rank.benchmarks.eval_rank:RankEvaluation",
    )
    register(
        BenchmarkSpec(
            id="policy/off-policy",
            summary="What variant policies are worth, from the log of another: IPW, SNIPS, DR, diagnostics, refusals",
            measures="policy",
            command="eval",
            uses_log=True,
        ),
        "prodgen_rank.benchmarks.eval_policy:PolicyEvaluation",
    )
    register(
        BenchmarkSpec(
            id="policy/ab",
            summary="An A/B test: sample ratio, then an always-valid comparison of two arms, and its power",
            measures="ab",
            command="eval",
            uses_log=True,
        ),
        "prodgen_rank.benchmarks.eval_ab:AbEvaluation",
    )
