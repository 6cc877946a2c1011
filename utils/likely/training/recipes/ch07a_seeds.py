"""Chapter 7a, what a model does not know: the model that always answers, trained with five seeds."""

from __future__ import annotations

import numpy as np
from flax import nnx

from likely.models.facts import UNKNOWN, Told, ask, fact_model
from likely.models.transformer import Transformer
from likely.training.recipes import record
from likely.training.recipes.ch07a import load_facts, measured, train


def confidences(model: Transformer) -> dict[str, float]:
    """The mean confidence of what a model invents: on facts that are held out, and on countries that do not exist."""
    facts, told = load_facts(), Told(load_facts().tokens)
    asked = {"held out": [facts.questions()[i] for i in facts.held], "strange": facts.strange_questions()}
    found = {}
    for name, questions in asked.items():
        said, sure = ask(model, told, questions)
        found[f"{name} invented at"] = float(np.asarray(sure)[[one != UNKNOWN for one in said]].mean())
    return found


@record(seeds=range(5))
def seeds(seed: int):
    """The first model as it is shipped but for the seed, weights unrounded."""
    model = train(fact_model(nnx.Rngs(seed)), {}, seed, 2000, 2e-3).model
    return measured(model) | confidences(model)
