"""Figures in a real JupyterLab: moved in the browser, computed by the kernel, saved, reopened, told when it dies."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request

import nbformat
import pytest
from conftest import ROOT, Visit, wait_until

CELL_FIGURE = """from likely.explorable import Chart, Explorable, Readout, Slider
import jax.numpy as jnp, plotly.graph_objects as go
x = jnp.linspace(-3, 3, 50)
def look(mu):
    return {"q": jnp.exp(-(x - mu) ** 2), "y": mu ** 2}
figure = Explorable("lab-figure", look, controls=dict(mu=Slider(-3, 3, 1.0, label="mean of Q")),
                    views=[Chart(go.Figure([go.Scatter(name="Q", x=x)]), q="Q.y"),
                           Readout("y", "square", format=".2f")],
                    describe="The square is {y:.2f}.")
figure"""
CELL_LAYOUT = """import ipywidgets as w
slider, out = w.FloatSlider(min=-3, max=3, description="plain"), w.Output()
link = w.jslink((figure, "mu"), (slider, "value"))
text = w.interactive_output(lambda mu: print(f"the square in Python is {mu ** 2:.2f}"), {"mu": figure.control("mu")})
w.VBox([figure, slider, text])"""
CELL_ASK = "print('mu is', figure.mu)"
CELL_PLAY = """import jax
play = Explorable("lab-play", lambda state: {"y": state["x"], "t": state["t"]},
    controls=dict(start=Slider(-3, 3, 1.0, label="start")), state=lambda start: {"x": start, "t": jnp.int32(0)},
    step=lambda state: {"x": state["x"] * 0.999, "t": state["t"] + 1}, speed="fast",
    views=[Readout("y", "value", format=".4f")], describe="The value is {y:.4f} after {t} steps.")
play"""
CELL_TEXT = """from likely.explorable import Column, Explorable, Table, Text
import ipywidgets as w
words = ("add", "bad", "mad", "x-ray", *(f"word{i}" for i in range(5000)), "+", "-")
typed = Explorable("lab-text", lambda text: {"ids": text[::-1]},
    controls=dict(text=Text("add", words, 4, "words", separators=("+", "-"))),
    views=[Table("Backwards", word=Column("ids", vocabulary=words))], describe="Backwards: {text}.")
plain = w.Text(description="plain", continuous_update=False)
link = w.jslink((typed, "text"), (plain, "value"))
w.VBox([typed, plain])"""
CELL_TYPED = "print('typed:', typed.text)"
CELL_POINTS = """from likely.explorable import Explorable, Points, Readout
import jax.numpy as jnp
drawn = Explorable("lab-points", lambda state: state,
    controls=dict(data=Points({"left": [[-1, 0]], "right": [[1, 0]]}, count=64, label="data")),
    state=lambda: {"x": jnp.float32(0), "t": jnp.int32(0)},
    step=lambda state, data: {"x": 0.9 * state["x"] + 0.1 * data[:, 0].mean(), "t": state["t"] + 1},
    views=[Readout("x", "mean", format=".2f")], describe="At {x:.2f} after {t} steps on {data}.")
drawn"""
CELL_POINTS_ASK = "print(len(drawn.data), 'points at step', drawn.result['step'])"
CELL_POINTS_SET = "drawn.data = 'left'"
CELL_OTHER = "print('another cell ran while step was', play.result['step'])"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A JupyterLab as `make lab` starts it, over a folder of its own."""
    from likely.cli.lab import command, has_display, write_settings

    write_settings()
    folder = tmp_path_factory.mktemp("lab")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_PLATFORM_DIRS": "1",
    }
    notebooks = folder / "notebooks"
    notebooks.mkdir()
    options = ["--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"]
    if has_display():
        options.append("--no-browser")
    with open(folder / "log", "w") as log:
        server = subprocess.Popen(
            command(port, options, notebooks), cwd=notebooks, env=environment, stdout=log, stderr=log
        )
    url = f"http://127.0.0.1:{port}/"
    try:
        wait_until(lambda: answers(url + "api"), 60, "JupyterLab did not start")
        yield url, notebooks
    finally:
        server.terminate()
        server.wait(30)


def answers(url: str) -> bool:
    try:
        return urllib.request.urlopen(url, timeout=2).status == 200
    except OSError:
        return False


