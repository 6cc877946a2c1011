"""Run the recorded runs of a chapter into results/: make results 02 (ARGS="--only NAME" runs one of them)."""

from __future__ import annotations

import argparse

from likely.cli.train import chosen


def main(arguments: list[str]) -> None:
    from likely.training.recipes import Recording

    parser = argparse.ArgumentParser(prog="make results", description=__doc__)
    parser.add_argument("chapter", help="its number, such as 02")
    parser.add_argument("--only", metavar="NAME", help="the name of one recorded run")
    options = parser.parse_args(arguments)
    for recording in chosen(options.chapter, options.only, Recording):
        made = recording.make()
        print(f"Written: results/{made.name}.json, {len(made.seeds)} seeds in {sum(made.seconds):.0f} s")
        for name, values in made.numbers.items():
            if values.ndim == 1:
                print(f"    {name}: {values.mean():.6g}, from {values.min():.6g} to {values.max():.6g}")
