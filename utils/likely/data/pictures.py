"""Grey pictures of one thing each, with its class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from likely.data.stored import read

FASHION_CLASSES = (
    "T-shirt/top",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle boot",
)


@dataclass(frozen=True)
class Pictures:
    """Grey pictures with their classes."""

    images: np.ndarray  # (image, height, width) uint8, 0 for no ink
    labels: np.ndarray  # (image,) uint8, an index into classes
    classes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.images)


def load_fashion_mnist(split: str = "train") -> Pictures:
    """Fashion-MNIST, 28 by 28 pixels from 0 to 255, ten kinds of clothes.

    split: "train" for the first 30,000 of the 60,000 training images (2,945 to 3,081 a class), which is what the course
    has room for; "test" for all 10,000 test images (1,000 a class). Scores are to be compared with those of others only
    where they too trained on 30,000.

    Source: Xiao, Rasul & Vollgraf, Fashion-MNIST (2017), as packed in Debian's dataset-fashion-mnist; MIT, © 2017
    Zalando SE.
    """
    if split not in ("train", "test"):
        raise ValueError(f"split is 'train' or 'test', not {split!r}")
    stored = read(f"fashion_mnist_{split}.npz.xz")
    return Pictures(stored["images"], stored["labels"], FASHION_CLASSES)


def load_digits() -> Pictures:
    """1,797 handwritten digits of 8 by 8 pixels from 0 to 16, the ink in each block of 4 by 4 of the scan.

    13 people wrote them, none of whom wrote for the training part of the same collection, which is not here. Source:
    Alpaydin & Kaynak, Optical Recognition of Handwritten Digits (1998), UCI Machine Learning Repository, the test part,
    as packed in scikit-learn 1.9.1; CC BY 4.0.
    """
    stored = read("digits.npz.xz")
    return Pictures(stored["images"], stored["labels"], tuple("0123456789"))
