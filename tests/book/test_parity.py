"""Every figure of the book: the page's programs compute what the kernel computes."""

from __future__ import annotations

import json

from conftest import ROOT

from likely.explorable import payload
from likely.explorable.parity import RUN_POINTS
from likely.explorable.tokeniser import Tokeniser


def test_every_figure_agrees_over_random_and_extreme_values(payloads):
    for name, figure in payloads.items():
        rows, tolerance = figure["reference"]["parity"], figure["reference"]["tolerance"]
        programs = {k for k in ("look", "init", "step") if figure["manifest"][k]}
        assert {row["program"] for row in rows} == programs, name
        expected = {(k, port["name"]) for k in programs for port in figure["manifest"][k]["outputs"]}
        assert {(row["program"], row["output"]) for row in rows} == expected, name
        for row in rows:
            assert row["error"] <= tolerance * row["scale"], f"{name}: {row}"


def test_the_record_is_of_many_values_and_of_a_run(payloads):
    for name, figure in payloads.items():
        kernel = figure["reference"]["kernel"]
        controls = figure["manifest"]["spec"]["controls"]
        for control in controls:
            seen = [case["values"][control["name"]] for case in kernel]
            if control["kind"] == "text":
                wanted = {0 if control["empty"] else 1, most_tokens(control)}
                assert wanted <= counts(control, seen), f"{name}: {control['name']}"
                continue
            assert all(end in seen for end in ends(control)), f"{name}: {control['name']} was not tried at its ends"
        if figure["manifest"]["step"]:
            until = figure["manifest"]["spec"]["play"]["until"] or max(RUN_POINTS)
            assert {case["step"] for case in kernel} == {min(p, until) for p in RUN_POINTS}, name


def ends(control: dict) -> list:
    """Values of a control, from its spec, that every record has tried."""
    if control["kind"] == "toggle":
        return [False, True]
    if control["kind"] == "choice":
        return [0, len(control["options"]) - 1]
    if control["kind"] == "points":
        return [preset["name"] for preset in control["presets"]]
    if control["kind"] == "pad":
        return [[x, y] for x in ends(control["x"]) for y in ends(control["y"])]
    return [control.get("min", 0), control["max"]]


def most_tokens(control: dict) -> int:
    """How many tokens the longest text has: words may have a sign between them."""
    return control["length"] - (control["length"] % 2 == 0) if control["separators"] else control["length"]


def counts(control: dict, texts: list[str]) -> set[int]:
    """How many tokens these texts have."""
    tokens = control["vocabulary"]  # or the key of its file
    if isinstance(tokens, str):
        tokens = json.loads(payload.read(ROOT / ".cache" / "figures", tokens))
    tokeniser = Tokeniser(control["tokeniser"], tokens, control["separators"])
    return {len(tokeniser.read(text)[1]) for text in texts}


def test_a_wrong_program_is_caught():
    """The check can fail: a graph that is off by 1e-4 does."""
    import jax
    import jax.numpy as jnp
    import pytest

    from likely import lowering
    from likely.explorable import Figure, Readout, Slider, parity

    figure = Figure(
        "honest",
        lambda x: {"y": jnp.sin(x)},
        controls=dict(x=Slider(-1, 1, 0.5)),
        views=[Readout("y", "y")],
        describe="{y:.2f}",
    )
    spec = jax.ShapeDtypeStruct((), jnp.float32)
    wrong = lowering.lower(jax.make_jaxpr(lambda x: (jnp.sin(x) + 1e-4 * x,))(spec), ["control:x"], ["output:y"])
    with pytest.raises(parity.Disagreement, match=r"honest: look, output:y differs"):
        parity.check(figure, {"look": wrong})
