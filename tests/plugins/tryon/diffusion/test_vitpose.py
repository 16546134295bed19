"""ViTPose as a body parser: where its joints end up in the photo, and what of another parser's body stays."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_tryon.body.skeleton import INDEX
from prodgen_tryon.diffusion.vitpose import JOINTS, VitposeBodyParser, merged

from prodgen_sdk.errors import ConfigError
from prodgen_sdk.types import PersonPhoto

BOX = (60.0, 40.0, 150.0, 300.0)


class Brightness:
    """A network whose heatmaps are how bright its picture is."""

    device = "cpu"

    def __call__(self, pixel_values):
        from transformers.models.vitpose.modeling_vitpose import VitPoseEstimatorOutput

        light = torch.nn.functional.avg_pool2d(pixel_values.mean(1, keepdim=True), 4)
        light = (light - light.min()) / (light.max() - light.min())
        return VitPoseEstimatorOutput(heatmaps=light.expand(-1, len(JOINTS), -1, -1).contiguous())


@pytest.fixture(scope="module")
def eye(tiny, tmp_path_factory):
    """The parser at the published size of its input, over a network that sees brightness."""
    from prodgen_tryon import plugin

    from prodgen_sdk.context import Context

    folder = tiny.vitpose(tmp_path_factory.mktemp("vitpose"), size=(256, 192))
    parser = VitposeBodyParser(plugin.config_model()(vitpose={"model": str(folder)}), Context())
    parser._model = Brightness()
    return parser


@settings(max_examples=25, deadline=None)
@given(x=st.floats(75, 195), y=st.floats(60, 320))
def test_what_the_network_sees_at_a_place_is_a_joint_at_that_place(eye, x, y):
    ys, xs = np.mgrid[0:400, 0:300]
    spot = np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * 9.0**2))
    photo = np.repeat((255 * spot).astype(np.uint8)[..., None], 3, axis=2)
    found = eye.joints(photo, BOX)
    assert found.shape == (17, 3)
    assert np.abs(found[:, :2] - (x, y)).max() < 2.5
    assert (found[:, 2] > 0.9).all()


def test_a_sure_joint_takes_its_followers_along_and_an_unsure_one_stays():
    rng = np.random.default_rng(4)
    before = rng.random((33, 3)).astype(np.float32)
    joints = rng.random((17, 3)).astype(np.float32)
    joints[:, 2] = 0.1
    wrist = JOINTS.index("left_wrist")
    joints[wrist] = (7, 9, 0.8)
    after = merged(before, joints, 0.3)
    assert after[INDEX["left_wrist"]].tolist() == pytest.approx([7, 9, 0.8])
    shift = after[INDEX["left_wrist"], :2] - before[INDEX["left_wrist"], :2]
    for finger in ("left_pinky", "left_index", "left_thumb"):
        assert after[INDEX[finger], :2] == pytest.approx(before[INDEX[finger], :2] + shift)
        assert after[INDEX[finger], 2] == before[INDEX[finger], 2]
    moved = {INDEX[f"left_{name}"] for name in ("wrist", "pinky", "index", "thumb")}
    others = [row for row in range(33) if row not in moved]
    assert (after[others] == before[others]).all()


def test_the_person_is_the_other_parsers_and_the_parts_follow_the_joints(configured, ctx, drawn, parser, eye):
    photo = drawn.photo()
    (given_body,) = parser.parse([photo], ctx)
    whole = VitposeBodyParser(configured("vitpose", least=1.0), ctx)
    (same,) = whole.parse([photo], ctx)
    assert (same.landmarks == given_body.landmarks).all()
    joints = np.concatenate([given_body.landmarks[[INDEX[name] for name in JOINTS], :2], np.ones((17, 1))], 1)
    joints[[JOINTS.index("left_wrist"), JOINTS.index("left_elbow")], 1] -= 25
    whole.joints = lambda image, box: joints.astype(np.float32)
    (changed,) = whole.parse([photo], ctx)
    assert changed.landmarks[INDEX["left_wrist"], 1] == pytest.approx(given_body.landmarks[INDEX["left_wrist"], 1] - 25)
    assert np.abs(changed.parts["hands"] - same.parts["hands"]).max() > 0.5


def test_nobody_in_the_photo_is_nobody(configured, ctx):
    parser = VitposeBodyParser(configured("vitpose"), ctx)
    (body,) = parser.parse([PersonPhoto(image=np.full((200, 150, 3), 190, np.uint8))], ctx)
    assert body.people == 0


def test_a_network_of_other_joints_is_refused(configured, ctx, tiny, tmp_path):
    tiny.vitpose(tmp_path / "hands", joints=21)
    with pytest.raises(ConfigError, match="finds 21 joints"):
        VitposeBodyParser(configured("vitpose", model=str(tmp_path / "hands")), ctx)
