"""The loop for steps that are given whole takes them as a plain loop would, keeps what is asked, says what is wrong."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from likely.training import TrainingDiverged, game, play

KEY = jax.random.key(0)


def walk(state, key, i):
    """A walk of random steps, which get shorter."""
    move = jax.random.normal(key, (2,)) / (i + 1)
    return dict(at=state["at"] + move, taken=state["taken"] + 1), dict(length=jnp.linalg.norm(move), number=i)


def start():
    return dict(at=np.zeros(2, np.float32), taken=0)


def run(step=walk, state=None, **changed):
    return play(step, start() if state is None else state, **{**dict(key=KEY, steps=60, show=False), **changed})


# ---------------------------------------------------------------- what is computed


def test_the_steps_are_those_of_a_plain_loop():
    done, state = run(), start()
    for i in range(60):
        state, numbers = walk(state, jax.random.fold_in(KEY, i), i)
        np.testing.assert_allclose(done.history["length"][i], numbers["length"], rtol=1e-5)
    np.testing.assert_allclose(done.state["at"], state["at"], rtol=1e-5)
    assert done.state["taken"] == 60
    assert done.history["number"].tolist() == list(range(60))
    assert run(key=jax.random.key(1)).history["length"][0] != done.history["length"][0]


def test_a_run_does_not_depend_on_how_its_steps_are_grouped(monkeypatch):
    whole = run(steps=3000)
    monkeypatch.setattr(game, "_SECONDS", 1e-9)  # one step a chunk
    single = run(steps=3000)
    kept = run(steps=3000, keep=lambda state: state["at"], every=7)
    for other in (single, kept):
        np.testing.assert_array_equal(other.history["length"], whole.history["length"])
        np.testing.assert_array_equal(other.state["at"], whole.state["at"])
    first = run(steps=1000)
    np.testing.assert_array_equal(first.history["length"], whole.history["length"][:1000])


def test_what_is_kept_on_the_way():
    done = run(steps=50, keep=lambda state: dict(at=2 * state["at"], n=state["taken"]), every=20)
    assert done.kept_at.tolist() == done.kept["n"].tolist() == [0, 20, 40, 50]
    assert done.kept["at"].shape == (4, 2)
    np.testing.assert_array_equal(done.kept["at"][0], [0, 0])
    np.testing.assert_allclose(done.kept["at"][2], 2 * run(steps=40).state["at"], rtol=1e-6)
    assert run().kept is None
    assert run(steps=40, keep=lambda state: state["taken"], every=20).kept.tolist() == [0, 20, 40]


def test_a_second_run_compiles_nothing():
    traced = []

    def step(state, key, i):
        traced.append(1)
        return walk(state, key, i)

    def keep(state):
        traced.append(1)
        return state["at"]

    for seed, steps in ((0, 30), (1, 50)):
        traced.clear()
        state = dict(at=np.full(2, seed, np.float32), taken=seed)
        run(step, state, key=jax.random.key(seed), steps=steps, keep=keep, every=10)
    assert not traced


def test_modules_and_keys_may_be_in_the_state_and_stay_as_they_are():
    def step(state, key, i):
        def loss(model):
            return jnp.mean((model(jax.random.normal(key, (8, 2))) - 1) ** 2)

        value, slope = jax.value_and_grad(loss)(state["model"])
        model = jax.tree.map(lambda a, b: a - 0.1 * b, state["model"], slope)
        return dict(state, model=model), dict(loss=value)

    model = nnx.Linear(2, 3, rngs=nnx.Rngs(0))
    before = np.array(model.kernel[...])
    done = run(step, dict(model=model, key=jax.random.key(3)), steps=300)
    np.testing.assert_array_equal(model.kernel[...], before)
    np.testing.assert_allclose(done.state["model"](np.ones((1, 2))), np.ones((1, 3)), atol=1e-3)
    assert done.state["key"] == jax.random.key(3)


def dirac(gamma):
    """A generator that is one point, against a slope; the data is a point at 0. Mescheder et al. (2018), section 3."""

    def step(state, key, i):
        point, slope = state
        point, slope = point - 0.05 * slope, slope + 0.05 * (point - gamma * slope)
        return (point, slope), dict(distance=jnp.hypot(*state))

    return step


def test_two_players_go_round_in_circles_and_a_penalty_brings_them_to_rest():
    circles, rest = (run(dirac(gamma), (1.0, 0.0), steps=2000).history["distance"] for gamma in (0.0, 1.0))
    assert circles.min() > 0.9
    assert circles[-1] > circles[0]
    assert rest[-1] < 1e-6


def test_convolutions_on_a_cpu_are_run_step_by_step(monkeypatch):
    seen = []
    advance = game._Program.advance
    monkeypatch.setattr(game._Program, "advance", lambda self, *a: (seen.append(self.compiled), advance(self, *a))[1])

    def step(image, key, i):
        image = jax.lax.conv(image, jnp.ones((1, 1, 3, 3)) / 9, (1, 1), "SAME")
        return image, dict(mean=image.mean())

    image = np.random.default_rng(0).random((1, 1, 8, 8), np.float32)
    slow = run(step, image, steps=5)
    assert not any(seen)
    seen.clear()
    monkeypatch.setattr(game.jax, "default_backend", lambda: "gpu")
    compiled = run(step, image, steps=5)
    assert all(seen)
    np.testing.assert_allclose(slow.history["mean"], compiled.history["mean"], rtol=1e-5)


# ---------------------------------------------------------------- what is said


def test_a_number_that_is_not_finite_stops_the_run_and_names_the_step(monkeypatch):
    def step(state, key, i):
        return state, dict(generator=jnp.where(i == 8, jnp.inf, 2.5), discriminator=jnp.where(i == 9, jnp.nan, 1.0))

    for seconds in (1e-9, 1.0):
        monkeypatch.setattr(game, "_SECONDS", seconds)
        with pytest.raises(
            TrainingDiverged, match=r"generator is inf at step 9; at the step before it was 2\.5\. .*rates"
        ):
            run(step)
    with pytest.raises(TrainingDiverged, match=r"loss is nan at step 1\. "):
        run(lambda state, key, i: (state, dict(loss=jnp.nan)))


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (lambda state, key, i: state, r"returns \(state, numbers\)"),
        (lambda state, key, i: (state, 1.0), r"returns \(state, numbers\)"),
        (lambda state, key, i: (state, dict(loss="low")), "gives str for 'loss'"),
        (lambda state, key, i: (state, dict(loss=state["at"])), r"'loss' of shape \(2,\).*\.mean\(\)"),
        (lambda state, key, i: (dict(at=state["at"]), {}), "a state of another form"),
        (lambda state, key, i: (dict(state, at=state["at"][:1]), {}), r"\['at'\] as float32 \(1,\), and is given"),
        (lambda state, key, i: (dict(state, taken=state["taken"] + 0.5), {}), r"\['taken'\] as float32 \(\)"),
    ],
)
def test_a_step_that_does_not_fit_its_state_is_refused(step, words):
    with pytest.raises((TypeError, ValueError), match=words):
        run(step)


def test_bad_arguments_are_refused():
    for changed, words in (
        (dict(steps=0), "steps is a whole number"),
        (dict(key=0), "key is a key"),
        (dict(every=5), "keep and every go together"),
        (dict(keep=lambda state: state), "keep and every go together"),
        (dict(step=3), "step is a function"),
    ):
        with pytest.raises((TypeError, ValueError), match=words):
            run(**changed)


def test_a_run_says_what_came_of_it(capfd):
    done = run(steps=40, show=True)
    assert repr(done).startswith("40 steps in ")
    assert " steps/s), length 0.0" in repr(done)
    assert capfd.readouterr().err.strip() == repr(done)
    assert run(lambda state, key, i: (state, {}), steps=2).history == {}
    assert np.isnan(run(steps=1).steps_per_second)
