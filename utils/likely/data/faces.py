"""Pixel faces whose attributes are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from likely.data.stored import read

# attribute: its values; a label is the place of the value here, and the place of the attribute is its column
FACE_ATTRIBUTES = {
    "glasses": ("no glasses", "glasses"),
    "hat": ("no hat", "hat"),
    "beard": ("no beard", "beard"),
    "mood": ("sad", "happy"),
    "hair": ("blond", "brown", "black", "blue", "red", "green"),
    "skin": ("lightest", "light", "medium", "dark", "darkest"),
    "background": ("blue", "violet", "lavender", "pink", "peach"),
}

# combinations that no face for training or testing has
HELD_OUT = (
    {"beard": "beard", "glasses": "glasses", "hair": "green"},
    {"hat": "hat", "mood": "sad", "background": "pink"},
    {"glasses": "glasses", "skin": "darkest", "hair": "red"},
)

_TEST_EVERY = 10  # of the faces with none of those combinations, each tenth is for testing


@dataclass(frozen=True)
class Faces:
    """Faces with their attributes, all of them or a part."""

    images: np.ndarray  # (face, 16, 16, 3) uint8, red, green, blue
    labels: np.ndarray  # (face, 7) uint8, a column an attribute of FACE_ATTRIBUTES, a number a value
    split: np.ndarray  # (face,) str: "train", "test" or "held out"

    def __len__(self) -> int:
        return len(self.images)

    @property
    def train(self) -> Faces:
        """The faces to learn from: nine in ten of those that have none of the combinations in HELD_OUT."""
        return self.take(self.split == "train")

    @property
    def test(self) -> Faces:
        """The other tenth of those."""
        return self.take(self.split == "test")

    @property
    def held_out(self) -> Faces:
        """The faces that have one of the combinations in HELD_OUT, or two."""
        return self.take(self.split == "held out")

    @property
    def captions(self) -> tuple[str, ...]:
        """`face_caption` of each face."""
        return tuple(face_caption(labels) for labels in self.labels)

    def label(self, attribute: str) -> np.ndarray:
        """(face,) uint8: the labels of one attribute. Raises ValueError if there is none of that name."""
        _known(attribute)
        return self.labels[:, list(FACE_ATTRIBUTES).index(attribute)]

    def where(self, **values: str) -> np.ndarray:
        """(face,) bool: which faces have all these values, as in `faces.where(hair="green", mood="happy")`.

        Raises ValueError for an attribute or a value that FACE_ATTRIBUTES does not have.
        """
        found = np.ones(len(self), bool)
        for attribute, value in values.items():
            found &= self.label(attribute) == face_label(attribute, value)
        return found

    def take(self, which: np.ndarray) -> Faces:
        """The faces that an index array, a slice or a mask chooses, in its order."""
        return Faces(self.images[which], self.labels[which], self.split[which])


def load_faces() -> Faces:
    """20,000 faces of 16 by 16 pixels, no two alike, with seven attributes that are drawn independently and evenly.

    Every attribute shows in every face: with another value of it at least a pixel would differ (for a mood at least 3,
    for a beard 2). What else differs (eyes, clothes, the kinds of hair, glasses, beards and hats) has no label.
    Source: @dicebear/core and @dicebear/pixel-art 9.4.3, design CC0 1.0; rendered by resvg-py 0.5.0. Changed here:
    beards are drawn at one strength for all hair colours, and under a hat the hair is long.
    """
    stored = read("faces.npz.xz")
    faces = Faces(stored["images"], stored["labels"], np.full(len(stored["labels"]), "train", "<U8"))
    held_out = np.any([faces.where(**combination) for combination in HELD_OUT], axis=0)
    faces.split[held_out] = "held out"
    faces.split[np.flatnonzero(~held_out)[::_TEST_EVERY]] = "test"
    return faces


def face_label(attribute: str, value: str) -> int:
    """The number that stands for a value in `Faces.labels`. Raises ValueError if there is no such value."""
    _known(attribute)
    if value not in FACE_ATTRIBUTES[attribute]:
        raise ValueError(f"{attribute} is one of {', '.join(FACE_ATTRIBUTES[attribute])}, not {value!r}")
    return FACE_ATTRIBUTES[attribute].index(value)


def _known(attribute: str) -> None:
    if attribute not in FACE_ATTRIBUTES:
        raise ValueError(f"a face has no attribute {attribute!r}; it has {', '.join(FACE_ATTRIBUTES)}")


def face_caption(labels: np.ndarray) -> str:
    """The seven labels of a face in words: "green hair, light skin, glasses, no hat, no beard, happy, pink background".

    Each value stands as FACE_ATTRIBUTES has it, with its attribute where the value alone would not say it.
    """
    value = {name: values[label] for (name, values), label in zip(FACE_ATTRIBUTES.items(), labels, strict=True)}
    return (
        f"{value['hair']} hair, {value['skin']} skin, {value['glasses']}, {value['hat']}, {value['beard']}, "
        f"{value['mood']}, {value['background']} background"
    )
