"""What the course measures models with: the field's quantities under the field's names.

>>> from likely.measures import entropy
>>> entropy([0.5, 0.5])  # nats
Array(0.6931472, dtype=float32)
"""

from likely.measures.divergences import cross_entropy, entropy, jensen_shannon_divergence, kl_divergence, perplexity
from likely.measures.modes import ModeCoverage, mode_coverage, recall
from likely.measures.samples import precision
from likely.measures.text import nats_per_token

__all__ = [
    "ModeCoverage",
    "cross_entropy",
    "entropy",
    "jensen_shannon_divergence",
    "kl_divergence",
    "mode_coverage",
    "nats_per_token",
    "perplexity",
    "precision",
    "recall",
]
