"""Shipped weights and recorded runs: what is written is read again, and what is not as it was is said plainly."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from likely.cli import main
from likely.data import load_capitals
from likely.training import DamagedWeights, MissingRecord, code, fit, load_record, load_weights, records, save_weights
from likely.training import weights as weights_module
from likely.training.recipes import of_chapter, record, weights

ROOT = Path(__file__).parents[2]


class Place(nnx.Module):
    """Where a capital lies, from its name's first and last letter: a toy for these tests."""

    def __init__(self, rngs: nnx.Rngs, width: int = 8):
        self.letters = nnx.Embed(27, width, rngs=rngs)
        self.norm = nnx.BatchNorm(2 * width, rngs=rngs)
        self.dropout = nnx.Dropout(0.1, rngs=rngs)
        self.layers = nnx.List([nnx.Linear(2 * width, 2, rngs=rngs)])

    def __call__(self, ends):
        return self.layers[0](self.dropout(self.norm(self.letters(ends).reshape(len(ends), -1))))


def ends_and_places():
    capitals = load_capitals()
    ends = [[min(ord(name.lower()[i]) - ord("a"), 26) % 27 for i in (0, -1)] for name in capitals.name]
    return np.array(ends, np.int32), np.stack([capitals.latitude, capitals.longitude], axis=1) / 90


def loss(model, batch, key):
    ends, places = batch
    return jnp.mean((model(ends) - places) ** 2)


def train(seed, width=8, steps=60):
    model, key = Place(nnx.Rngs(seed), width), jax.random.key(seed)
    return fit(loss, model, ends_and_places(), key=key, steps=steps, batch=58, optimizer=optax.adam(0.02), show=False)


@weights(seed=3, dtype="float16", within={"loss": 0.05}, width=4)
def places(seed, width):
    done = train(seed, width)
    return done.model, {"loss": float(done.history["loss"][-10:].mean())}


@record(seeds=range(3))
def widths(seed):
    losses = [float(train(seed, width, 20).history["loss"][-1]) for width in (4, 8)]
    return {"loss by width": losses, "better": losses[0] - losses[1]}


@pytest.fixture
def model():
    return train(0).model


def arrays(model):
    return [np.asarray(a) for a in jax.tree.leaves(nnx.state(model, nnx.Not(nnx.RngState)))]


def save(folder, model, **changed):
    settings = dict(recipe=places.function, seed=3, numbers={"loss": 0.5}, within={"loss": 0.1}, dtype="float32")
    return save_weights(folder / "02_places", model, **{**settings, **changed})


# ---------------------------------------------------------------- weights


@pytest.mark.parametrize(("dtype", "rtol", "share"), [("float32", 0, 1), ("float16", 1e-3, 0.7), ("int8", 0, 0.6)])
def test_weights_come_back(tmp_path, model, dtype, rtol, share):
    path = save(tmp_path, model, dtype=dtype)
    like = Place(nnx.Rngs(9))
    before = arrays(like)
    back = load_weights(path, like)
    for a, b in zip(arrays(model), arrays(back), strict=True):
        assert a.dtype == b.dtype
        atol = np.abs(a).max() / 254 * 1.001 if dtype == "int8" and a.ndim > 1 else 2e-3 * rtol if rtol else 0
        np.testing.assert_allclose(b, a, rtol=1e-3 if dtype == "int8" else rtol, atol=atol)
    for a, b in zip(before, arrays(like), strict=True):
        np.testing.assert_array_equal(a, b)
    assert back.dropout.deterministic
    assert back.norm.use_running_average
    full = save(tmp_path / "full", model).stat().st_size
    assert path.stat().st_size <= share * full
    if dtype == "float32":
        ends = ends_and_places()[0]
        np.testing.assert_array_equal(back(ends), model(ends))


def test_the_same_arrays_give_the_same_file(tmp_path, model):
    one, other = (save(tmp_path / name, model, dtype="int8").read_bytes() for name in "ab")
    assert one == other


