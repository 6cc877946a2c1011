"""Whole programs: the page's result is the kernel's, and the graph that computes it is small."""

import time

import jax
import numpy as np
import pytest
from lowering_both_hosts import agree_to_scale, lower, trace
from lowering_programs import PROGRAMS, TOLERANCE

from likely import lowering
from likely.lowering.parity import Session, difference


@pytest.mark.parametrize("name", PROGRAMS)
def test_both_hosts_agree(name):
    function, *inputs = PROGRAMS[name]
    agree_to_scale(function, *inputs, tolerance=TOLERANCE.get(name, 1e-5))


def test_a_training_run_stays_close():
    """The GAN's step from the kernel's own state at ten points of a run."""
    step, *state = PROGRAMS["GAN step"]
    state, (x, z1, z2) = state[:-3], state[-3:]
    session = Session(lower(step, [*state, x, z1, z2]))
    compiled = jax.jit(step)
    for _ in range(10):
        expected = compiled(*state, x, z1, z2)
        got = session([*state, x, z1, z2])
        for k, (e, g) in enumerate(zip(expected, got.values(), strict=True)):
            gap = difference(f"output {k}", e, g)
            assert gap.max_error < 3e-5 * max(gap.scale, 0.01)  # the last bias's moments nearly cancel
        state = [np.asarray(e) for e in expected[: len(state)]]


def test_check_is_quick():
    function, *inputs = PROGRAMS["GAN step"]
    closed_jaxpr = trace(function, inputs)
    lowering.check(closed_jaxpr)
    start = time.perf_counter()
    lowering.check(closed_jaxpr)
    assert time.perf_counter() - start < 0.2  # seconds