class Notebook:
    """A notebook open in JupyterLab."""

    def __init__(self, chromium, url: str, path: str):
        self.visit = Visit(chromium, f"{url}lab/tree/{path}?reset", width=1280, height=1400)
        self.page = self.visit.page
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
        self.page.wait_for_function("() => window.jupyterapp")

    def command(self, name: str, **arguments):
        self.page.evaluate(
            "([name, arguments]) => void window.jupyterapp.commands.execute(name, arguments)", [name, arguments]
        )

    def ready(self):
        """The kernel has started (what the notebook's tool bar shows comes before it has)."""
        self.idle(90)

    def idle(self, seconds: float):
        """The kernel has nothing to do."""
        status = "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status"
        wait_until(lambda: self.page.evaluate(status) == "idle", seconds, "the kernel did not come to rest")

    def finished(self, seconds: float):
        """Every code cell has run."""
        left = """() => Array.from(window.jupyterapp.shell.currentWidget.content.model.cells)
          .filter((cell) => cell.type === 'code' && cell.executionCount === null).length"""
        wait_until(lambda: self.page.evaluate(left) == 0, seconds, "the notebook has not run to its end")
        self.idle(30)

    def run_all(self):
        self.ready()
        self.command("notebook:run-all-cells")

    def cell(self, index: int):
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index)

    def figure(self, index: int):
        found = self.cell(index).locator(".lk-figure")
        found.wait_for(timeout=90_000)
        return found


@pytest.fixture
def opened(lab, chromium):
    """Opens notebooks in JupyterLab, each made of the given cells unless it is there."""
    url, folder = lab
    open_ones = []

    def open_(name: str, *cells: str) -> Notebook:
        if cells:
            code = [nbformat.v4.new_code_cell(cell) for cell in cells]
            metadata = dict(kernelspec=dict(name="python3", display_name="Python 3", language="python"))
            nbformat.write(nbformat.v4.new_notebook(cells=code, metadata=metadata), folder / name)
        open_ones.append(Notebook(chromium, url, name))
        return open_ones[-1]

    yield open_
    for one in open_ones:
        if one.page.is_closed():
            continue
        one.page.evaluate("() => window.jupyterapp.serviceManager.sessions.shutdownAll()")
        one.visit.close()


def move(figure, label: str, keys: str = "ArrowRight", times: int = 10):
    handle = figure.get_by_role("slider", name=label)
    handle.focus()
    for _ in range(times):
        handle.press(keys)


def number(figure, label: str) -> float:
    text = figure.locator(".lk-readout", has_text=label).inner_text()
    return float(re.findall(r"-?\d+\.\d+", text)[0])


def test_the_kernel_answers_a_control_and_plain_widgets_and_jslink_work_with_it(opened):
    book = opened("controls.ipynb", CELL_FIGURE, CELL_LAYOUT, CELL_ASK)
    book.run_all()
    first, second = book.figure(0), book.figure(1)
    first.locator("svg.main-svg").first.wait_for(timeout=60_000)
    assert number(first, "square") == 1.0
    move(first, "mean of Q", "End", 1)
    wait_until(lambda: number(first, "square") == 9.0, what="the kernel did not answer")
    wait_until(lambda: number(second, "square") == 9.0, what="another view of the same figure did not follow")
    plain = book.cell(1).locator(".widget-slider, .jupyter-widgets.widget-slider").first
    wait_until(lambda: "3.00" in plain.inner_text(), what="jslink did not carry the control to a plain slider")
    wait_until(
        lambda: "the square in Python is 9.00" in book.cell(1).inner_text(), what="interactive_output did not follow"
    )
    handle = plain.locator(".noUi-handle")
    handle.focus()
    handle.press("Home")
    wait_until(
        lambda: first.evaluate("(element) => element.figure.values.mu") == -3,
        what="the plain slider did not move the control",
    )
    wait_until(lambda: figure_in_kernel(book) == "mu is -3.0", what="the kernel did not hear of it")


def figure_in_kernel(book: Notebook, cell: int = 2) -> str:
    book.cell(cell).click()
    book.command("notebook:run-cell")
    time.sleep(0.5)
    return book.cell(cell).locator(".jp-OutputArea").inner_text().strip()


