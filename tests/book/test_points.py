"""The page reads, keeps and feeds points as Python does."""

from __future__ import annotations

import json

import numpy as np
import pytest

from likely.cli import node
from likely.explorable import Points
from likely.explorable.points import Grid, resample

RANGES = [(-2, 2), (0, 1), (-1 / 3, 10), (1000, 1004), (-5e5, 7e5), (1e-8, 3e-8), (0, 4095), (0, 4096), (-1e7, 1e7)]
COUNTS = [1, 2, 3, 7, 100, 511, 512, 1023, 2047, 2048]
SCRIPT = """
const { load } = await import('./test/load.mjs');
const { feed, list, pack, placeOf, readList, unpack } = await load('points.ts');
let input = '';
for await (const part of process.stdin) input += part;
const back = (text, spec) => { const { places, problem } = readList(text, spec); return problem ?? pack(places); };
console.log(JSON.stringify(JSON.parse(input).map(({ spec, values, numbers }) => ({
  places: numbers.map(([x, y]) => [placeOf(spec.x, x), placeOf(spec.y, y)]),
  values: values.map((value) => {
    const places = unpack(value, spec);
    if (!places) return null;
    const lines = list(places, spec);
    return { fed: feed(value, spec), again: pack(places), lines, read: back(lines, spec) };
  }),
}))));
"""


def test_both_sides_keep_and_feed_the_same_points():
    rng = np.random.default_rng(0)
    cases = []
    for i, x in enumerate(RANGES):
        y = RANGES[(i + 1) % len(RANGES)]
        within = lambda n, x=x, y=y: rng.uniform((x[0], y[0]), (x[1], y[1]), (n, 2))  # noqa: E731
        ring = within(int(rng.integers(1, 3000)))
        points = Points(presets={"ring": ring, "two moons": within(40)}, x=x, y=y, count=int(rng.choice(COUNTS)))
        values = ["ring", "two moons", *(points.clean(within(n)) for n in COUNTS), *points.extremes()]
        cases.append((points, values, within(500)))
    sent = [
        dict(spec=points.spec("data"), values=[points.wire(value) for value in values], numbers=numbers.tolist())
        for points, values, numbers in cases
    ]
    command = ["node", "--input-type=module", "-e", SCRIPT]
    done = node.run(command, input=json.dumps(sent), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for (points, values, numbers), found in zip(cases, json.loads(done.stdout), strict=True):
        assert points._places(numbers).tolist() == found["places"]
        for value, got in zip(values, found["values"], strict=True):
            fed = points.feed(value)
            assert np.array_equal(np.float32(got["fed"]).reshape(-1, 2), fed)
            assert fed.shape == points.shape
            packed = points._packed.get(value) if isinstance(value, str) else points.wire(value)
            assert got["again"] == got["read"] == packed
            lines = [[float(number) for number in line.split(", ")] for line in got["lines"].splitlines()]
            assert lines == (points.clean(packed) if isinstance(value, str) else value)


def test_what_is_no_points_is_none_on_both_sides():
    points = Points(presets={"ring": [[0, 0]]}, y=(0, 1))
    most = "~" + "AAAA" * 2048
    wrong = f"|~|~AAA|~AAAAA|~AAA+|~AA=A|AAAA|rings|~AA__|~__AA|{most}AAAA|~\u00e9123"
    texts = wrong.split("|")
    sent = [dict(spec=points.spec("data"), values=[*texts, "ring", "~AAAA", most], numbers=[])]
    command = ["node", "--input-type=module", "-e", SCRIPT]
    done = node.run(command, input=json.dumps(sent), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)[0]["values"]
    assert found[: len(texts)] == [None] * len(texts)
    assert None not in found[len(texts) :]
    for text in texts:
        with pytest.raises(ValueError, match="points"):
            points.clean(text)


def test_places_are_round_numbers_within_the_range():
    for least, most in RANGES:
        grid = Grid.between(least, most)
        assert 1600 < grid.steps < 4096
        ends = grid.numbers(np.array([0, grid.steps]))
        step = grid.times / grid.over
        assert least - 1e-5 * step <= ends[0] < least + step
        assert most - step < ends[1] <= most + 1e-5 * step
        assert f"{step:.0e}"[0] in "125"


@pytest.mark.parametrize("n", [1, 3, 100, 512, 513, 1000, 2048])
def test_resampling_keeps_the_density_of_what_was_drawn(n):
    """Every part of the drawing has its share of the rows, to within one."""
    rows = resample(np.arange(n), 512)
    assert len(rows) == 512
    assert (np.diff(rows) >= 0).all()
    times = np.bincount(rows, minlength=n)
    assert times.max() - times.min() <= 1
    for cut in range(0, n + 1, max(1, n // 7)):
        assert abs((rows < cut).sum() - 512 * cut / n) < 1
