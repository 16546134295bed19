"""Fetches the pose models: two files out of a pinned wheel, which is downloaded as data and never installed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from prodgen_sdk.errors import InputError
from prodgen_sdk.files import write_atomically

WHEEL = "mediapipe==0.10.21"
DETECTOR = "pose_detection.tflite"
LANDMARKER = "pose_landmark_full.tflite"
FILES = {
    DETECTOR: ("mediapipe/modules/pose_detection/", "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c"),
    LANDMARKER: (
        "mediapipe/modules/pose_landmark/",
        "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    ),
}
# The models are the same in every wheel of the release, so one platform's is taken whatever the machine is.
PLATFORM = ("--python-version", "3.12", "--platform", "manylinux_2_28_x86_64", "--only-binary=:all:", "--no-deps")
BY_HAND = (
    f"By hand: on a machine with a network run `pip download {' '.join(PLATFORM)} {WHEEL}`, then unzip "
    f"{' and '.join(folder + name for name, (folder, _) in FILES.items())} from the wheel into"
)


def pull(folder: Path) -> None:
    """Puts the pose models into `folder`; does nothing when they are there already.

    Raises:
        InputError: pip could not fetch the wheel, or a file in it is not the one that is expected.
    """
    if all((folder / name).is_file() and _digest(folder / name) == digest for name, (_, digest) in FILES.items()):
        return
    with tempfile.TemporaryDirectory(prefix="prodgen-pose-") as temporary:
        extract(_download(Path(temporary), folder), folder)


def extract(wheel: Path, folder: Path) -> None:
    """Takes the model files out of a wheel, checks their digests and writes them whole or not at all.

    Raises:
        InputError: the wheel is damaged, lacks a file, or holds another version of it.
    """
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name, (inner, _) in FILES.items():
                found[name] = archive.read(inner + name)
    except (zipfile.BadZipFile, KeyError, OSError) as error:
        raise InputError(
            f"{wheel.name} holds no pose models ({error}).", hint=f"Take the wheel of {WHEEL}, not of another version."
        ) from error
    for name, (_, digest) in FILES.items():
        actual = hashlib.sha256(found[name]).hexdigest()
        if actual != digest:
            raise InputError(
                f"{name} in {wheel.name} is not the expected file (sha256 {actual[:12]}..., not {digest[:12]}...).",
                hint=f"Take the wheel of {WHEEL} from a source that you trust.",
            )
    for name, data in found.items():
        write_atomically(folder / name, data)


def check_digest(path: Path) -> None:
    """Raises InputError where a model file is not the one that is expected: cut short by a broken download, or exchanged."""
    digest = FILES[path.name][1]
    actual = _digest(path)
    if actual != digest:
        raise InputError(
            f"The pose model {path} is damaged or another version (sha256 {actual[:12]}..., not {digest[:12]}...).",
            hint="Run: prodgen models pull pose",
        )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _download(temporary: Path, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", *PLATFORM]
    command += ["--dest", str(temporary), WHEEL]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)  # noqa: S603 - fixed arguments
    except (OSError, subprocess.TimeoutExpired) as error:
        raise InputError(
            f"pip could not be run to fetch the pose models ({error}).", hint=f"{BY_HAND} {folder}."
        ) from error
    wheels = sorted(temporary.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise InputError(
            f"pip could not fetch {WHEEL}: {lines[-1] if lines else 'no reason given'}", hint=f"{BY_HAND} {folder}."
        )
    return wheels[0]
