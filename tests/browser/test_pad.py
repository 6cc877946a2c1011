"""A point in the plane in a small book: dragged on a chart or a square of its own, moved by keys, shared by link."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import wait_until
from figures import FigureOnPage, scrolls_sideways, standing_out, violations

HILL = """
    import jax.numpy as jnp
    import plotly.graph_objects as go
    from likely.explorable import Challenge, Chart, Explorable, Pad, Readout, Slider

    x = jnp.linspace(-3, 3, 61)
    y = jnp.linspace(-2, 2, 41)


    def hill(z, width):
        top = jnp.array([1.0, -0.5])
        height = lambda p: jnp.exp(-((p - top) ** 2).sum(-1) / width**2)
        grid = jnp.stack(jnp.meshgrid(x, y), -1)  # (41, 61, 2)
        down = z + jnp.linspace(0, 1, 20)[:, None] * (top - z)
        return {"height": height(z), "map": height(grid), "x_way": down[:, 0], "y_way": down[:, 1]}
"""
ON_CHART = """
    figure = go.Figure([
        go.Heatmap(name="hill", x=x, y=y, z=[[0.0] * 61] * 41, zmin=0, zmax=1, showscale=False),
        go.Scatter(name="way", x=[0.0], y=[0.0], mode="lines"),
    ])
    figure.update_layout(xaxis_title="east (km)", yaxis_title="north (km)")
    Explorable(
        "hill", hill, title="Where is the top?",
        controls=dict(z=Pad((-3, 3, -1.0), (-2, 2, 0.5), label="where you stand", labels=("east", "north"), unit="km"),
                      width=Slider(0.5, 3, 1.5, "width")),
        views=[Chart(figure, map="hill.z", x_way="way.x", y_way="way.y", pad="z"),
               Readout("height", "height", "km")],
        challenges=[Challenge("Stand on the top", lambda out: out["height"] > 0.99, solved_by=dict(z=(1, -0.5)))],
        describe="At {z}, {z[0]:.1f} km east, the hill is {height:.2f} km high.",
    )
"""
ALONE = """
    Explorable(
        "hill-alone", hill, title="A point without a chart",
        controls=dict(z=Pad((-3, 3, -1.0), (-2, 2, 0.5), label="where you stand", labels=("east", "north")),
                      width=Slider(0.5, 3, 1.5, "width")),
        views=[Readout("height", "height", "km")],
        describe="At {z:.1f} the hill is {height:.2f} km high.",
    )
"""


@pytest.fixture(scope="module")
def page(publish):
    """The address of the page with the two figures."""
    return publish("pads", HILL, ON_CHART, ALONE)


@pytest.fixture
def hill(visit, page):
    return FigureOnPage(visit(page).page, "hill")


def height(z, width=1.5) -> float:
    return float(np.exp(-((np.asarray(z) - [1, -0.5]) ** 2).sum() / width**2))


def plot(on_page: FigureOnPage) -> dict:
    """The plot area of the figure's chart on the screen, and what stands at its ends."""
    return on_page.page.evaluate(
        """(name) => {
          const gd = document.querySelector(`#${name} .lk-plot`), {left, top} = gd.getBoundingClientRect();
          const {xaxis, yaxis} = gd._fullLayout;
          return {x: left + xaxis._offset, y: top + yaxis._offset, width: xaxis._length, height: yaxis._length,
                  range: [xaxis.range, yaxis.range]};
        }""",
        on_page.name,
    )


def on_screen(on_page: FigureOnPage, x: float, y: float) -> tuple[float, float]:
    """Where a point stands on the screen: on the chart, or on the pad's square."""
    if on_page.name == "hill":
        area, (xs, ys) = plot(on_page), plot(on_page)["range"]
    else:
        area, xs, ys = on_page.element.locator(".lk-square").bounding_box(), [-3, 3], [-2, 2]
    return (
        area["x"] + (x - xs[0]) / (xs[1] - xs[0]) * area["width"],
        area["y"] + (ys[1] - y) / (ys[1] - ys[0]) * area["height"],
    )


