"""The training loop learns, does not depend on how steps are grouped, goes on after a kill, and says what is wrong."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import nbformat
import numpy as np
import optax
import pytest
from flax import nnx

from likely.training import TrainingDiverged, fit, loop

ROOT = Path(__file__).parents[2]
X = np.random.default_rng(0).normal(size=(500, 3)).astype(np.float32)
Y = X @ np.array([1.0, -2.0, 0.5], np.float32) + 3
HELD = (X[400:], Y[400:])
DATA = (X[:400], Y[:400])


class Net(nnx.Module):
    """3 numbers -> 1, with dropout and batch normalisation if asked for."""

    def __init__(self, rngs: nnx.Rngs, dropout: float = 0.0, norm: bool = False):
        self.hidden = nnx.Linear(3, 16, rngs=rngs)
        self.norm = nnx.BatchNorm(16, rngs=rngs) if norm else None
        self.dropout = nnx.Dropout(dropout, rngs=rngs)
        self.out = nnx.Linear(16, 1, rngs=rngs)

    def __call__(self, x):
        x = self.hidden(x)
        x = self.norm(x) if self.norm else x
        return self.out(self.dropout(jax.nn.relu(x)))[:, 0]


def squared(model, batch, key):
    x, y = batch
    return jnp.mean((model(x) - y) ** 2)


def linear(model, batch, key):
    x, y = batch
    error = x @ model["w"] + model["b"] - y
    return jnp.mean(error**2), dict(off=jnp.abs(error).mean())


def start():
    return dict(w=np.zeros(3, np.float32), b=0.0)


def run(loss=linear, model=None, data=DATA, **changed):
    settings = dict(key=jax.random.key(0), steps=60, batch=32, optimizer=optax.adam(0.1), show=False)
    return fit(loss, start() if model is None else model, data, **{**settings, **changed})


def leaves(model):
    """The arrays of a model, without the state of its dropout."""
    state = nnx.state(model, nnx.Not(nnx.RngState)) if isinstance(model, nnx.Module) else model
    return [np.asarray(a) for a in jax.tree.leaves(state)]


def same(one, other, **tolerance):
    for a, b in zip(leaves(one), leaves(other), strict=True):
        np.testing.assert_allclose(a, b, **{"rtol": 0, **tolerance})


# ---------------------------------------------------------------- learning


def test_a_line_is_found():
    done = run(steps=400)
    np.testing.assert_allclose(done.model["w"], [1, -2, 0.5], atol=0.01)
    np.testing.assert_allclose(done.model["b"], 3, atol=0.01)
    assert done.history["loss"].shape == done.history["off"].shape == (400,)
    assert done.best_step == 400
    assert done.seconds > 0
    assert re.fullmatch(r"400 steps in .* \(.* steps/s\), loss .*", repr(done))


def test_the_first_steps_are_those_of_the_formula():
    """Gradient descent by hand, on the batches that the loop took."""
    done = run(steps=5, batch=400, optimizer=optax.sgd(0.05))
    w, b = np.zeros(3), 0.0
    for step in range(5):
        error = DATA[0] @ w + b - DATA[1]
        np.testing.assert_allclose(done.history["loss"][step], np.mean(error**2), rtol=1e-5)
        w, b = w - 0.1 * DATA[0].T @ error / 400, b - 0.1 * error.mean()
    np.testing.assert_allclose(done.model["w"], w, rtol=1e-5)
    np.testing.assert_allclose(done.model["b"], b, rtol=1e-5)


def test_an_epoch_takes_each_example_once_in_an_order_of_its_own():
    order = loop._Shuffles(np.arange(10), 3, jax.random.key(0))
    first, second = order.take(0, 3), order.take(3, 3)
    assert len(set(first.ravel())) == len(set(second.ravel())) == 9
    assert first.tolist() != second.tolist()
    again = loop._Shuffles(np.arange(10), 3, jax.random.key(0))
    np.testing.assert_array_equal(np.concatenate([again.take(i, 1) for i in range(6)]), [*first, *second])
    assert loop._Shuffles(np.arange(10), 3, jax.random.key(1)).take(0, 3).tolist() != first.tolist()


def test_data_may_be_drawn_by_a_function():
    def draw(key):
        x = jax.random.normal(key, (64, 3))
        return x, x @ jnp.array([1.0, 2.0, 3.0])

    done = run(data=draw, batch=None, steps=300, held=(HELD[0], HELD[0] @ np.array([1, 2, 3], np.float32)))
    np.testing.assert_allclose(done.model["w"], [1, 2, 3], atol=0.01)
    assert len(set(done.history["loss"][:10].tolist())) == 10


def test_a_run_does_not_depend_on_how_its_steps_are_grouped():
    one = run(steps=200, held=HELD, every=200)
    other = run(steps=200, held=HELD, every=7)
    python = run(steps=200, loop="python")
    np.testing.assert_array_equal(one.history["loss"], other.history["loss"])
    np.testing.assert_allclose(one.history["loss"], python.history["loss"], rtol=1e-5)
    assert other.history["step"].tolist() == [*range(7, 200, 7), 200]


def test_the_given_model_stays_as_it_is_and_the_result_is_in_eval_mode():
    model = Net(nnx.Rngs(0), dropout=0.5, norm=True)
    before = leaves(model)
    done = run(squared, model, steps=300, optimizer=optax.adam(0.01))
    for a, b in zip(before, leaves(model), strict=True):
        np.testing.assert_array_equal(a, b)
    assert not model.dropout.deterministic
    assert done.model.dropout.deterministic
    assert done.model.norm.use_running_average
    np.testing.assert_array_equal(done.model(X), done.model(X))
    mean = done.model.hidden(X[:400]).mean(0)  # the running average has followed the layer below
    assert np.abs(done.model.norm.mean[...] - mean).max() < 0.1
    assert len(set(np.round(done.history["loss"], 6))) > 200  # dropout is another one at each step


def test_several_modules_train_together_and_only_what_is_asked_for():
    pair = dict(first=nnx.Linear(3, 4, rngs=nnx.Rngs(0)), second=nnx.Linear(4, 1, rngs=nnx.Rngs(1)))

    def loss(model, batch, key):
        return jnp.mean((model["second"](model["first"](batch[0]))[:, 0] - batch[1]) ** 2)

    done = run(loss, pair, steps=300)
    assert done.history["loss"][-1] < 0.1
    biased = run(loss, pair, trains=nnx.All(nnx.Param, nnx.PathContains("bias")), steps=50)
    np.testing.assert_array_equal(biased.model["first"].kernel[...], pair["first"].kernel[...])
    assert np.abs(biased.model["second"].bias[...] - pair["second"].bias[...]).max() > 0.1


def test_held_out_loss_is_the_mean_over_all_examples():
    done = run(steps=10, every=10, held=HELD)
    error = HELD[0] @ np.asarray(done.model["w"]) + np.asarray(done.model["b"]) - HELD[1]  # 100 of them, batches of 32
    np.testing.assert_allclose(done.history["held"], np.mean(error**2), rtol=1e-5)
    np.testing.assert_allclose(done.history["held off"], np.mean(np.abs(error)), rtol=1e-5)


def test_early_stopping_keeps_the_best_weights():
    few = (X[:8], Y[:8] + np.random.default_rng(1).normal(size=8).astype(np.float32) * 3)  # noise: it overfits
    done = run(squared, Net(nnx.Rngs(0)), few, batch=8, steps=2000, held=HELD, every=10, patience=5)
    held, steps = done.history["held"], done.history["step"]
    assert len(done.history["loss"]) == steps[-1] < 2000
    assert done.best_step == steps[np.argmin(held)] == steps[-1] - 50
    np.testing.assert_allclose(squared(done.model, HELD, None), held.min(), rtol=1e-5)


def test_an_average_of_the_weights():
    done = run(steps=50, batch=400, optimizer=optax.sgd(0.1), ema=0.9)
    w, b, average = np.zeros(3), 0.0, np.zeros(3)
    for t in range(50):
        error = DATA[0] @ w + b - DATA[1]
        w, b = w - 0.2 * DATA[0].T @ error / 400, b - 0.2 * error.mean()
        decay = min(0.9, (1 + t) / (10 + t))
        average = decay * average + (1 - decay) * w
    np.testing.assert_allclose(done.model["w"], average, rtol=1e-4)


# ---------------------------------------------------------------- how steps are run


class Pixels(nnx.Module):
    def __init__(self, rngs: nnx.Rngs):
        self.conv = nnx.Conv(1, 2, (3, 3), rngs=rngs)

    def __call__(self, x):
        return jax.lax.map(lambda image: self.conv(image[None])[0], x).mean((1, 2, 3))  # the convolution is in a loop


def test_convolutions_on_a_cpu_are_run_step_by_step(monkeypatch):
    seen = []
    advance = loop._Program.advance
    monkeypatch.setattr(loop._Program, "advance", lambda self, *a: (seen.append(self.compiled), advance(self, *a))[1])
    images = np.ones((20, 4, 4, 1), np.float32)

    def loss(model, batch, key):
        return jnp.mean((model(batch) - 1) ** 2)

    settings = dict(data=images, batch=4, steps=3)
    run(loss, Pixels(nnx.Rngs(0)), **settings)
    assert not any(seen)
    seen.clear()
    run(loss, Pixels(nnx.Rngs(0)), loop="compiled", **settings)
    run(steps=3)
    assert all(seen)
    seen.clear()
    monkeypatch.setattr(loop.jax, "default_backend", lambda: "gpu")
    run(loss, Pixels(nnx.Rngs(0)), **settings)
    assert all(seen)


def test_a_second_run_compiles_nothing():
    traced = []

    def loss(model, batch, key):
        traced.append(1)
        return squared(model, batch, key)

    def again(seed, rate=0.01, **changed):
        schedule = optax.warmup_cosine_decay_schedule(0.0, rate, 5, 50)
        optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(schedule, weight_decay=0.1))
        key = jax.random.key(seed)
        return run(loss, Net(nnx.Rngs(seed), dropout=0.1), key=key, optimizer=optimizer, held=HELD, **changed)

    first = again(0)
    traced.clear()
    other = again(1, steps=80)
    assert not traced
    assert first.history["loss"][0] != other.history["loss"][0]
    again(1, rate=0.02)
    assert traced


def test_optimizers_of_other_origin_are_only_equal_to_themselves():
    rate = 0.1
    made = [optax.sgd(lambda step: rate) for _ in range(2)]
    one, other = map(loop._Optimizer, made)
    assert one != other
    assert one == loop._Optimizer(made[0])
    assert loop._Optimizer(optax.adam(0.1)) == loop._Optimizer(optax.adam(0.1))
    assert loop._Optimizer(optax.adam(0.1)) != loop._Optimizer(optax.adam(0.2))


def in_python(code: str, **variables: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=Path(__file__).parent,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_eight_devices_do_as_one_does():
    code = """
        import jax, numpy as np, optax
        from flax import nnx
        from jax.sharding import Mesh
        from test_training import HELD, Net, leaves, run, squared
        assert jax.device_count() == 8
        one = Mesh(np.array(jax.devices()[:1]), ("all",))
        settings = dict(steps=100, held=HELD, ema=0.9, optimizer=optax.sgd(0.02))
        runs = [run(squared, Net(nnx.Rngs(0), dropout=0.2, norm=True), mesh=mesh, **settings) for mesh in (None, one)]
        assert len(jax.tree.leaves(nnx.state(runs[0].model))[0].sharding.device_set) == 8
        for name in ("loss", "held"):
            np.testing.assert_allclose(runs[0].history[name], runs[1].history[name], rtol=1e-4)
        for a, b in zip(*(leaves(done.model) for done in runs), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-5)
        assert len(run(steps=3, batch=6).model["w"].sharding.device_set) == 6
        try:
            run(steps=3, batch=6, mesh=Mesh(np.array(jax.devices()), ("all",)))
        except ValueError as error:
            assert "a batch of 6 cannot be shared evenly by the mesh's 8 devices" in str(error)
        else:
            raise SystemExit("a batch of 6 was shared by 8 devices")
    """
    done = in_python(code, XLA_FLAGS="--xla_force_host_platform_device_count=8", JAX_PLATFORMS="cpu")
    assert done.returncode == 0, done.stderr


def test_the_transformer_learns_on_eight_devices_what_it_learns_on_one():
    code = """
        import jax, numpy as np, optax
        from flax import nnx
        from jax.sharding import Mesh
        from likely.models.transformer import Transformer
        from likely.training import fit

        def windows(key):
            return jax.random.randint(key, (16, 1), 0, 11) + jax.numpy.arange(13)

        def loss(model, batch, key):
            logits = model(batch[:, :-1] % 11)
            return optax.softmax_cross_entropy_with_integer_labels(logits, batch[:, 1:] % 11).mean()

        one = Mesh(np.array(jax.devices()[:1]), ("all",))
        model = Transformer(11, width=16, heads=2, layers=2, context=12, rngs=nnx.Rngs(0))
        settings = dict(key=jax.random.key(0), steps=60, optimizer=optax.adamw(3e-3), show=False)
        runs = [fit(loss, model, windows, mesh=mesh, **settings) for mesh in (None, one)]
        assert len(jax.tree.leaves(nnx.state(runs[0].model))[0].sharding.device_set) == 8
        assert runs[0].history["loss"][-1] < 1
        np.testing.assert_allclose(runs[0].history["loss"], runs[1].history["loss"], rtol=1e-3)
    """
    done = in_python(code, XLA_FLAGS="--xla_force_host_platform_device_count=8", JAX_PLATFORMS="cpu")
    assert done.returncode == 0, done.stderr


# ---------------------------------------------------------------- checkpoints

LONG = """
    import sys
    from flax import nnx
    from likely.training import loop
    from test_training import HELD, Net, run, slow
    loop._SAVE_SECONDS, loop._SECONDS = 0.0, 0.01
    print("ready", flush=True)
    run(slow, Net(nnx.Rngs(0), dropout=0.2), steps=500, held=HELD, every=20, ema=0.9, checkpoint=sys.argv[1])
    print("done", flush=True)