def test_pytrees_and_models_that_were_never_initialised(tmp_path):
    tree = dict(layers=[dict(w=np.eye(3, dtype=np.float32))], count=np.int32(7))
    path = save(tmp_path, tree, dtype="int8")
    back = load_weights(path, jax.eval_shape(lambda: jax.tree.map(jnp.asarray, tree)))
    np.testing.assert_array_equal(back["layers"][0]["w"], np.eye(3))
    assert back["count"] == 7
    layer = nnx.Linear(2, 3, rngs=nnx.Rngs(0))
    path = save(tmp_path / "layer", layer)
    back = load_weights(path, nnx.eval_shape(lambda: nnx.Linear(2, 3, rngs=nnx.Rngs(1))))
    np.testing.assert_array_equal(back.kernel[...], layer.kernel[...])


def test_the_manifest_says_where_the_weights_came_from(tmp_path, model):
    path = save(tmp_path, model, arguments=dict(width=8), seconds=1.26)
    manifest = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert manifest["recipe"] == f"{__name__}:places"
    assert (manifest["arguments"], manifest["seed"], manifest["seconds"]) == ({"width": 8}, 3, 1.3)
    assert manifest["numbers"] == {"loss": {"value": 0.5, "within": 0.1}}
    assert manifest["device"].startswith("cpu: ")
    assert set(manifest["versions"]) == {"python", "jax", "flax", "optax"}
    assert manifest["code"] == code.digest(__name__)
    assert {file.name for file in tmp_path.iterdir()} == {"02_places.safetensors", "02_places.json"}