def handle(on_page: FigureOnPage) -> tuple[float, float]:
    box = on_page.element.locator(".lk-handle").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_mouse_drags_the_point(visit, page):
    opened = visit(page)
    for name in ("hill", "hill-alone"):
        on_page = FigureOnPage(opened.page, name)
        mouse = opened.page.mouse
        wait_until(lambda p=on_page: handle(p) == pytest.approx(on_screen(p, -1.0, 0.5), abs=1.5))
        mouse.move(*on_screen(on_page, -1.0, 0.5))
        mouse.down()
        mouse.move(*on_screen(on_page, 1.0, -0.5), steps=6)
        assert on_page.values["z"] == pytest.approx([1, -0.5], abs=0.05), "it moves while it is dragged"
        mouse.up()
        wait_until(lambda p=on_page: p.outputs["height"] > 0.99)
        assert on_page.outputs["height"] == pytest.approx(height(on_page.values["z"]), abs=1e-5)
        assert handle(on_page) == pytest.approx(on_screen(on_page, *on_page.values["z"]), abs=1.5)
        mouse.click(*on_screen(on_page, 2, 1))  # beside the handle: it comes
        wait_until(lambda p=on_page: p.values["z"] == pytest.approx([2, 1], abs=0.05))
        mouse.move(*on_screen(on_page, 2, 1))
        mouse.down()
        x, y = on_screen(on_page, 3, 2)
        mouse.move(x + 300, y - 300, steps=4)  # far outside: to the corner
        mouse.up()
        assert on_page.values["z"] == [3, 2]
        for axis, value in (("east", "3.00"), ("north", "2.00")):
            assert on_page.element.get_by_role("textbox", name=f"{axis}, exact value").input_value() == value
    assert opened.problems == []


def test_the_chart_stays_as_it_was(hill):
    """Its axes span the pad's range, and a drag neither zooms nor hides what hovers."""
    assert plot(hill)["range"] == [[-3, 3], [-2, 2]]
    x, y = on_screen(hill, 0.5, 1.0)
    hill.page.mouse.move(x, y)
    hill.page.mouse.move(x + 2, y)
    hill.element.locator(".hovertext").first.wait_for()
    hill.page.mouse.down()
    hill.page.mouse.move(x + 50, y + 50, steps=4)
    hill.page.mouse.up()
    hill.page.mouse.dblclick(x, y)
    assert plot(hill)["range"] == [[-3, 3], [-2, 2]]
    assert hill.element.locator(".zoombox, .select-outline").count() == 0


def test_the_keyboard_moves_both_coordinates(visit, page):
    opened = visit(page)
    for name in ("hill", "hill-alone"):
        on_page = FigureOnPage(opened.page, name)
        group = on_page.element.get_by_role("group", name="where you stand")
        east, north = group.get_by_role("slider", name="east"), group.get_by_role("slider", name="north")
        east.press("ArrowRight")
        north.press("End")
        wait_until(lambda p=on_page: p.values["z"] == [-0.95, 2])
        said = east.get_attribute("aria-valuetext"), north.get_attribute("aria-valuetext")
        assert said == (("-0.95 km", "2.00 km") if name == "hill" else ("-0.95", "2.00"))
        field = group.get_by_role("textbox", name="north, exact value")
        field.fill("9")
        field.press("Enter")
        assert "9 is not within -2.00 to 2.00" in group.inner_text()
        field.fill("-0.123")
        field.press("Enter")
        wait_until(lambda p=on_page: p.values["z"] == [-0.95, -0.123])
        wait_until(lambda p=on_page: handle(p) == pytest.approx(on_screen(p, -0.95, -0.123), abs=1.5))
        wait_until(lambda p=on_page: "(-0.9" in p.element.locator(".lk-caption").inner_text())
    assert FigureOnPage(opened.page, "hill").element.locator(".lk-caption").inner_text() == (
        f"At (-0.95, -0.12), -0.9 km east, the hill is {height([-0.95, -0.123]):.2f} km high."
    )


@pytest.fixture
def finger(visit, page):
    """A phone and its touches."""
    opened = visit(page, width=360, height=740, has_touch=True, is_mobile=True)
    session = opened.context.new_cdp_session(opened.page)

    def touch(kind: str, *at: float):
        points = [dict(x=at[0], y=at[1])] if at else []
        session.send("Input.dispatchTouchEvent", dict(type=f"touch{kind}", touchPoints=points))

    return opened, touch


