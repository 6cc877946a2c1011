"""A set of points in a small book: drawn on a square, chosen, typed, shared by link, trained on while it is drawn."""

from __future__ import annotations

import re

import numpy as np
import pytest
from conftest import wait_until
from figures import FigureOnPage, scrolls_sideways, standing_out, violations

DATA = """
    import jax
    import jax.numpy as jnp
    import numpy as np
    import plotly.graph_objects as go
    from likely.explorable import Challenge, Chart, Choice, Explorable, Points, Readout, Seed

    angle = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], 1)
    moons = np.concatenate([ring[:150] - [0.5, 0.2], ring[150:] + [0.5, 0.2]])
    presets = {"ring": ring, "two moons": moons}


    def summary(data):  # (512, 2)
        return {"x": data[:, 0], "y": data[:, 1], "mean": data.mean(0), "spread": data.std(0).mean()}
"""
DRAWN = """
    chart = go.Figure([go.Scatter(name="data", mode="markers")])
    chart.update_layout(xaxis_range=[-2, 2], yaxis_range=[-2, 2])
    Explorable(
        "cloud", summary, title="Draw a distribution",
        controls=dict(data=Points(presets, label="data", labels=("x\u2081", "x\u2082"))),
        views=[Chart(chart, x="data.x", y="data.y"), Readout("spread", "spread", role="data")],
        challenges=[Challenge("Draw one dot", lambda out: out["spread"] < 0.01, dict(data=[[0.5, -0.5]]))],
        describe="Of {data} the mean is ({mean[0]:.2f}, {mean[1]:.2f}).",
    )
"""
TRAINED = """
    def step(state, data):
        return {"x": state["x"] + 0.2 * (data.mean(0) - state["x"]), "t": state["t"] + 1}

    Explorable(
        "follow", lambda state: state, title="A point that follows the mean",
        controls=dict(data=Points(presets, count=64, label="data"),
                      start=Choice(["left", "right"], label="begin at the")),
        state=lambda start: {"x": jnp.array([2.0, 0.0]) * start - jnp.array([1.0, 0.0]), "t": jnp.int32(0)},
        step=step, speed="normal", views=[Readout("t", "step", format="d")],
        describe="At {x[0]:.2f} after {t} steps, on {data}.",
    )
"""
RESTARTED = """
    Explorable(
        "began", lambda state: state, title="A point that begins at the first one",
        controls=dict(data=Points(value=[[1, -1]], count=4, label="data")),
        state=lambda data: {"x": data[0], "t": jnp.int32(0)},
        step=lambda state: {"x": state["x"] * 0.9, "t": state["t"] + 1}, speed="normal",
        views=[Readout("t", "step", format="d")], describe="At {x[0]:.2f}, {x[1]:.2f} after {t} steps.",
    )
"""


@pytest.fixture(scope="module")
def page(publish):
    """The address of the page with the figures."""
    return publish("points", DATA, DRAWN, TRAINED, RESTARTED)


@pytest.fixture
def cloud(visit, page):
    return FigureOnPage(visit(page).page, "cloud")


def on_screen(on_page: FigureOnPage, x: float, y: float) -> tuple[float, float]:
    box = on_page.element.locator(".lk-points-square svg").bounding_box()
    return box["x"] + (x + 2) / 4 * box["width"], box["y"] + (2 - y) / 4 * box["height"]


def points(on_page: FigureOnPage) -> np.ndarray:
    """The points on the square as they are seen."""
    path = on_page.element.locator(".lk-points-square path").get_attribute("d")
    places = np.array(re.findall(r"M([\d.]+) ([\d.]+)", path), float).reshape(-1, 2)
    return places / 300 * [4, -4] + [-2, 2]


def fed(on_page: FigureOnPage) -> np.ndarray:
    """What the figure's function got."""
    out = on_page.outputs
    return np.stack([out["x"], out["y"]], 1)


