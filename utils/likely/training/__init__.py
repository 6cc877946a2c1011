"""Training: one loop for every chapter, weights that are shipped, and runs that are recorded.

>>> done = fit(loss, model, data, key=jax.random.key(0), steps=2000, batch=256, optimizer=optax.adamw(2e-3))
>>> done.model, done.history["loss"]
>>> played = play(step, state, key=jax.random.key(0), steps=2000)  # two players, or anything with a step
"""

from __future__ import annotations

from likely.training.game import Played, play
from likely.training.loop import Fit, TrainingDiverged, fit
from likely.training.records import MissingRecord, Record, load_record
from likely.training.weights import DamagedWeights, load_weights, save_weights

__all__ = [
    "DamagedWeights",
    "Fit",
    "MissingRecord",
    "Played",
    "Record",
    "TrainingDiverged",
    "fit",
    "load_record",
    "load_weights",
    "play",
    "save_weights",
]