def test_a_finger_drags_the_point_and_may_still_scroll_the_page(finger):
    opened, touch = finger
    for name in ("hill", "hill-alone"):
        on_page = FigureOnPage(opened.page, name)
        opened.page.wait_for_timeout(300)
        before = opened.page.evaluate("scrollY")
        touch("Start", *handle(on_page))
        for part in np.linspace(0, 1, 6):
            touch("Move", *on_screen(on_page, -1 + 2 * part, 0.5 - part))
        touch("End")
        wait_until(lambda p=on_page: p.values["z"] == pytest.approx([1, -0.5], abs=0.08))
        assert opened.page.evaluate("scrollY") == before, "the page scrolled under the handle"
        spot = on_screen(on_page, -2, 1)
        touch("Start", *spot)
        touch("End")
        wait_until(lambda p=on_page: p.values["z"] == pytest.approx([-2, 1], abs=0.08))
    on_page = FigureOnPage(opened.page, "hill")
    opened.page.wait_for_timeout(300)
    before, stood = opened.page.evaluate("scrollY"), on_page.values["z"]
    x, y = on_screen(on_page, 2, -1)  # away from the handle, up the page
    touch("Start", x, y)
    for part in range(1, 12):
        touch("Move", x, y - 10 * part)
    touch("End")
    wait_until(lambda: opened.page.evaluate("scrollY") > before + 30, what="the chart holds the page")
    assert on_page.values["z"] == stood


def test_a_link_brings_the_point_back(visit, page):
    opened = visit(page + "#hill?z=0.5,-1.2")
    here = lambda: opened.page.evaluate("location.href")  # noqa: E731
    on_page = FigureOnPage(opened.page, "hill")
    wait_until(lambda: on_page.values["z"] == [0.5, -1.2])
    wait_until(lambda: on_page.outputs["height"] == pytest.approx(height([0.5, -1.2]), abs=1e-5))
    wait_until(lambda: handle(on_page) == pytest.approx(on_screen(on_page, 0.5, -1.2), abs=1.5))
    on_page.element.get_by_role("slider", name="east").press("Home")
    wait_until(lambda: here().endswith("#hill?z=-3,-1.2"), what="the address did not follow")
    on_page.element.get_by_role("button", name="Reset").click()
    wait_until(lambda: on_page.values["z"] == [-1, 0.5])
    wait_until(lambda: "?" not in here())


@pytest.mark.parametrize(
    ("query", "z", "says"),
    [
        ("z=9,1", [3, 1], "The link asked for where you stand = 9,1; east ends at 3."),
        ("z=1", [-1, 0.5], "which is not two numbers, such as 0.5,-1.2: it stays."),
        ("z=NaN,Infinity", [-1, 0.5], "it stays"),
        ("z=%E0%A4%A,%2C", [-1, 0.5], "it stays"),
    ],
)
def test_a_link_to_nowhere_is_put_right_visibly(visit, page, query, z, says):
    opened = visit(f"{page}#hill?{query}")
    on_page = FigureOnPage(opened.page, "hill")
    wait_until(lambda: says in on_page.element.inner_text())
    assert on_page.values["z"] == z
    assert [p for p in opened.problems if "pageerror" in p] == []


def test_show_me_walks_there(hill):
    hill.page.evaluate("""() => {
      window.seen = [];
      const {figure} = document.getElementById('hill');
      const look = () => { window.seen.push(figure.values.z); requestAnimationFrame(look); };
      look();
    }""")
    hill.element.get_by_role("button", name="Show me").click()
    wait_until(lambda: hill.values["z"] == [1, -0.5])  # solved a little before it has arrived
    wait_until(lambda: "lk-solved" in hill.element.locator(".lk-challenge").get_attribute("class"))
    seen = hill.page.evaluate("window.seen")
    assert [z for z in seen if -1 < z[0] < 1 and -0.5 < z[1] < 0.5], seen


def test_axe_finds_nothing(visit, page, theme):
    opened = visit(page, theme=theme)
    for name in ("hill", "hill-alone"):
        FigureOnPage(opened.page, name)
    assert violations(opened.page, "#hill", "#hill-alone") == []
    assert opened.problems == []
    assert opened.outside == []


def test_a_phone_shows_all_without_sideways_scrolling(visit, page, theme):
    opened = visit(page, width=360, height=740, theme=theme, has_touch=True, is_mobile=True)
    for name in ("hill", "hill-alone"):
        element = FigureOnPage(opened.page, name).element
        assert standing_out(element, ".lk-handle, .lk-square, .lk-pad input", height=24) == []
    assert not scrolls_sideways(opened.page)
    assert opened.problems == []
