"""A figure is traced and checked when it is made, runs in this process, and says what is wrong in plain words."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import plotly.graph_objects as go
import pytest
import traitlets
from flax import nnx

from likely.explorable import (
    Challenge,
    Chart,
    Choice,
    Column,
    Explorable,
    Figure,
    Pad,
    Points,
    Readout,
    Run,
    Seed,
    Slider,
    Table,
    Text,
    Toggle,
    Tokens,
    payload,
)
from likely.lowering import Unsupported

MU = Slider(-3, 3, 1.0)
PAD = Pad((-3, 3, 1.0), (-2, 2, 0.5), labels=("east", "north"))
Q = Chart(go.Figure([go.Scatter(name="Q")]), y="Q.y")


def figure(look, *, name="a-figure", controls=None, views=None, describe="{y:.2f}", **more):
    return Figure(
        name, look, controls=controls or dict(mu=MU), views=views or [Readout("y", "y")], describe=describe, **more
    )


def square(mu):
    return {"y": mu**2}


def test_outputs_are_what_the_function_returns():
    run = Run(figure(square))
    assert run.look()["y"] == 1
    assert run.look(dict(mu=-2.0))["y"] == 4


def test_every_kind_of_control_reaches_its_argument():
    def look(a, b, c, key, n):
        return {"y": a + n + jnp.where(b, 10.0, 0.0) + 100 * c, "draw": jax.random.normal(key)}

    f = figure(
        look,
        controls=dict(
            a=MU, b=Toggle(True), c=Choice(["x", "y", "z"], "z"), key=Seed(7), n=Slider(0, 9, 2, integer=True)
        ),
    )
    out = Run(f).look()
    assert out["y"] == 213
    assert out["draw"] == jax.random.normal(jax.random.key(7))


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: figure(lambda mu: mu), TypeError, "must return a dict"),
        (lambda: figure(lambda nu: {"y": nu}), TypeError, "takes 'nu', which is not one of the controls"),
        (lambda: figure(square, controls=dict(mu=MU, sigma=MU)), ValueError, "no function takes the control sigma"),
        (lambda: figure(square, name="Not a name"), ValueError, "lower-case words"),
        (lambda: figure(square, describe=""), ValueError, "describe= is missing"),
        (lambda: figure(square, describe="{z}"), ValueError, "neither a control nor an output"),
        (
            lambda: figure(lambda mu: {"y": mu * jnp.ones(3)}, describe="{y}", views=[Q]),
            ValueError,
            r"y.*\{name\[0\]\}",
        ),
        (lambda: figure(lambda mu: {"y": mu * jnp.ones(3)}, describe="{y[3]}", views=[Q]), ValueError, "3, from 0 on"),
        (lambda: figure(square, describe="{mu[0]}"), ValueError, r"'mu' of shape \(\)"),
        (
            lambda: figure(square, views=[Chart(go.Figure(), pad="z")]),
            ValueError,
            r"Chart\(pad='z'\) names no Pad among the controls; the figure has none",
        ),
        (
            lambda: figure(
                lambda z, mu: {"y": z[0] * mu},
                controls=dict(z=PAD, mu=MU),
                views=[Chart(go.Figure(), pad="mu")],
            ),
            ValueError,
            r"Chart\(pad='mu'\) names no Pad among the controls; the pads are z",
        ),
        (lambda: figure(square, state=lambda: 0.0), ValueError, "both state= .* and step="),
        (lambda: figure(square, controls=dict(mu=3)), TypeError, "must be a Slider"),
        (lambda: figure(square, views=[go.Figure()]), TypeError, "must be a Chart, Readout, Image, Tokens or Table"),
        (lambda: figure(square, views=[Readout("z", "z")]), ValueError, "no output 'z'"),
        (
            lambda: figure(square, challenges=[Challenge("c", lambda out: out["y"], {})]),
            TypeError,
            "must give one bool",
        ),
        (
            lambda: figure(square, challenges=[Challenge("c", lambda out: out["y"] > 1, dict(mu=9))]),
            ValueError,
            "outside",
        ),
        (lambda: figure(lambda mu: {"y": mu, "z": np.zeros(3).astype(np.int8)}), Unsupported, "int8"),
        (lambda: figure(square, speed="warp"), ValueError, "slow, normal, fast"),
    ],
)
def test_a_wrong_figure_is_refused_when_it_is_made(make, error, says):
    with pytest.raises(error, match=says):
        make()


def test_a_function_that_the_page_cannot_run_is_refused_with_its_line():
    def look(mu):
        return {"y": jnp.linalg.svd(jnp.eye(3) * mu, compute_uv=False)[0]}

    with pytest.raises(Unsupported, match=r"svd.*test_figures\.py:\d+"):
        figure(look)


def test_a_closed_over_model_is_refused():
    net = nnx.Linear(1, 1, rngs=nnx.Rngs(0))
    with pytest.raises(ValueError, match="closes over the model 'net'"):
        figure(lambda mu: {"y": net(mu[None])[0]})


def test_a_closed_over_model_is_found_through_a_helper():
    net = nnx.Linear(1, 1, rngs=nnx.Rngs(0))

    def helper(x):
        return net(x)

    with pytest.raises(ValueError, match="closes over the model 'net'"):
        figure(lambda mu: {"y": helper(mu[None])[0]})


def test_closed_over_arrays_are_refused_above_64_kb():
    small, large = jnp.ones(1000), jnp.ones(20_000)
    assert Run(figure(lambda mu: {"y": mu * small.sum()})).look()["y"] == 1000
    with pytest.raises(ValueError, match="closes over 78 KB"):
        figure(lambda mu: {"y": mu * (large * mu).sum()})


def test_a_model_is_shown_in_eval_mode_and_with_the_weights_it_has_now():
    class Net(nnx.Module):
        def __init__(self):
            self.w = nnx.Param(jnp.array(2.0))
            self.drop = nnx.Dropout(0.5, rngs=nnx.Rngs(0))

        def __call__(self, x):
            return self.drop(self.w * x)

    net = Net()
    f = figure(lambda net, mu: {"y": net(mu)}, model=net)
    assert Run(f).look()["y"] == 2
    net.w[...] = jnp.array(5.0)
    assert Run(f).look()["y"] == 5
    assert not net.drop.deterministic  # the author's own module stays in its mode


def start(mu, seed):
    return {"x": mu, "key": seed, "t": jnp.int32(0)}


def step(state, rate):
    key, now = jax.random.split(state["key"])
    return {"x": state["x"] - rate * state["x"] + 0 * jax.random.normal(now), "key": key, "t": state["t"] + 1}


def look_at(state):
    return {"y": state["x"], "t": state["t"]}


PLAY = dict(controls=dict(mu=MU, rate=Slider(0, 1, 0.5), seed=Seed()), state=start, step=step)


def test_a_run_steps_resets_and_restarts():
    run = Run(figure(look_at, **PLAY))
    assert run.advance(steps=3)["y"] == pytest.approx(1 / 8)
    assert run.step == 3
    assert run.look(dict(rate=0.1))["t"] == 3  # acts on the run as it is
    assert run.look(dict(mu=2.0, rate=0.1))["t"] == 0  # says where a run starts
    assert run.advance(steps=1)["y"] == pytest.approx(1.8)
    assert run.reset()["y"] == 2


def test_a_budget_of_time_takes_at_least_one_step_and_until_holds():
    run = Run(figure(look_at, until=50, **PLAY))
    run.advance(budget=0)
    assert run.step == 1
    run.advance(budget=2000)
    assert run.step == 50
    assert run.advance(steps=10)["t"] == 50


def test_a_state_that_changes_its_shape_is_refused():
    def wider(state, rate):
        return {**state, "x": jnp.stack([state["x"], rate])}

    with pytest.raises(ValueError, match=r"state\['x'\] changed from float32\[\] to float32\[2\]"):
        figure(look_at, **{**PLAY, "step": wider})


def test_a_challenge_is_an_output_of_the_same_program_and_may_name_controls():
    f = figure(square, challenges=[Challenge("big", lambda out, mu: (out["y"] > 3) & (mu > 0), dict(mu=2.0))])
    assert not Run(f).look()["challenge:0"]
    assert Run(f).look(dict(mu=2.0))["challenge:0"]
    assert not Run(f).look(dict(mu=-2.0))["challenge:0"]
    assert f.spec()["challenges"][0]["solved_by"] == dict(mu=2.0)


# ---------------------------------------------------------------------- the widget


def explorable(name, **more):
    arguments = dict(controls=dict(mu=MU), views=[Readout("y", "y")], describe="{y:.2f}")
    return Explorable(name, square, **{**arguments, **more})


def outputs(widget):
    return {
        k: np.frombuffer(bytes(v["data"]), v["dtype"]).reshape(v["shape"]) for k, v in widget.result["outputs"].items()
    }


def test_a_moved_control_changes_the_result():
    widget = explorable("moved")
    widget.mu = 3.0
    assert outputs(widget)["y"] == 9
    assert "9.00" in repr(widget)


def test_controls_set_together_are_computed_once():
    widget = Explorable(
        "together",
        lambda mu, nu: {"y": mu + nu},
        controls=dict(mu=MU, nu=MU),
        views=[Readout("y", "y")],
        describe="{y:.2f}",
    )
    before = widget.result["serial"]
    widget.set_state(dict(mu=2.0, nu=3.0))
    assert outputs(widget)["y"] == 5
    assert widget.result["serial"] == before + 1


def test_messages_advance_and_reset():
    widget = Explorable("messages", look_at, views=[Readout("y", "y")], describe="{y:.2f}", **PLAY)
    widget._asked(widget, dict(type="advance", id=4, steps=2, values=dict(mu=1.0, rate=0.5, seed=0)), None)
    assert widget.result["id"] == 4
    assert widget.result["step"] == 2
    widget._asked(widget, dict(type="reset", id=5, values=dict(mu=2.0, rate=0.5, seed=0)), None)
    assert (widget.result["step"], widget.mu, outputs(widget)["y"]) == (0, 2.0, 2.0)


def test_an_error_while_computing_is_told_and_recovers():
    widget = explorable("recovers")
    widget._asked(widget, dict(type="reset", id=1, values=dict(nu=1.0)), None)
    assert "no control named nu" in widget.result["error"]
    widget.mu = 2.0
    assert widget.result["error"] is None


def test_a_control_handle_works_both_ways():
    widget = explorable("handle")
    handle = widget.control("mu")
    handle.value = 2.0
    assert widget.mu == 2
    widget.mu = 1.5
    assert handle.value == 1.5


def test_a_point_is_a_list_of_two_numbers_in_python():
    widget = Explorable(
        "a-point",
        lambda z: {"y": z @ jnp.array([1.0, 10.0])},
        controls=dict(z=PAD),
        views=[Chart(go.Figure(), pad="z"), Readout("y", "y")],
        describe="At {z}, {z[0]:.1f} east, y is {y:.1f}; in short {z:.0f}.",
    )
    assert widget.z == [1.0, 0.5]
    widget.z = (1, 2)
    assert (widget.z, outputs(widget)["y"]) == ([1.0, 2.0], 21)
    assert repr(widget).endswith("At (1.00, 2.00), 1.0 east, y is 21.0; in short (1, 2).")
    with pytest.raises(traitlets.TraitError, match="north: 3 lies outside -2 to 2"):
        widget.z = (1, 3)
    widget.set_state(dict(z=[0, 99]))  # a linked widget reaches further
    assert widget.z == [1.0, 2.0]
    assert "north: 99 lies outside" in widget.result["error"]
    widget.set_state(dict(z=[0, -1]))
    assert outputs(widget)["y"] == -10
    handle = widget.control("z")
    handle.value = [2, 0]
    assert widget.z == [2.0, 0.0]


def test_a_point_starts_a_run():
    run = Run(
        figure(
            lambda state: {"y": state[0]},
            controls=dict(z=PAD),
            state=lambda z: z,
            step=lambda state: state / 2,
        )
    )
    assert run.advance(steps=1)["y"] == 0.5
    assert run.look(dict(z=[1, 0.5]))["y"] == 0.5
    assert run.look(dict(z=[2, 0.5]))["y"] == 2


RING = np.stack([np.cos(np.arange(60)), np.sin(np.arange(60))], 1)
DATA = Points({"ring": RING, "dot": [[1, -1]]}, count=8, label="data")


def test_drawn_points_are_a_list_in_python_and_short_text_on_the_way(tmp_path):
    widget = Explorable(
        "drawn",
        lambda data: {"y": data.sum(), "x": data[:, 0]},
        controls=dict(data=DATA),
        views=[Chart(go.Figure([go.Scatter(name="data")]), x="data.x"), Readout("y", "y")],
        challenges=[Challenge("far", lambda out: out["y"] > 20, dict(data=[[2, 2]]))],
        describe="Of {data} the sum is {y:.1f}.",
    )
    assert widget.data == "ring"
    widget.data = "dot"
    assert outputs(widget)["y"] == 0
    widget.data = np.array([[0.5, 1], [1, 0.25]])
    assert widget.data == [[0.5, 1.0], [1.0, 0.25]]
    assert outputs(widget)["x"].tolist() == [0.5] * 4 + [1.0] * 4
    assert repr(widget).endswith("Of your 2 points the sum is 11.0.")
    assert widget.get_state("data") == dict(data="~nEu4u4jK")
    widget.set_state(dict(data="~nEu4"))
    assert widget.data == [[0.5, 1.0]]
    with pytest.raises(traitlets.TraitError, match="data: row 1: y = 3 lies outside -2 to 2"):
        widget.data = [[0, 0], [0, 3]]
    widget.set_state(dict(data="spiral"))  # a linked widget may ask for anything
    assert "'spiral' is neither a preset (ring, dot) nor points" in widget.result["error"]
    handle = widget.control("data")
    handle.value = [[0, 0]]
    assert widget.data == [[0.0, 0.0]]
    assert widget.spec["challenges"][0]["solved_by"] == dict(data="~-g-g")
    digest = payload.write(widget._figure, tmp_path)
    assert json.loads(payload.read(tmp_path, digest))["first"]["values"] == dict(data="ring")
    reference = json.loads((tmp_path / f"{digest}.reference.json").read_text(encoding="utf-8"))
    seen = [case["values"]["data"] for case in reference["kernel"]]
    assert {"ring", "dot"} < set(seen)
    assert sum(value.startswith("~") for value in seen) > 3


@pytest.mark.parametrize("restarts", [False, True])
def test_a_step_takes_new_points_without_a_reset_unless_they_start_the_run(restarts):
    starts = (lambda data: data[0]) if restarts else (lambda: jnp.zeros(2))
    look = lambda state: {"y": state[0]}  # noqa: E731
    run = Run(figure(look, controls=dict(data=DATA), state=starts, step=lambda state, data: state + data.mean(0)))
    drawn = [[0.5, 0.0]]
    run.advance(dict(data="dot"), steps=2)
    assert run.look(dict(data=drawn))["y"] == (0.5 if restarts else 2)
    assert run.step == (0 if restarts else 2)
    assert run.advance(dict(data=[[0.5, 0.0]]), steps=2)["y"] == (1.5 if restarts else 3)


def test_points_come_whole_in_a_sentence():
    with pytest.raises(ValueError, match=r"describe names data\[0\], and points come whole: \{data\}"):
        figure(lambda data: {"y": data[0, 0]}, controls=dict(data=DATA), describe="{data[0]}")


LONG = [f"word {i}" for i in range(300)]


def test_a_long_vocabulary_is_kept_once(tmp_path):
    """Views name it by the hash of its file; the page's first state brings its own words."""
    widget = Explorable(
        "long-words",
        lambda mu: {"ids": jnp.arange(3) + jnp.int32(mu), "y": mu, "short": jnp.arange(2)},
        controls=dict(mu=Slider(0, 9, 5, integer=True)),
        views=[
            Table("Words", word=Column("ids", vocabulary=LONG)),
            Tokens("ids", "Again", LONG),
            Tokens("short", "Short", "ab"),
        ],
        describe="First is {ids[0]}, then {ids[1]}: {short} {short[1]}.",
    )
    spec = widget.spec
    (key,) = spec["vocabularies"]
    assert spec["vocabularies"][key] == LONG
    assert spec["views"][0]["columns"][0]["vocabulary"] == spec["views"][1]["vocabulary"] == key
    assert spec["views"][2]["vocabulary"] == ["a", "b"]
    assert json.dumps(widget.get_state()["spec"]).count("word 299") == 1
    assert repr(widget).endswith("First is word 5, then word 6: ab b.")
    digest = payload.write(widget._figure, tmp_path)
    manifest = json.loads(payload.read(tmp_path, digest))
    assert manifest["spec"]["vocabularies"] == [key]
    assert manifest["first"]["words"] == {key: {str(i): f"word {i}" for i in (5, 6, 7)}}
    assert key in payload.files_of(tmp_path, digest)
    assert json.loads(payload.read(tmp_path, key)) == LONG


