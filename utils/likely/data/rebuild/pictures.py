"""fashion_mnist_train.npz.xz, fashion_mnist_test.npz.xz and digits.npz.xz: pictures with a class each."""

from __future__ import annotations

import gzip
import struct

import numpy as np

from likely.data.rebuild.packages import CannotRebuild, Packages

_TRAIN = 30_000  # of 60,000: what the limit on all files of the course has room for


def fashion_mnist_train(packages: Packages) -> dict[str, np.ndarray]:
    """The first 30,000 images (image, 28, 28) uint8 and their labels (image,) uint8."""
    return _fashion_mnist(packages, "train", _TRAIN)


def fashion_mnist_test(packages: Packages) -> dict[str, np.ndarray]:
    """All 10,000 images (image, 28, 28) uint8 and their labels (image,) uint8."""
    return _fashion_mnist(packages, "t10k", 10_000)


def _fashion_mnist(packages: Packages, part: str, count: int) -> dict[str, np.ndarray]:
    folder = packages["dataset-fashion-mnist"] / "usr/share/datasets/fashion-mnist"
    images = read_idx(gzip.decompress((folder / f"{part}-images-idx3-ubyte.gz").read_bytes()))
    labels = read_idx(gzip.decompress((folder / f"{part}-labels-idx1-ubyte.gz").read_bytes()))
    return {"images": images[:count], "labels": labels[:count]}


def read_idx(data: bytes) -> np.ndarray:
    """The array of an IDX file of bytes: two zeros, 8 for the type, the number of axes, their sizes, the values."""
    zeros, kind, axes = struct.unpack(">HBB", data[:4])
    if (zeros, kind) != (0, 8):
        raise CannotRebuild("not an IDX file of bytes")
    shape = struct.unpack(f">{axes}I", data[4 : 4 + 4 * axes])
    return np.frombuffer(data, np.uint8, offset=4 + 4 * axes).reshape(shape)


def digits(packages: Packages) -> dict[str, np.ndarray]:
    """images (image, 8, 8) uint8 from 0 to 16, and labels (image,) uint8, in the package's order."""
    path = packages["scikit-learn"] / "sklearn/datasets/data/digits.csv.gz"
    rows = np.loadtxt(path, delimiter=",").astype(np.uint8)  # (image, 65): 64 pixels and the digit
    return {"images": rows[:, :64].reshape(-1, 8, 8), "labels": rows[:, 64].copy()}
