"""Small pieces of labels that ended up with the wrong part go to the part around them. All change the labels in place."""

from __future__ import annotations

import cv2
import numpy as np

from prodgen_sdk.types import Image
from prodgen_tryon.body.head import head_shape
from prodgen_tryon.body.skeleton import Skeleton, chin
from prodgen_tryon.filters import Float, colour_distance, dilate, ellipse_kernel, to_lab, tube
from prodgen_tryon.sides import SIDES

ARM = 0.2  # how far from an arm's line a streak may be an arm's, in shoulder widths
EDGE = 0.06  # and how far from the person's outline
RIM = 0.02  # how broad the rim of a hand at a cuff is, in shoulder widths
MIXED = 7.0  # weighted difference of colour from the hand's from which on that rim is none of it


def give_islands(labels: dict[str, Float], name: str, around: tuple[str, ...]) -> None:
    """Small pieces of one label that lie within others go to the first of those: rivets of trousers and strands of hair are no top."""
    mask = labels[name] > 0.5
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    areas = stats[:, cv2.CC_STAT_AREA]
    others = np.maximum.reduce([labels[other] for other in around]) > 0.5
    for piece in range(1, count):
        inside = pieces == piece
        if areas[piece] > 0.03 * areas[1:].max():
            continue
        near = dilate(inside, 3)
        if float(others[near & ~inside].mean()) > 0.6:
            labels[around[0]][near] = np.maximum(labels[around[0]], labels[name])[near]
            labels[name][near] = 0


def give_streaks(labels: dict[str, Float], person: Float, frame: Skeleton) -> None:
    """Skin that is thinner than any limb goes to the top beside it: the light threads of a pattern are none; the edge of an arm behind it is."""
    w, skin, upper = frame.width, labels["skin"], labels["upper"]
    mask = (skin > 0.5) & (labels["hands"] < 0.5)
    kernel = ellipse_kernel(max(0.028 * w, 1))
    limbs = cv2.dilate(cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel), np.ones((3, 3), np.uint8))
    streaks = mask & (limbs == 0) & dilate(upper > 0.5, 0.04 * w)
    arms = [tube(person.shape, frame.arm(side), np.full(3, ARM * w)) for side in SIDES]
    streaks &= ~(dilate(person < 0.5, EDGE * w) & (arms[0] | arms[1]))
    upper[streaks] = np.maximum(upper, skin)[streaks]
    skin[streaks] = 0


def give_rims(labels: dict[str, Float], person: Float, frame: Skeleton) -> None:
    """Thin borders of one label along another, whose pixels are mixed with the scene's, go to that other.

    Hair below the jaw along a top is a collar's rim beside the neck; cloth along the outline of a bare shoulder is the shoulder's.
    """
    w, along = frame.width, frame.along(person.shape)
    nose, jaw = frame.local(np.stack([frame["nose"], chin(frame)]))[:, 1]
    below_mouth = along > (nose + jaw) / 2
    shoulders = dilate(person < 0.5, 0.05 * w) & (along < 0.3 * w)
    for name, to, where in (("hair", "upper", below_mouth), ("upper", "skin", shoulders)):
        mask = labels[name] > 0.3
        broad = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, ellipse_kernel(max(0.045 * w, 1)))
        rims = mask & where & (cv2.dilate(broad, np.ones((3, 3), np.uint8)) == 0)
        rims &= dilate(labels[to] > 0.5, 0.06 * w)
        labels[to][rims] = np.maximum(labels[to], labels[name])[rims]
        labels[name][rims] = 0


def give_prints(labels: dict[str, Float], image: Image, frame: Skeleton) -> None:
    """Hair that lies within the top, off the head, and has another colour than the hair on it is a print of the top."""
    hair = (labels["hair"] > 0.5).astype(np.uint8)
    count, pieces = cv2.connectedComponents(hair, connectivity=8)
    head = dilate(head_shape(frame, image.shape, 1.25), 0.05 * frame.width)
    on_head = np.unique(pieces[head & (hair > 0)])
    grown = np.isin(pieces, on_head) & (hair > 0)
    if len(on_head) == 0 or len(on_head) == count - 1:
        return
    lab = to_lab(image)
    colour = np.median(lab[grown], axis=0)
    for piece in sorted(set(range(1, count)) - set(on_head.tolist())):
        inside = pieces == piece
        near = dilate(inside, 3)
        beside = near & ~inside
        unlike = float(np.linalg.norm(np.median(lab[inside], axis=0) - colour)) > 18
        if unlike and float((labels["upper"][beside] > 0.5).mean()) > 0.6:
            labels["upper"][near] = np.maximum(labels["upper"], labels["hair"])[near]
            labels["hair"][near] = 0


def give_cuffs(labels: dict[str, Float], image: Image, frame: Skeleton) -> None:
    """The rim of a hand along a cuff, whose pixels are mixed with the cloth's or lie in its shadow, goes to the top."""
    w, hands = frame.width, labels["hands"]
    inside = (hands > 0.9) & ~dilate(labels["upper"] > 0.5, 0.05 * w)
    if inside.sum() < 12:
        return
    lab = to_lab(image)
    rim = (np.maximum(hands, labels["skin"]) > 0.05) & dilate(hands > 0.5, 0.03 * w)
    rim &= dilate(labels["upper"] > 0.5, max(RIM * w, 1.0))
    mixed = rim & (colour_distance(lab, np.median(lab[inside], axis=0), (0.5, 1.4, 1.4)) > MIXED)
    labels["upper"][mixed] = np.maximum(labels["upper"], labels["skin"])[mixed]
    for name in ("hands", "skin"):
        labels[name][mixed] = 0