def test_text_is_typed_for_the_kernel_and_not_for_jupyterlab(opened):
    book = opened("typed.ipynb", CELL_TEXT, CELL_TYPED)
    book.run_all()
    figure = book.figure(0)
    words = lambda: figure.locator("tbody tr").all_inner_texts()  # noqa: E731
    field = figure.get_by_role("textbox", name="words")
    field.click()
    field.press("End")
    for letter in " - bad":  # for JupyterLab: a cell above, one below, delete this one
        field.press(letter)
    wait_until(lambda: words()[1:] == ["bad", "-", "add"], what="the kernel did not answer")
    assert book.page.locator(".jp-Notebook .jp-Cell").count() == 2
    field.fill("x-ray + quee")
    wait_until(lambda: "“quee” is not among the 5,004 words" in figure.inner_text())
    assert words()[1:] == ["bad", "-", "add"]
    wait_until(lambda: figure_in_kernel(book, 1) == "typed: add - bad")
    plain = book.cell(0).locator(".widget-text input")
    wait_until(lambda: plain.input_value() == "add - bad", what="jslink did not carry the text to a plain widget")
    plain.fill("mad+x-ray")
    plain.press("Enter")
    wait_until(lambda: words()[1:] == ["x-ray", "+", "mad"], what="the plain widget did not move the control")
    assert field.input_value() == "mad+x-ray"
    plain.fill("no such word")
    plain.press("Enter")
    wait_until(lambda: "“no” is not among" in figure.inner_text(), what="nothing said what the kernel refused")
    wait_until(lambda: plain.input_value() == "mad+x-ray")
    assert words()[1:] == ["x-ray", "+", "mad"]


def test_points_are_drawn_for_the_kernel_while_it_takes_steps(opened):
    """What the kernel says of a slice of steps that was asked for earlier takes nothing off the stroke."""
    book = opened("points.ipynb", CELL_POINTS, CELL_POINTS_ASK, CELL_POINTS_SET)
    book.ready()
    book.cell(0).click()
    book.command("notebook:run-cell")
    figure = book.figure(0)
    drawn = lambda: figure.locator(".lk-points-square path").get_attribute("d").count("M")  # noqa: E731
    steps = lambda: int(re.search(r"step ([\d,]+)", figure.inner_text()).group(1).replace(",", ""))  # noqa: E731
    figure.get_by_role("button", name="Play").click()
    wait_until(lambda: steps() > 20 and number(figure, "mean") < -0.8, 30)
    figure.get_by_role("button", name="Clear").click()
    box, mouse = figure.locator(".lk-points-square").bounding_box(), book.page.mouse
    mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.2 * box["height"])
    mouse.down()
    seen = [0]
    for part in range(20):
        mouse.move(box["x"] + 0.7 * box["width"], box["y"] + (0.2 + 0.03 * part) * box["height"])
        book.page.wait_for_timeout(40)
        seen.append(drawn())
        assert seen[-1] >= seen[-2], "points of the stroke are lost"
    mouse.up()
    count, began = drawn(), steps()
    assert count > 50
    wait_until(lambda: number(figure, "mean") > 0.6, 30, "the steps do not see what is drawn")
    wait_until(lambda: steps() > began, 30, "no step was taken after the stroke")
    assert drawn() == count
    figure.get_by_role("button", name="Pause").click()
    wait_until(lambda: figure_in_kernel(book, 1).startswith(f"{count} points at step "))
    book.cell(2).click()
    book.command("notebook:run-cell")
    select = figure.get_by_role("combobox", name="data")
    wait_until(lambda: select.evaluate("(select) => select.value") == "left", what="code did not set the control")
    assert drawn() == 64
    assert steps() > began, "the run began anew"


def test_running_a_cell_again_replaces_its_figure(opened):
    book = opened("again.ipynb", CELL_FIGURE)
    book.run_all()
    move(book.figure(0), "mean of Q", "End", 1)
    wait_until(lambda: number(book.figure(0), "square") == 9.0)
    book.run_all()
    wait_until(lambda: number(book.figure(0), "square") == 1.0, 30)
    assert book.cell(0).locator(".lk-figure").count() == 1
    assert "Error" not in book.cell(0).inner_text()


