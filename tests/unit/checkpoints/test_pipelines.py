import json

import pytest

pytest.importorskip("diffusers")
pytest.importorskip("transformers")

from prodgen_sdk.checkpoints.pipelines import components, pipeline_class, read_index
from prodgen_sdk.errors import ConfigError

INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "unet": ["diffusers", "UNet2DConditionModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
    "feature_extractor": [None, None],
}


def read(folder, **changes):
    (folder / "model_index.json").write_text(json.dumps(INDEX | changes))
    return read_index(folder)


def test_a_pipeline_and_its_parts(tmp_path):
    index = read(tmp_path)
    assert set(components(index)) == {"unet", "tokenizer", "safety_checker"}
    assert pipeline_class(index).__name__ == "StableDiffusionPipeline"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"_class_name": ["my_pipeline", "MyPipeline"]}, "code of its own"),
        ({"_class_name": "NoSuchPipeline"}, "does not have"),
        ({"_class_name": "UNet2DConditionModel"}, "does not have"),
        ({"unet": ["my_module", "UNet2DConditionModel"]}, "no class of diffusers or transformers"),
        ({"unet": ["os", "system"]}, "no class of diffusers or transformers"),
        ({"unet": ["diffusers", "os"]}, "no class of diffusers or transformers"),
        ({"unet": ["diffusers.utils", "import_utils"]}, "no class of diffusers or transformers"),
        ({"tokenizer": ["transformers", "NoSuchTokenizer"]}, "no class of diffusers or transformers"),
    ],
)
def test_other_code_is_refused(tmp_path, changes, said):
    with pytest.raises(ConfigError, match=said):
        read(tmp_path, **changes)


def test_a_model_alone_is_no_pipeline(tmp_path):
    with pytest.raises(ConfigError, match=r"holds no model_index\.json"):
        read_index(tmp_path)
