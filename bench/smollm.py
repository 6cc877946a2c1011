"""SmolLM2-135M, one token at a time: `answers` of likely.models.smollm in float32 beside PyTorch in two precisions.

One text, a prompt of some 40 tokens, then MOST tokens, the likeliest each time, through a cache; what is timed is from
the first token after the prompt to the last. The weights are handed over, each side runs on two threads, and before it
is timed it shows that the logits behind the prompt are the same. Every token needs every weight once, so the memory
sets a bound: how fast it is read is measured too, with an array as large as the weights, the best of several ways. The
machine has to do nothing else (bench/train.py says why).
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from train import ROUNDS, WithTorch, beside, clock, on_two_threads

from likely.models import smollm

QUESTION = "Why is the sky blue? Answer in one long sentence."
MOST, ROOM = 128, 192  # tokens after the prompt, and what the cache has room for
TOLERANCE = 2e-3  # between the logits in float32, which are up to about 20: as the tests allow the plain computation
SHARE = 0.5  # of the memory's speed, which ours has to reach


def ours(model: smollm.SmolLM, prompt: list[int]) -> tuple[float, list[int]]:
    """Tokens a second by what `answers` calls for each token, and the tokens."""
    place = -(-len(prompt) // 32) * 32
    padded = np.array([prompt + [0] * (place - len(prompt))], np.int32)
    token, _, cache = smollm._read(model, padded, np.array([len(prompt)], np.int32), ROOM)
    said = [np.asarray(token)]
    began = time.perf_counter()
    for _ in range(MOST):
        token, _, cache = smollm._on(model, token, cache)
        said.append(np.asarray(token))
    return MOST / (time.perf_counter() - began), np.concatenate(said).tolist()


def fastest_read(size: int, times: int = 5) -> float:
    """Bytes a second at which so many are read, the best of two ways to need every number."""
    numbers, vector = jnp.ones((size // 4 // 576, 576)), jnp.ones(576)
    ways = jax.jit(lambda a, _: a.sum()), jax.jit(lambda a, x: a @ x)
    for way in ways:
        clock(lambda way=way: way(numbers, vector))  # compiles
    return numbers.nbytes / min(clock(lambda way=way: way(numbers, vector)) for _ in range(times) for way in ways)


def check_same(model: smollm.SmolLM, prompt: list[int], torch: WithTorch) -> None:
    """That the logits behind the prompt are PyTorch's; says how far they are apart."""
    parameters = sum(a.size for a in jax.tree.leaves(model))
    assert torch.side.parameters == parameters, f"SmolLM2: PyTorch has {torch.side.parameters:,}, not {parameters:,}"
    logits = smollm.step(model, jnp.asarray([prompt]), smollm.start(model, 1, ROOM))[0][0, -1]
    theirs = {name: np.array(torch.ask(f"logits {name}"), np.float32) for name in ("float32", "bfloat16")}
    for name, values in theirs.items():
        print(
            f"smollm, logits, ours and PyTorch {name}: up to {np.abs(logits - values).max():.2g} apart", file=sys.stderr
        )
    np.testing.assert_allclose(theirs["float32"], logits, atol=TOLERANCE, err_msg="SmolLM2: PyTorch computes another")


def measure() -> list[dict[str, Any]]:
    """The rows. Raises AssertionError where PyTorch does not compute the same."""
    on_two_threads()
    model, tokeniser = smollm.load_smollm(), smollm.load_tokeniser()
    prompt = tokeniser(tokeniser.conversation(QUESTION))
    arrays = dict(tokens=model.tokens, norm=model.norm, prompt=np.array(prompt))
    arrays |= {f"{i}.{name}": a for i, layer in enumerate(model.layers) for name, a in layer._asdict().items()}
    size = sum(a.nbytes for a in jax.tree.leaves(model))
    settings = dict(layers=len(model.layers), heads=smollm.HEADS, shared=smollm.SHARED, base=smollm.BASE)
    settings |= dict(room=ROOM, most=MOST, bytes=size)
    rates: dict[str, list[float]] = dict(ours=[], float32=[], bfloat16=[])
    with WithTorch("smollm_in_torch.py", arrays=arrays, model=nnx.List([]), settings=settings) as torch:
        check_same(model, prompt, torch)
        ours(model, prompt)  # compiles
        read = 0.0
        for _ in range(ROUNDS):
            rate, said = ours(model, prompt)
            answers = {name: torch.ask(f"write {name}") for name in ("float32", "bfloat16")}
            for name, found in (("ours", rate), *((name, answer["rate"]) for name, answer in answers.items())):
                rates[name].append(found)
            read = max(read, fastest_read(size), torch.ask("read"))
    for name, answer in answers.items():
        same = next(
            (i for i, pair in enumerate(zip(said, answer["said"], strict=True)) if len(set(pair)) > 1), MOST + 1
        )
        print(f"smollm, PyTorch {name}: the first {same} of {MOST + 1} tokens are ours", file=sys.stderr)
    for name, found in rates.items():
        print(f"smollm, {name}: {', '.join(f'{r:.1f}' for r in found)} tokens/s", file=sys.stderr)
    rate = {name: statistics.median(found) for name, found in rates.items()}
    label = "SmolLM2-135M in float32, one token at a time"
    rows = [
        beside(
            f"{label}: beside PyTorch in {name}",
            rate["ours"],
            "tokens/s",
            "≥ peer",
            rate["ours"] >= rate[name],
            f"PyTorch {torch.version} eager, {name}, two threads",
            rate[name],
        )
        for name in ("float32", "bfloat16")
    ]
    reads, peer = rate["ours"] * size / 1e9, "an array of that size, two threads"
    met = reads >= SHARE * read / 1e9
    return [*rows, beside(f"{label}: weights read", reads, "GB/s", f"≥ {SHARE:.0%}", met, peer, read / 1e9)]