def test_other_cells_run_while_a_figure_plays(opened):
    book = opened("play.ipynb", CELL_FIGURE, CELL_PLAY, CELL_OTHER)
    book.run_all()
    figure = book.figure(1)
    figure.get_by_role("button", name="Play").click()
    steps = lambda: int(re.search(r"step ([\d,]+)", figure.inner_text()).group(1).replace(",", ""))  # noqa: E731
    wait_until(lambda: steps() > 50, 30)
    book.cell(2).click()
    book.command("notebook:run-cell")
    wait_until(
        lambda: re.search(r"while step was [1-9]", book.cell(2).inner_text()) is not None, 30, "the other cell waited"
    )
    before = steps()
    wait_until(lambda: steps() > before, 10, "the figure stopped")
    figure.get_by_role("button", name="Pause").click()
    time.sleep(1)
    stood = steps()
    time.sleep(1)
    assert steps() == stood


def test_a_saved_notebook_shows_its_figure_when_opened_again_without_a_kernel(opened, lab):
    book = opened("saved.ipynb", CELL_FIGURE)
    book.run_all()
    move(book.figure(0), "mean of Q", "End", 1)
    wait_until(lambda: number(book.figure(0), "square") == 9.0)

    def saved() -> bool:  # JupyterLab gathers the state of widgets while it saves: the second save has it
        book.command("docmanager:save")
        time.sleep(1)
        return "widgets" in nbformat.read(lab[1] / "saved.ipynb", 4).metadata

    wait_until(saved, 30, "the widget state was not saved")
    book.page.evaluate("() => window.jupyterapp.serviceManager.sessions.shutdownAll()")
    book.visit.close()
    shutil.copyfile(lab[1] / "saved.ipynb", lab[1] / "reopened.ipynb")
    again = opened("reopened.ipynb")
    figure = again.figure(0)
    assert number(figure, "square") == 9.0
    wait_until(lambda: "run this cell" in figure.inner_text().lower(), 20, "nothing said that the cell must be run")


def test_a_figure_says_that_its_kernel_has_gone_and_lives_again_when_run(opened):
    book = opened("dies.ipynb", CELL_FIGURE)
    book.run_all()
    figure = book.figure(0)
    assert number(figure, "square") == 1.0
    book.page.evaluate("""async () => {
      const session = window.jupyterapp.shell.currentWidget.sessionContext;
      await session.restartKernel();
    }""")
    wait_until(
        lambda: re.search(r"kernel", figure.inner_text(), re.I) is not None,
        30,
        "the figure did not say that its kernel is gone",
    )
    assert number(figure, "square") == 1.0
    book.run_all()
    wait_until(lambda: not re.search(r"kernel", book.figure(0).inner_text(), re.I), 30)
    move(book.figure(0), "mean of Q", "End", 1)
    wait_until(lambda: number(book.figure(0), "square") == 9.0)


def test_the_courses_first_notebook_runs_and_its_run_plays(opened, lab):
    shutil.copyfile(ROOT / "chapters" / "01_distributions.ipynb", lab[1] / "01_distributions.ipynb")
    book = opened("01_distributions.ipynb")
    book.run_all()
    figure = book.page.locator(".lk-figure", has_text="One bell curve for two humps")
    figure.wait_for(timeout=120_000)
    book.finished(180)  # until the cells below it have run, the kernel answers no figure
    figure.scroll_into_view_if_needed()
    handle = figure.get_by_role("slider", name="start at mean")
    assert handle.count() == 1, "a label names the slider of another figure"
    cells = book.page.locator(".jp-Notebook .jp-Cell").count()
    handle.click()
    handle.press("Home")
    for key in ("ArrowRight", "ArrowRight", "x", "d", "d"):  # for JupyterLab: fold a heading, cut or delete the cell
        handle.press(key)
    wait_until(lambda: float(handle.input_value()) > float(handle.get_attribute("min")), 10, "the arrow did nothing")
    assert book.page.locator(".jp-Notebook .jp-Cell").count() == cells
    figure.get_by_role("button", name="Show me").first.click()
    wait_until(lambda: number(figure, "KL(P‖Q)") < 0.56, 60)
    assert book.visit.outside == []
