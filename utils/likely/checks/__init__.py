"""Numbers and answers that are held: `expect` for a number of a notebook, and one module of checks for each chapter.

>>> from likely.checks import distributions as check
>>> check.entropy(entropy)  # a verdict on the reader's function `entropy`
"""

from likely.checks.exercises import Exercise, WrongIdea, make_check
from likely.checks.expectation import STRICT, Expectation, MissedExpectation, expect
from likely.checks.verdict import Verdict, WrongAnswer

__all__ = [
    "STRICT",
    "Exercise",
    "Expectation",
    "MissedExpectation",
    "Verdict",
    "WrongAnswer",
    "WrongIdea",
    "expect",
    "make_check",
]
