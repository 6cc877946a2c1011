"""Train a chapter's shipped weights again: make train 02 (ARGS="--only NAME" some; --anew accepts new numbers)."""

from __future__ import annotations

import argparse

from likely.cli import ROOT, Problem


def main(arguments: list[str]) -> None:
    from likely.training.recipes import Recipe

    parser = argparse.ArgumentParser(prog="make train", description=__doc__)
    parser.add_argument("chapter", help="its number, such as 02")
    parser.add_argument("--only", metavar="NAME", help="the name of one recipe")
    parser.add_argument("--anew", action="store_true", help="write the weights even if their numbers have changed")
    options = parser.parse_args(arguments)
    missed = []
    for recipe in chosen(options.chapter, options.only, Recipe):
        path, lines = recipe.make(anew=options.anew)
        print("\n".join(lines))
        if path:
            print(f"Written: {path.relative_to(ROOT).as_posix()}, {path.stat().st_size / 1e6:.2f} MB")
        else:
            missed.append(recipe.name)
    if missed:
        raise Problem(
            f"Not written: {', '.join(missed)}. The numbers are not those of the manifest. Where the recipe is meant "
            f'to give these now: make train {options.chapter} ARGS="--anew"'
        )


def chosen(chapter: str, only: str | None, kind: type) -> list:
    """The recipes or recorded runs of a chapter. Raises Problem if there are none."""
    from likely.training.recipes import of_chapter

    try:
        found = [thing for thing in of_chapter(chapter) if isinstance(thing, kind)]
    except LookupError as error:
        raise Problem(f"{error.args[0][0].upper()}{error.args[0][1:]}.") from None
    names = [thing.name for thing in found]
    found = [thing for thing in found if only is None or only in (thing.name, thing.name.partition("_")[2])]
    if not found:
        what = f"is no {only}" if only and names else "is nothing of this kind"
        raise Problem(f"There {what} in chapter {chapter}{': ' + ', '.join(names) if names else ''}.")
    return found