def test_a_typed_text_shares_its_vocabulary_with_the_table(tmp_path):
    words = (*LONG[:1], "king", "man", *(f"w{i}" for i in range(300)), "-")
    widget = Explorable(
        "typed-words",
        lambda text, flip: {"ids": text[::-1], "count": jnp.sum(text >= 0)},
        controls=dict(text=Text("king - man", words, 5, separators=("-",)), flip=Toggle()),
        views=[Table("Backwards", word=Column("ids", vocabulary=words))],
        describe="{text} has {count} words and signs.",
    )
    assert repr(widget).endswith("king - man has 3 words and signs.")
    assert widget.outputs["ids"].tolist() == [-1, -1, 2, 303, 1]
    widget.text = "man"
    assert widget.outputs["ids"].tolist() == [-1, -1, -1, -1, 2]
    with pytest.raises(traitlets.TraitError, match="text: “quee” is not among the 303 words"):
        widget.text = "man - quee"
    handle = widget.control("text")
    handle.value = "king"
    assert widget.text == "king"
    with pytest.raises(ValueError, match=r"describe names t\[0\], and typed text comes whole: \{t\}"):
        figure(lambda t: {"y": t[0]}, controls=dict(t=Text("king", words, 2)), describe="{t[0]}")
    widget.set_state(dict(text="no such word"))  # a linked widget may ask for anything
    assert "“no” is not among" in widget.result["error"]
    assert widget.text == "king"
    digest = payload.write(widget._figure, tmp_path)
    manifest = json.loads(payload.read(tmp_path, digest))
    (key,) = manifest["spec"]["vocabularies"]
    assert (
        manifest["spec"]["controls"][0]["vocabulary"] == manifest["spec"]["views"][0]["columns"][0]["vocabulary"] == key
    )
    assert json.loads(payload.read(tmp_path, key)) == list(words)
    reference = json.loads((tmp_path / f"{digest}.reference.json").read_text(encoding="utf-8"))
    assert len({case["values"]["text"] for case in reference["kernel"]}) > 5


def test_two_figures_of_one_name_are_refused_but_the_same_line_may_run_again():
    for _ in range(2):
        explorable("twice")  # the helper's line: the same both times
    with pytest.raises(ValueError, match="two figures are called 'twice'"):
        Explorable("twice", square, controls=dict(mu=MU), views=[Readout("y", "y")], describe="{y:.2f}")


def test_a_control_may_not_take_a_name_that_a_widget_has():
    with pytest.raises(ValueError, match="cannot be called 'layout'"):
        Explorable(
            "taken", lambda layout: {"y": layout}, controls=dict(layout=MU), views=[Readout("y", "y")], describe="{y}"
        )


def test_a_chart_shows_bound_outputs_of_any_length():
    chart = Chart(go.Figure([go.Scatter(name="Q", x=[0, 1, 2])]), y="Q.y")
    f = figure(lambda mu: {"y": mu * jnp.arange(3.0)}, views=[chart], describe="{mu}")
    assert f.spec()["outputs"]["y"] == dict(dtype="float32", shape=[3])