"""


def slow(model, batch, key):
    jax.debug.callback(lambda: time.sleep(0.004))
    return squared(model, batch, key)


def test_a_run_that_is_killed_at_any_moment_goes_on_to_the_same_result(tmp_path):
    """Killed twice, at moments told by a clock and not by the run, then finished."""
    folder, reached = tmp_path / "run", []
    for wait in (0.3, 0.05):
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(LONG), str(folder)],
            cwd=Path(__file__).parent,
            env={**os.environ, "JAX_PLATFORMS": "cpu"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout.readline() == "ready\n"
        have = max(reached, default=0)
        while process.poll() is None and max((int(p.name) for p in folder.glob("[0-9]*[0-9]")), default=0) <= have:
            time.sleep(0.01)
        time.sleep(wait)
        process.send_signal(signal.SIGKILL)
        out, errors = process.communicate()
        assert process.returncode == -signal.SIGKILL, errors
        assert "done" not in out
        reached.append(max(int(path.name) for path in folder.glob("[0-9]*[0-9]")))
    assert reached == sorted(set(reached))
    assert reached[-1] < 500
    settings = dict(steps=500, held=HELD, every=20, ema=0.9)
    resumed = run(slow, Net(nnx.Rngs(0), dropout=0.2), checkpoint=folder, **settings)
    whole = run(squared, Net(nnx.Rngs(0), dropout=0.2), **settings)
    for name in ("loss", "held", "step"):
        np.testing.assert_array_equal(resumed.history[name], whole.history[name])
    assert resumed.best_step == whole.best_step
    same(resumed.model, whole.model)
    again = run(slow, Net(nnx.Rngs(0), dropout=0.2), checkpoint=folder, **settings)  # nothing is left to do
    same(again.model, whole.model)
    assert np.isnan(again.steps_per_second)


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    run(checkpoint=tmp_path)
    for changed, words in (
        (dict(batch=16), "differs in batch"),
        (dict(key=jax.random.key(1)), "differs in key"),
        (dict(optimizer=optax.adam(0.2)), "differs in optimizer"),
        (dict(loss=lambda model, batch, key: linear(model, batch, key)), "differs in loss"),
        (dict(steps=30), "60 steps already, more than steps=30"),
    ):
        with pytest.raises(ValueError, match=words) as error:
            run(checkpoint=tmp_path, every=3, **changed)
        assert str(tmp_path) in str(error.value)
    longer = run(checkpoint=tmp_path, every=3, steps=90)
    same(longer.model, run(steps=90).model)


def test_a_damaged_checkpoint_gives_way_to_the_one_before(tmp_path, monkeypatch):
    monkeypatch.setattr(loop, "_SAVE_SECONDS", 0.0)
    run(checkpoint=tmp_path, every=20)
    newest, before = sorted(tmp_path.glob("[0-9]*"), key=lambda path: -int(path.name))
    assert (newest.name, before.name) == ("60", "40")

    def damage(folder):
        for path in folder.rglob("*"):
            if path.is_file():
                path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    damage(newest)
    with pytest.warns(UserWarning, match=r"60 cannot be read .* going on from step 40"):
        done = run(checkpoint=tmp_path, every=20)
    same(done.model, run().model)
    for folder in tmp_path.glob("[0-9]*"):
        damage(folder)
    with pytest.raises(RuntimeError, match=r"no checkpoint in .* can be read .* Remove the folder") as error:
        run(checkpoint=tmp_path, every=20)
    assert str(tmp_path) in str(error.value)


# ---------------------------------------------------------------- what is said


def test_a_loss_that_is_no_number_stops_the_run_and_names_the_step():
    def loss(model, batch, key):
        return jnp.where(model["b"] > 0.75, jnp.nan, linear(model, batch, key)[0])

    with pytest.raises(TrainingDiverged, match=r"loss is nan at step 9; at the step before it was .*learning rate"):
        run(loss, optimizer=optax.adam(0.1))
    with pytest.raises(TrainingDiverged, match=r"loss is inf at step 1\. "):
        run(lambda model, batch, key: jnp.inf * (1 + model["b"]))

    def held_out(model, batch, key):
        return jnp.where(batch[1].shape[0] < 32, jnp.nan, linear(model, batch, key)[0])

    with pytest.raises(TrainingDiverged, match="held-out loss is nan after step 20"):
        run(held_out, held=HELD, every=20)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (dict(batch=401), "a batch of 401 cannot be drawn from 400 examples"),
        (dict(batch=None), "batch=…"),
        (dict(batch=0), "batch is a whole number"),
        (dict(steps=2.5), "steps is a whole number"),
        (dict(data=(X, Y[:9])), r"data\[0\] has 500, data\[1\] has 9"),
        (dict(data=(X, 3.0)), r"data\[1\] is not an array but float"),
        (dict(data=["a", "b"]), r"data\[0\] is not an array but str"),
        (dict(data=()), "data holds no arrays"),
        (dict(data=np.float32(3)), "data is a single number"),
        (dict(data=X[:0]), "data has no examples"),
        (dict(data=lambda key: X), "leave out batch"),
        (dict(held=(X, Y[:9])), r"held\[0\] has 500"),
        (dict(patience=3), "patience needs held-out data"),
        (dict(ema=1.5), "ema is a decay between 0 and 1"),
        (dict(key=0), r"key is a key such as jax.random.key\(0\), not 0"),
        (dict(key=jax.random.PRNGKey(0)), r"key is a key such as"),
        (dict(optimizer="adam"), r"optimizer is one of optax"),
        (dict(loop="fast"), "loop is 'auto'"),
        (dict(model=dict(w=X, f="relu")), r"holds 'relu' at \['f'\]"),
        (dict(model=dict(n=3)), "no arrays to train"),
        (dict(loss=lambda model, batch, key: batch[1] * model["b"]), r"gives 'loss' of shape \(32,\): reduce it"),
        (dict(loss=lambda model, batch, key: 3), "only floats have gradients"),
        (dict(loss=lambda model, batch, key: None), "gives NoneType for 'loss'"),
        (dict(loss=lambda model, batch, key: (model["b"], 3)), "a dict of named numbers, not int"),
        (dict(loss=lambda model, batch, key: (model["b"], dict(held=1.0))), "cannot be called 'held'"),
    ],
)
def test_what_cannot_be_trained_on_is_refused_plainly(changed, words):
    with pytest.raises((ValueError, TypeError), match=words):
        run(**changed)


def test_a_page_shows_one_last_line():
    """As the book's builder runs a notebook: outputs that were written over are gone."""
    from nbclient import NotebookClient

    code = f"""
        import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
        from test_training import HELD, run, slow
        from likely.training import progress
        progress._INTERVAL = 0.0
        done = run(steps=50, held=HELD, every=10, show=True)
    """
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(textwrap.dedent(code))])
    NotebookClient(notebook, timeout=120).execute()
    (output,) = notebook.cells[0].outputs
    assert output.output_type == "display_data"
    assert list(output.data) == ["text/plain"]
    assert re.fullmatch(r"50 steps in .*, loss .*, held-out loss .* at step \d+", output.data["text/plain"])


def test_a_terminal_shows_a_bar_and_a_file_the_last_line(capsys, monkeypatch):
    run(show=True)
    assert re.fullmatch(r"60 steps in .*, loss .*\n", capsys.readouterr().err)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setattr(loop, "_SECONDS", 1e-6)
    monkeypatch.setattr("likely.training.progress._INTERVAL", 0.0)
    run(show=True, held=HELD)
    shown = capsys.readouterr().err.split("\r")
    assert re.match(r"▕[█▏▎▍▌▋▊▉ ]{24}▏ \d+ of 60 steps · loss .* · held-out .* · .* steps/s · .* left", shown[-3])
    assert re.match(r"60 steps in .*\n", shown[-1])
    run()
    assert not capsys.readouterr().err