@pytest.mark.parametrize("harm", ["cut", "changed", "gone"])
def test_damaged_weights_name_the_file_its_hash_and_the_way_back(tmp_path, model, harm):
    path = save(tmp_path, model)
    whole = path.read_bytes()
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(whole[:-9] if harm == "cut" else whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(DamagedWeights, match="`make train 02`") as error:
        load_weights(path, model)
    assert str(path) in str(error.value)
    assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["sha256"] in str(error.value)


@pytest.mark.parametrize("text", [None, "{", "[]", "{}"])
def test_a_damaged_manifest_is_named(tmp_path, model, text):
    path = save(tmp_path, model).with_suffix(".json")
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(DamagedWeights, match="`make train 02`") as error:
        load_weights(tmp_path / "02_places", model)
    assert str(path) in str(error.value)


def test_weights_of_another_model_are_refused(tmp_path, model):
    path = save(tmp_path, model)
    with pytest.raises(ValueError, match=r"layers\.0\.kernel is \(16, 2\) there and \(8, 2\) in the model"):
        load_weights(path, Place(nnx.Rngs(0), width=4))
    with pytest.raises(ValueError, match=r"another model: it has no bias, kernel; the model has no layers\.0\.bias"):
        load_weights(path, nnx.Linear(2, 2, rngs=nnx.Rngs(0)))


def test_what_cannot_be_saved(tmp_path, model):
    with pytest.raises(ValueError, match="dtype is one of"):
        save(tmp_path, model, dtype="float64")
    with pytest.raises(ValueError, match="w is not finite"):
        save(tmp_path, dict(w=np.array([1, np.nan])))
    with pytest.raises(ValueError, match="too large for float16"):
        save(tmp_path, dict(w=np.array([1e6])), dtype="float16")
    with pytest.raises(ValueError, match="within names other"):
        save(tmp_path, model, within={"other": 1})
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- recipes


def test_a_recipe_trains_weights_and_holds_them_to_their_manifest(tmp_path):
    assert places.name == "00_places"  # this is no module of a chapter
    path, lines = places.make(tmp_path)
    assert path == tmp_path / "00_places.safetensors"
    manifest = weights_module.read_manifest(path)
    assert (manifest["arguments"], manifest["dtype"], manifest["seed"]) == ({"width": 4}, "float16", 3)
    value = manifest["numbers"]["loss"]["value"]
    assert manifest["numbers"]["loss"]["within"] == 0.05
    back = load_weights(path, Place(nnx.Rngs(0), width=4))
    ends, where = ends_and_places()
    assert abs(float(jnp.mean((back(ends) - where) ** 2)) - value) < 0.1
    digest = manifest["sha256"]
    path, lines = places.make(tmp_path)
    assert ", as the manifest says" in lines[0]
    assert weights_module.read_manifest(path)["sha256"] == digest
    manifest["numbers"]["loss"]["value"] += 1
    path.with_suffix(".json").write_text(json.dumps(manifest))
    nothing, lines = places.make(tmp_path)
    assert nothing is None
    assert ", NOT as the manifest says" in lines[0]
    path, _ = places.make(tmp_path, anew=True)
    assert weights_module.read_manifest(path)["numbers"]["loss"]["value"] == pytest.approx(value)


def test_make_train_and_results_say_what_there_is(capsys):
    with pytest.raises(LookupError, match="chapter '99' has no recipes"):
        of_chapter("99")
    for command in ("train", "results"):
        assert main([command, "99"]) == 1
        assert capsys.readouterr().err.startswith("\nChapter '99' has no recipes; these have: ")


def test_the_words_after_make_train_are_its_arguments():
    command = ["make", "--no-print-directory", "--dry-run", "train", "02", "ARGS=--anew"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)  # itself under `make test`
    assert done.stdout.splitlines()[0].endswith("utils/course.py train 02 --anew")


# ---------------------------------------------------------------- recorded runs


def test_a_record_holds_every_number_of_every_seed(tmp_path):
    made = widths.make(tmp_path)
    found = load_record("00_widths", tmp_path)
    assert found.seeds == made.seeds == (0, 1, 2)
    assert found.numbers["loss by width"].shape == (3, 2)
    np.testing.assert_array_equal(found.numbers["loss by width"], [widths(seed)["loss by width"] for seed in range(3)])
    mean, within = found.spread("loss by width", at=1)
    values = found.numbers["loss by width"][:, 1]
    assert (mean, within) == pytest.approx((values.mean(), 3 * values.std(ddof=1)))
    better = found.numbers["loss by width"][:, 0] - values
    assert found.spread("better") == pytest.approx((better.mean(), 3 * better.std(ddof=1)))
    assert len(found.seconds) == 3
    assert found.stale is None
    with pytest.raises(KeyError, match="no number 'worse'; it has loss by width, better"):
        found.spread("worse")
    with pytest.raises(ValueError, match="say which one with at=…"):
        found.spread("loss by width")


def test_a_record_that_is_missing_or_cut_names_the_command(tmp_path):
    with pytest.raises(MissingRecord, match=r"02_x\.json is missing: `make results 02`"):
        load_record("02_x", tmp_path)
    (tmp_path / "02_x.json").write_text('{"numbers": {')
    with pytest.raises(MissingRecord, match=r"02_x\.json cannot be read: .*`make results 02`"):
        load_record("02_x", tmp_path)


def test_a_hash_of_code_changes_with_what_is_done_and_not_with_what_is_said(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "some_recipes.py"

    def digest(text):
        path.write_text(text)
        return code.digest("some_recipes")

    first = digest("from likely.models import ngram\ndef run(seed):\n    return seed + 1\n")
    said = (
        '"""Says."""\nfrom likely.models import ngram\n\n# why\ndef run(seed):\n    """More."""\n    return seed + 1\n'
    )
    assert digest(said) == first
    assert digest(said.replace("+ 1", "+ 2")) != first
    assert digest(said.replace("ngram", "__doc__")) != first  # what it imports counts
    digest(said)
    assert records.why_stale("some_recipes:run", first) is None
    assert records.why_stale("some_recipes:run", "0" * 64).startswith("the code of some_recipes:run has changed since")
    assert records.why_stale("some_recipes:walk", first).startswith("there is no some_recipes:walk")
    monkeypatch.setattr(code, "ALGORITHM", 0)
    assert code.digest("some_recipes") != first


def test_shipped_weights_and_records_are_of_todays_code():
    for path in sorted(weights_module.WEIGHTS.glob("*.json")):
        manifest = weights_module.read_manifest(path.stem)
        assert records.why_stale(manifest["recipe"], manifest["code"]) is None, (
            f"{path.name}: `make train {path.name[:2]}`"
        )
        assert code.hashlib.sha256(path.with_suffix(".safetensors").read_bytes()).hexdigest() == manifest["sha256"]
    for path in sorted((ROOT / "results").glob("*.json")):
        assert load_record(path.stem).stale is None, f"`make results` for {path.name}"
