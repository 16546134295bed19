import cv2
import numpy as np
import pytest
from prodgen_tryon.fit.parts import Part
from prodgen_tryon.measuring.edits import edits
from prodgen_tryon.measuring.flicker import MovingPhoto, common_region, flicker
from prodgen_tryon.measuring.identity import identity
from prodgen_tryon.measuring.likeness import SCALES, floors, gradient_correlation, ms_ssim, scores
from prodgen_tryon.measuring.prints import printed
from prodgen_tryon.picture.composed import Composed

from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Body, Layer, TryOn


@pytest.fixture
def picture():
    rng = np.random.default_rng(0)
    smooth = cv2.GaussianBlur(rng.normal(0, 1, (256, 192, 3)), (0, 0), 4)
    return (128 + 300 * smooth).clip(0, 255).astype(np.uint8)


def naive_ms_ssim(a, b):
    """Wang, Simoncelli, Bovik (2003) with a window that is summed pixel by pixel, on valid windows."""
    a, b = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY).astype(np.float64) for each in (a, b))
    axis = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
    window = np.outer(axis, axis) / axis.sum() ** 2
    total = 1.0
    for scale, weight in enumerate(SCALES):
        tiles = [np.lib.stride_tricks.sliding_window_view(each, (11, 11)) for each in (a, b)]
        means = [(tile * window).sum((-1, -2)) for tile in tiles]
        variances = [
            (((tile - mean[..., None, None]) ** 2) * window).sum((-1, -2))
            for tile, mean in zip(tiles, means, strict=True)
        ]
        both = ((tiles[0] - means[0][..., None, None]) * (tiles[1] - means[1][..., None, None]) * window).sum((-1, -2))
        value = (2 * both + 58.5225) / (variances[0] + variances[1] + 58.5225)
        if scale == 4:
            value = value * (2 * means[0] * means[1] + 6.5025) / (means[0] ** 2 + means[1] ** 2 + 6.5025)
        total *= max(value.mean(), 0) ** weight
        a, b = (
            each[: each.shape[0] // 2 * 2, : each.shape[1] // 2 * 2].reshape(each.shape[0] // 2, 2, -1, 2).mean((1, 3))
            for each in (a, b)
        )
    return total


def test_ms_ssim_is_wangs(picture):
    noisy = (picture + np.random.default_rng(1).normal(0, 20, picture.shape)).clip(0, 255).astype(np.uint8)
    blurred = cv2.GaussianBlur(picture, (0, 0), 3)
    assert ms_ssim(picture, picture) == pytest.approx(1)
    for other in (noisy, blurred):
        assert ms_ssim(picture, other) == pytest.approx(naive_ms_ssim(picture, other), abs=0.004)


def test_scores_of_equal_and_of_grey_pictures(picture):
    region = np.zeros(picture.shape[:2], bool)
    region[60:200, 40:150] = True
    same = scores(picture, picture, region)
    assert same["ssim"] == same["ssim_region"] == pytest.approx(1)
    assert same["de_region"] == 0
    assert same["gradient_corr"] == pytest.approx(1)
    filled = floors(picture, picture, region)
    assert set(filled) == {"grey", "median", "paste"}
    for floor in filled.values():
        assert (floor[~region] == picture[~region]).all()
    grey = scores(picture, filled["grey"], region)
    assert grey["de_region"] > 5
    assert grey["gradient_corr"] < 0.3
    inner = np.zeros_like(region)
    inner[80:180, 60:130] = True
    assert gradient_correlation(picture, filled["grey"], inner) == 0


def shirt(print_=True):
    cloth = np.full((300, 300, 3), (60, 90, 160), np.uint8)
    if print_:
        cv2.putText(cloth, "HELLO", (60, 160), cv2.FONT_HERSHEY_SIMPLEX, 1.8, (250, 240, 90), 8, cv2.LINE_AA)
    return np.dstack([cloth, np.full((300, 300), 255, np.uint8)])


def laid(garment, change=lambda picture: picture):
    """The garment moved by (20, 10) and made a fifth smaller, as a perfect compositor would."""
    source = np.array([(x, y) for x in (0, 150, 299) for y in (0, 150, 299)], float)
    target = source * 0.8 + [20, 10]
    box = np.array([(0, 0), (299, 0), (299, 299), (0, 299)], float)
    part = Part("torso", source, target, box, box * 0.8 + [20, 10])
    matrix = np.array([[0.8, 0, 20], [0, 0.8, 10]])
    picture = cv2.warpAffine(garment[..., :3], matrix, (300, 300), flags=cv2.INTER_AREA, borderValue=(128, 128, 128))
    alpha = cv2.warpAffine(garment[..., 3], matrix, (300, 300)).astype(np.float32) / 255
    picture = change(picture.astype(np.float32)).clip(0, 255).round().astype(np.uint8)
    return identity(
        garment, picture, Composed(picture.astype(np.float32), alpha, picture.astype(np.float32), alpha), (part,)
    )


def test_identity_of_a_garment_that_was_only_moved():
    found = laid(shirt())
    assert found["print_corr"] > 0.95
    assert found["chroma_shift"] < 1
    assert "print_corr" not in laid(shirt(print_=False))


def test_identity_sees_a_blurred_print_and_another_colour():
    assert laid(shirt(), lambda p: cv2.GaussianBlur(p, (0, 0), 12))["print_corr"] < 0.8
    assert laid(shirt(), lambda p: np.roll(p, 25, axis=1))["print_corr"] < 0.6
    assert laid(shirt(), lambda p: p * [1.2, 1, 0.8])["chroma_shift"] > 5
    shaded = laid(shirt(), lambda p: p * np.linspace(0.7, 1.1, 300)[None, :, None])
    assert shaded["print_corr"] > 0.9


@pytest.mark.parametrize("cloth", [(40, 70, 130), (235, 235, 232), (20, 20, 22)])
def test_a_known_print_lies_on_the_cloth_alone(drawn, cloth):
    picture, mask = drawn.garment(drawn.tee(), cloth)
    marked = printed(picture, 2)
    changed = (marked != picture).any(-1)
    assert 0.01 < changed.sum() / mask.sum() < 0.2
    assert not changed[~cv2.dilate(mask.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)].any()


def test_edits_are_counted():
    photo = np.full((100, 80, 3), 90, np.uint8)
    parts = {name: np.zeros((100, 80), np.float32) for name in ("upper", "lower", "skin", "neck", "face", "hands")}
    parts["upper"][40:80, 20:60] = 1
    parts["face"][5:25, 30:50] = 1
    body = Body(landmarks=np.zeros((33, 3), np.float32), person=parts["upper"], parts=parts, confidence=1.0)
    mask = np.zeros((100, 80), bool)
    mask[40:80, 20:60] = True
    mask[5:15, 30:50] = True
    image = photo.copy()
    image[mask] = 200
    image[99, 0] = 0
    layer = Layer(name="0-top", image=np.zeros((100, 80, 4), np.uint8))
    found = edits(photo, TryOn(image=image, edit_mask=mask, layers=(layer,), confidence=0.5), body)
    assert found["outside_changed"] == 1
    assert found["face_share"] == pytest.approx(0.5)
    assert found["hands_share"] == 0
    assert found["beyond_share"] == pytest.approx(200 / 8000)


def test_flicker_of_a_known_motion(picture):
    clip = MovingPhoto(picture, 5)
    frames = list(clip)
    assert all((a == b).all() for a, b in zip(frames, clip, strict=True))
    region = np.zeros(picture.shape[:2], bool)
    region[60:200, 40:150] = True
    quiet = flicker(clip, frames, region)
    assert quiet < 1.5
    blinking = [frame if n % 2 else (frame * 0.8).astype(np.uint8) for n, frame in enumerate(frames)]
    assert flicker(clip, blinking, region) > 10 * quiet
    still = [frames[0]] * 5
    assert flicker(clip, still, region) > 3 * quiet, "what does not move along flickers"
    masks = [cv2.warpAffine(region.astype(np.uint8), clip.matrix(n), region.shape[::-1]) > 0 for n in range(5)]
    common = common_region(clip, masks)
    assert (common & region).sum() / (common | region).sum() > 0.97


def test_lpips_is_zhangs(picture, tmp_path):
    """Against a network put together of torch's own layers, with random weights under the public names."""
    torch, files = pytest.importorskip("torch"), pytest.importorskip("safetensors.torch")
    from prodgen_tryon.measuring.lpips import LAYERS, SCALE, SHIFT, Lpips

    generator = torch.Generator().manual_seed(0)
    weights = {}
    for place, (number, _, _, shape) in enumerate(LAYERS):
        weights[f"features.{number}.weight"] = torch.randn(shape, generator=generator) / (shape[1] * shape[2]) ** 0.5
        weights[f"features.{number}.bias"] = torch.randn(shape[0], generator=generator) * 0.1
        weights[f"lin{place}.model.1.weight"] = torch.rand((1, shape[0], 1, 1), generator=generator)
    files.save_file(weights, tmp_path / "lpips.safetensors")
    nn = torch.nn
    network = nn.Sequential(
        nn.Conv2d(3, 64, 11, 4, 2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(64, 192, 5, 1, 2), nn.ReLU(), nn.MaxPool2d(3, 2),
        nn.Conv2d(192, 384, 3, 1, 1), nn.ReLU(), nn.Conv2d(384, 256, 3, 1, 1), nn.ReLU(), nn.Conv2d(256, 256, 3, 1, 1), nn.ReLU(),
    )  # fmt: skip
    network.load_state_dict({k.removeprefix("features."): v for k, v in weights.items() if k.startswith("features")})
    other = cv2.GaussianBlur(picture, (0, 0), 4)
    total = 0.0
    with torch.no_grad():
        values = [
            (torch.from_numpy(p).permute(2, 0, 1)[None] / 127.5 - 1 - torch.tensor(SHIFT).view(1, 3, 1, 1))
            / torch.tensor(SCALE).view(1, 3, 1, 1)
            for p in (picture, other)
        ]
        for layer, module in enumerate(network):
            values = [module(v) for v in values]
            if layer in (1, 4, 7, 9, 11):
                a, b = (v / (v.norm(dim=1, keepdim=True) + 1e-10) for v in values)
                lin = weights[f"lin{(1, 4, 7, 9, 11).index(layer)}.model.1.weight"]
                total += nn.functional.conv2d((a - b) ** 2, lin).mean().item()
    distance = Lpips(tmp_path / "lpips.safetensors")
    assert distance(picture, other) == pytest.approx(total, rel=1e-4)
    assert distance(picture, picture) == 0
    assert distance(picture, other) > distance(picture, cv2.GaussianBlur(picture, (0, 0), 1))
    del weights["lin2.model.1.weight"]
    files.save_file(weights, tmp_path / "short.safetensors")
    for name, words in (("short.safetensors", "lin2"), ("none.safetensors", "no file"), ("lpips.pth", "no file")):
        with pytest.raises(InputError, match=words):
            Lpips(tmp_path / name)
