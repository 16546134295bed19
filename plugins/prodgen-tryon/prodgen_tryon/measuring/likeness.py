"""How alike a picture is to the true one, whole and in a region; and pictures that do nothing clever."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from prodgen_sdk.types import Image
from prodgen_tryon.garment.cutout import cut_out

SCALES = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def scores(truth: Image, picture: Image, region: NDArray[np.bool_]) -> dict[str, float]:
    """SSIM (Wang et al. 2004) and MS-SSIM of the whole picture; in the region SSIM, the median colour difference (CIEDE2000), and the
    correlation of the gradients' strength. All pictures uint8 RGB [h, w, 3] of one size, the region bool [h, w].
    """
    from skimage.color import deltaE_ciede2000, rgb2lab

    whole, field = ssim(truth, picture)
    difference = deltaE_ciede2000(rgb2lab(truth), rgb2lab(picture))
    return {
        "ssim": whole,
        "ms_ssim": ms_ssim(truth, picture),
        "ssim_region": float(field[region].mean()),
        "de_region": float(np.median(difference[region])),
        "gradient_corr": gradient_correlation(truth, picture, region),
    }


def ssim(truth: Image, picture: Image) -> tuple[float, NDArray[np.float64]]:
    """Mean SSIM and its map, with a Gaussian window of sigma 1.5, over the three channels."""
    from skimage.metrics import structural_similarity

    whole, field = structural_similarity(
        truth,
        picture,
        channel_axis=-1,
        data_range=255,
        gaussian_weights=True,
        sigma=1.5,
        use_sample_covariance=False,
        full=True,
    )
    return float(whole), field


def ms_ssim(truth: Image, picture: Image) -> float:
    """Multi-scale SSIM of the lightness over five scales (Wang, Simoncelli, Bovik 2003), 0 to 1; both edges at least 176 pixels."""
    a, b = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY).astype(np.float64) for each in (truth, picture))
    result = 1.0
    for scale, weight in enumerate(SCALES):
        structure, light = _structure_and_light(a, b)
        value = structure * light if scale == len(SCALES) - 1 else structure
        result *= max(float(value.mean()), 0.0) ** weight
        a, b = (cv2.blur(each, (2, 2), anchor=(0, 0), borderType=cv2.BORDER_REFLECT)[::2, ::2] for each in (a, b))
    return result


def _structure_and_light(
    a: NDArray[np.float64], b: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5)[5:-5, 5:-5])

    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    ma, mb = mean(a), mean(b)
    va, vb, cab = mean(a * a) - ma * ma, mean(b * b) - mb * mb, mean(a * b) - ma * mb
    return (2 * cab + c2) / (va + vb + c2), (2 * ma * mb + c1) / (ma * ma + mb * mb + c1)


def gradient_correlation(truth: Image, picture: Image, region: NDArray[np.bool_]) -> float:
    """Correlation of the gradients' strength inside a region; 0 where one of them has none."""
    strengths = []
    for each in (truth, picture):
        along, across = np.gradient(each.astype(np.float64).mean(-1))
        strengths.append(np.hypot(along, across)[region])
    if min(values.std() for values in strengths) < 1e-6:
        return 0.0
    return float(np.corrcoef(*strengths)[0, 1])


def floors(truth: Image, garment: Image, region: NDArray[np.bool_]) -> dict[str, Image]:
    """The true photo with the region filled grey, in the garment's median colour, and with the garment pasted into its box."""
    cut = cut_out(garment)
    known = cut.mask if cut.mask.any() else np.ones(garment.shape[:2], bool)
    colour = np.median(garment[known], axis=0)
    rows, columns = np.flatnonzero(known.any(1)), np.flatnonzero(known.any(0))
    crop = garment[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    ys, xs = np.nonzero(region)
    y0, y1, x0, x1 = ys.min(), ys.max() + 1, xs.min(), xs.max() + 1
    pasted = truth.copy()
    pasted[y0:y1, x0:x1] = cv2.resize(crop, (int(x1 - x0), int(y1 - y0)), interpolation=cv2.INTER_AREA)
    filled: dict[str, Image] = {
        name: np.where(region[..., None], np.asarray(value, np.uint8), truth)
        for name, value in (("grey", 128), ("median", colour), ("paste", pasted))
    }
    return filled