def stroke(on_page: FigureOnPage, *way: tuple[float, float], steps: int = 12):
    mouse = on_page.page.mouse
    mouse.move(*on_screen(on_page, *way[0]))
    mouse.down()
    for spot in way[1:]:
        mouse.move(*on_screen(on_page, *spot), steps=steps)
    mouse.up()


def said(on_page: FigureOnPage) -> str:
    return on_page.element.locator(".lk-points-count").inner_text()


def button(on_page: FigureOnPage, name: str):
    return on_page.element.locator(".lk-points").get_by_role("button", name=name, exact=True)


def chosen(on_page: FigureOnPage) -> str:
    return on_page.element.get_by_role("combobox", name="data").evaluate("(select) => select.selectedOptions[0].text")


def resampled(drawn: np.ndarray, count: int = 512) -> np.ndarray:
    return drawn[np.arange(count) * len(drawn) // count]


def test_a_preset_is_seen_at_once_and_fed_when_chosen(cloud):
    assert points(cloud) == pytest.approx(resampled(ring()), abs=0.02)
    assert fed(cloud) == pytest.approx(resampled(ring()), abs=0.0006)
    assert (chosen(cloud), said(cloud)) == ("ring", "512 points; draw on the square to add some.")
    cloud.element.get_by_role("combobox", name="data").select_option("two moons")
    wait_until(lambda: cloud.values["data"] == "two moons")
    wait_until(lambda: cloud.element.locator(".lk-caption").inner_text().startswith("Of two moons the mean is"))
    assert points(cloud)[:, 0].max() == pytest.approx(1.5, abs=0.02)
    assert fed(cloud)[:, 0].max() == pytest.approx(1.5, abs=0.01)


def ring() -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    return np.stack([np.cos(angle), np.sin(angle)], 1)


def test_the_mouse_draws_and_the_figure_gets_what_is_seen(visit, page):
    opened = visit(page)
    cloud = FigureOnPage(opened.page, "cloud")
    button(cloud, "Clear").click()
    assert said(cloud) == "Nothing is drawn: the figure still uses ring."
    assert (cloud.values["data"], len(points(cloud)), chosen(cloud)) == ("ring", 0, "your own")
    assert fed(cloud) == pytest.approx(resampled(ring()), abs=0.0006)
    stroke(cloud, (-1, -1), (1, -1))
    drawn = points(cloud)
    assert 40 < len(drawn) < 80  # half the square's width, a point every 0.9 % of it
    assert np.abs(drawn[:, 1] + 1).max() < 0.4
    assert 0.03 < drawn[:, 1].std() < 0.15
    assert np.histogram(drawn[:, 0], [-1, -0.5, 0, 0.5, 1])[0].min() > 5
    wait_until(lambda: fed(cloud) == pytest.approx(resampled(drawn), abs=0.01))
    assert said(cloud) == f"{len(drawn)} points, repeated to 512."
    caption = cloud.element.locator(".lk-caption").inner_text()
    assert caption.startswith(f"Of your {len(drawn)} points the mean is (")
    stroke(cloud, (-1, 1), (1, 1))  # added to what is there
    assert len(points(cloud)) > 1.5 * len(drawn)
    assert (points(cloud)[: len(drawn)] == drawn).all()
    assert opened.problems == []


def test_it_is_seen_and_computed_while_the_stroke_goes_on(cloud):
    mouse = cloud.page.mouse
    mouse.move(*on_screen(cloud, -1.5, 1.5))
    mouse.down()
    mouse.move(*on_screen(cloud, 0, 1.5), steps=6)
    wait_until(lambda: len(points(cloud)) > 540)
    wait_until(lambda: fed(cloud) == pytest.approx(resampled(points(cloud)), abs=0.01))
    mouse.move(*on_screen(cloud, 9, 9), steps=6)  # outside there is nothing to draw on
    before = len(points(cloud))
    cloud.page.wait_for_timeout(300)
    assert len(points(cloud)) == before
    mouse.up()
    assert np.abs(points(cloud)).max() <= 2.01


def test_a_brush_held_still_sprays_on(cloud):
    button(cloud, "Clear").click()
    mouse = cloud.page.mouse
    mouse.move(*on_screen(cloud, 0.5, 0.5))
    mouse.down()
    wait_until(lambda: len(points(cloud)) > 20)
    mouse.up()
    stood = points(cloud)
    assert stood.mean(0) == pytest.approx([0.5, 0.5], abs=0.15)
    cloud.page.wait_for_timeout(200)
    assert len(points(cloud)) == len(stood)


def test_the_eraser_takes_points_and_undo_brings_them_back(cloud):
    before = points(cloud)
    erase = button(cloud, "Erase")
    assert erase.get_attribute("aria-pressed") == "false"
    erase.click()
    assert erase.get_attribute("aria-pressed") == "true"
    stroke(cloud, (0, 0), (0.2, 0))  # nothing is there
    assert (chosen(cloud), cloud.values["data"]) == ("ring", "ring")
    stroke(cloud, (1, -0.5), (1, 0.5))
    left = points(cloud)
    assert 0 < len(left) < len(before)
    assert np.abs(left[:, 0] - 1).min() > 0.01
    wait_until(lambda: fed(cloud) == pytest.approx(resampled(left), abs=0.01))
    assert chosen(cloud) == "your own"
    stroke(cloud, (-1.9, 1.9), *((x, y) for y in np.arange(1.7, -2, -0.2) for x in (-1.9, 1.9)), steps=3)
    assert said(cloud) == f"Nothing is drawn: the figure still uses your {len(left)} points."
    wait_until(lambda: fed(cloud) == pytest.approx(resampled(left), abs=0.01))
    button(cloud, "Undo").click()
    assert (points(cloud) == left).all()
    button(cloud, "Undo").click()
    wait_until(lambda: cloud.values["data"] == "ring")
    assert (points(cloud) == before).all()
    assert chosen(cloud) == "ring"
    undo = button(cloud, "Undo")
    assert undo.get_attribute("aria-disabled") == "true"
    undo.click(force=True)
    assert cloud.values["data"] == "ring"
    cloud.element.get_by_role("combobox", name="data").select_option("your own")  # the last drawing
    wait_until(lambda: fed(cloud) == pytest.approx(resampled(left), abs=0.01))


def test_the_square_has_room_for_2048_points(cloud):
    lines = "\n".join(f"{x:.3f} {y:.3f}" for x, y in np.random.default_rng(0).uniform(-2, 2, (2040, 2)))
    field = listed(cloud)
    paste = """(field, text) => {
      field.value = text;
      field.dispatchEvent(new Event('input', {bubbles: true}));
    }"""  # `fill` takes seconds for so many lines
    field.evaluate(paste, lines)
    wait_until(lambda: said(cloud) == "2,040 points, of which the figure takes 512.")
    stroke(cloud, (-1, -1), (1, -1), (1, 1))
    assert len(points(cloud)) == 2048
    assert said(cloud) == "The square is full: 2,048 points."
    wait_until(lambda: fed(cloud) == pytest.approx(resampled(points(cloud)), abs=0.01))
    field.evaluate(paste, lines + "\n0 0" * 9)
    wait_until(lambda: "2,049 points are too many, there can be 2,048" in note(cloud))


# ---------------------------------------------------------------------- the list


def listed(on_page: FigureOnPage):
    """The list, opened."""
    if not on_page.element.locator(".lk-points-typed").evaluate("(details) => details.open"):
        on_page.element.get_by_text("Points as a list").click()
    return on_page.element.locator(".lk-points-typed textarea")


def note(on_page: FigureOnPage) -> str:
    return on_page.element.locator(".lk-points-typed .lk-field-note").inner_text()


def test_the_keyboard_alone_does_all(cloud):
    keyboard = cloud.page.keyboard
    group = cloud.element.get_by_role("group", name="data")
    group.get_by_role("combobox", name="data").focus()
    keyboard.press("ArrowDown")
    wait_until(lambda: cloud.values["data"] == "two moons")
    for name in ("Erase", "Undo", "Clear"):
        keyboard.press("Tab")
        assert button(cloud, name).evaluate("(button) => button === document.activeElement")
    keyboard.press("Tab")
    keyboard.press("Enter")  # opens the list
    keyboard.press("Tab")
    field = group.get_by_role("textbox", name="One a line: x\u2081, x\u2082")
    assert field.evaluate("(field) => field === document.activeElement")
    lines = field.input_value().splitlines()
    assert len(lines) == 512
    assert lines[0] == "0.5, -0.2"
    keyboard.press("ControlOrMeta+a")
    keyboard.type("0.5, 1\n-0.5, 1.2345\n")
    wait_until(lambda: cloud.values["data"].startswith("~"))
    wait_until(lambda: fed(cloud) == pytest.approx(resampled(np.array([[0.5, 1], [-0.5, 1.235]])), abs=1e-3))
    assert field.input_value() == "0.5, 1\n-0.5, 1.2345\n"
    assert said(cloud) == "2 points, repeated to 512."
    assert "Of your 2 points the mean is (0.00, 1.12)" in cloud.element.locator(".lk-caption").inner_text()
    label = cloud.element.locator(".lk-points-square").get_attribute("aria-label")
    assert label == "data: your 2 points, x\u2081 from -0.5 to 0.5, x\u2082 from 1 to 1.235"


def test_a_bad_line_is_told_and_nothing_is_lost(cloud):
    field = listed(cloud)
    typed = "0.5, 1\nhalf past two\n1, 1\n1, 9"
    field.fill(typed)
    wait_until(lambda: note(cloud) != "")
    assert note(cloud) == (
        "Line 2, “half past two”, is not two numbers, such as 0.5, -1.2 (and 1 more line is wrong); "
        "the figure still uses ring."
    )
    assert field.get_attribute("aria-invalid") == "true"
    described = cloud.page.locator(f"[id='{field.get_attribute('aria-describedby')}']")
    assert described.get_attribute("role") == "status"
    assert (cloud.values["data"], said(cloud)) == ("ring", "512 points; draw on the square to add some.")
    cloud.element.get_by_role("combobox", name="data").select_option("two moons")
    stroke(cloud, (-1.5, -1.5), (1.5, -1.5))
    cloud.element.get_by_text("Points as a list").click()
    assert listed(cloud).input_value() == typed, "what was typed is lost"
    field.fill("0.5, 1\n1, 1\n1, 9")
    wait_until(lambda: note(cloud).startswith("Line 3, “1, 9”: x\u2082 goes from -2 to 2; the figure still uses your "))
    field.fill("0.5, 1\n1, 1")
    wait_until(lambda: said(cloud) == "2 points, repeated to 512.")
    assert (note(cloud), field.get_attribute("aria-invalid")) == ("", None)
    field.fill("")
    wait_until(lambda: note(cloud) == "There is no point in the list; the figure still uses your 2 points.")
    button(cloud, "Take the points on the square again").click()
    assert (note(cloud), field.input_value()) == ("", "0.5, 1\n1, 1")
    field.fill("1")
    wait_until(lambda: note(cloud) != "")
    field.press("Escape")
    assert (note(cloud), field.input_value()) == ("", "0.5, 1\n1, 1")
    button(cloud, "Undo").click()
    wait_until(lambda: len(field.input_value().splitlines()) > 500)


# ---------------------------------------------------------------------- kept, shared, reset


def test_a_drawing_comes_back_by_link_and_on_reload(visit, page):
    opened = visit(page)
    cloud = FigureOnPage(opened.page, "cloud")
    button(cloud, "Clear").click()
    stroke(cloud, (-1, 0), (0, 1), (1, 0))
    here = lambda: opened.page.evaluate("location.href")  # noqa: E731
    wait_until(lambda: "#cloud?data=~" in here(), what="the address did not follow")
    drawn, outputs, link = points(cloud), fed(cloud), here()
    assert len(link) < 1200
    opened.page.reload()
    cloud = FigureOnPage(opened.page, "cloud")
    wait_until(lambda: cloud.values["data"].startswith("~"))
    wait_until(lambda: (fed(cloud) == outputs).all())
    assert (points(cloud) == drawn).all()
    assert chosen(cloud) == "your own"
    cloud.element.get_by_role("combobox", name="data").select_option("two moons")
    wait_until(lambda: here().endswith("#cloud?data=two%20moons"))
    cloud.element.get_by_role("button", name="Reset").click()
    wait_until(lambda: cloud.values["data"] == "ring")
    wait_until(lambda: "?" not in here())
    assert chosen(cloud) == "ring"
    button(cloud, "Clear").click()
    cloud.element.get_by_role("button", name="Reset").click()
    assert (len(points(cloud)), said(cloud)) == (512, "512 points; draw on the square to add some.")
    assert [p for p in opened.problems if "pageerror" in p] == []


@pytest.mark.parametrize("query", ["data=spiral", "data=~", "data=~AAA", "data=~____", "data=%E0%A4%A"])
def test_a_link_to_nowhere_is_put_right_visibly(visit, page, query):
    opened = visit(f"{page}#cloud?{query}")
    cloud = FigureOnPage(opened.page, "cloud")
    wait_until(lambda: "not one of the presets, and no points either: it stays" in cloud.element.inner_text())
    assert cloud.values["data"] == "ring"
    assert [p for p in opened.problems if "pageerror" in p] == []


def test_show_me_draws_the_solution(cloud):
    cloud.element.get_by_role("button", name="Show me").click()
    wait_until(lambda: "lk-solved" in cloud.element.locator(".lk-challenge").get_attribute("class"))
    assert points(cloud).tolist() == [[0.5, -0.5]]
    assert said(cloud) == "1 point, repeated to 512."
    button(cloud, "Undo").click()
    wait_until(lambda: cloud.values["data"] == "ring")


# ---------------------------------------------------------------------- drawn while a run goes on


def test_a_run_takes_new_points_at_its_next_step_and_goes_on(visit, page):
    follow = FigureOnPage(visit(page).page, "follow")
    follow.element.get_by_role("button", name="Play").click()
    follow.wait_for_step(20)
    button(follow, "Clear").click()
    before = follow.step
    stroke(follow, (1, 1), (1.1, 1.1))
    assert follow.step >= before, "the run began again"
    target = points(follow).mean(0)
    follow.wait_for_step(before + 60)
    assert follow.outputs["x"] == pytest.approx(target, abs=0.05)
    assert follow.element.get_by_role("button", name="Pause").is_visible()
    follow.element.get_by_role("button", name="Pause").click()
    wait_until(lambda: "#follow?data=~" in follow.page.evaluate("location.href"))
    stood = follow.step
    follow.element.get_by_role("combobox", name="data").select_option("ring")
    wait_until(lambda: "on ring." in follow.element.locator(".lk-caption").inner_text())
    assert follow.step == stood


def test_a_control_that_starts_the_run_starts_it_anew(visit, page):
    """A choice that `state=` takes, while the figure stands and while it plays; and points that it takes."""
    opened = visit(page)
    follow = FigureOnPage(opened.page, "follow")
    for _ in range(3):
        follow.do("stepOnce")
    assert follow.step == 3
    follow.element.locator("label", has_text="right").click()
    wait_until(lambda: follow.step == 0)
    assert follow.outputs["x"].tolist() == [1, 0]
    follow.element.get_by_role("button", name="Play").click()
    follow.wait_for_step(30)
    follow.element.locator("label", has_text="left").click()
    wait_until(lambda: follow.step < 25)
    follow.wait_for_step(30)  # and plays on
    follow.element.get_by_role("button", name="Pause").click()
    began = FigureOnPage(opened.page, "began")
    began.do("stepOnce")
    stroke(began, (0.5, 0.5), (0.6, 0.5))
    wait_until(lambda: began.step == 0)
    wait_until(lambda: began.outputs["x"] == pytest.approx(points(began)[0], abs=0.01))
    assert began.element.get_by_role("combobox", name="data").count() == 0, "there are no presets to choose from"


# ---------------------------------------------------------------------- fingers, phones, what axe says


def test_a_finger_draws_and_the_page_scrolls_beside_the_square(visit, page):
    opened = visit(page, width=360, height=740, has_touch=True, is_mobile=True)
    session = opened.context.new_cdp_session(opened.page)

    def touch(kind: str, *at: float):
        spots = [dict(x=at[0], y=at[1])] if at else []
        session.send("Input.dispatchTouchEvent", dict(type=f"touch{kind}", touchPoints=spots))

    cloud = FigureOnPage(opened.page, "cloud")
    square = cloud.element.locator(".lk-points-square")
    square.scroll_into_view_if_needed()
    opened.page.wait_for_timeout(300)
    button(cloud, "Clear").tap()
    before = opened.page.evaluate("scrollY")
    touch("Start", *on_screen(cloud, -1, 1.5))
    for part in np.linspace(0, 1, 12):
        touch("Move", *on_screen(cloud, -1, 1.5 - 3 * part))
    touch("End")
    assert opened.page.evaluate("scrollY") == before, "the page scrolled under the finger"
    drawn = points(cloud)
    assert len(drawn) > 40
    assert drawn.mean(0) == pytest.approx([-1, 0], abs=0.3)
    wait_until(lambda: fed(cloud) == pytest.approx(resampled(drawn), abs=0.01))
    box = cloud.element.locator(".lk-points-count").bounding_box()
    touch("Start", box["x"] + 20, box["y"] + 5)
    for part in range(1, 12):
        touch("Move", box["x"] + 20, box["y"] - 10 * part)
    touch("End")
    wait_until(lambda: opened.page.evaluate("scrollY") > before + 30, what="the figure holds the page")
    assert (points(cloud) == drawn).all()


NAMES = ("cloud", "follow", "began")


def test_axe_finds_nothing(visit, page, theme):
    opened = visit(page, theme=theme)
    for name in NAMES:
        FigureOnPage(opened.page, name)
    cloud = FigureOnPage(opened.page, "cloud")
    listed(cloud).fill("no point")
    wait_until(lambda: note(cloud) != "")
    button(cloud, "Erase").click()
    assert violations(opened.page, *(f"#{name}" for name in NAMES)) == []
    assert opened.problems == []
    assert opened.outside == []


def test_a_phone_shows_all_without_sideways_scrolling(visit, page, theme):
    opened = visit(page, width=360, height=740, theme=theme, has_touch=True, is_mobile=True)
    for name in NAMES:
        on_page = FigureOnPage(opened.page, name)
        listed(on_page)
        parts = ".lk-points-square, .lk-points select, .lk-points button, .lk-points summary, .lk-points textarea"
        assert standing_out(on_page.element, parts, height=44) == []
    assert not scrolls_sideways(opened.page)
    assert opened.problems == []


def test_the_points_keep_the_colour_of_data(visit, page, theme):
    cloud = FigureOnPage(visit(page, theme=theme).page, "cloud")
    colour = cloud.element.locator(".lk-points-square path").evaluate("(path) => getComputedStyle(path).stroke")
    assert colour == {"light": "rgb(11, 98, 166)", "dark": "rgb(108, 184, 240)"}[theme]
