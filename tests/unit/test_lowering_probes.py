"""The small programs of `lowering_probes`: each agrees with XLA, or is refused by name and with its author's line."""

import jax
import pytest
from lowering_both_hosts import agree_to_scale, as_tuple
from lowering_probes import FAMILIES, REFUSED

from likely import lowering

PROBES = [pytest.param(*case, id=f"{family}: {name}")
          for family, table in FAMILIES.items() for name, case in ((n, (c,)) for n, c in table.items())]  # fmt: skip


@pytest.mark.parametrize("case", PROBES)
def test_both_hosts_agree(case):
    function, *inputs = case
    agree_to_scale(function, *inputs, tolerance=1e-5)


def lower_any(closed_jaxpr):
    """Lower with made-up names."""
    counts = len(closed_jaxpr.in_avals), len(closed_jaxpr.out_avals)
    return lowering.lower(
        closed_jaxpr, *([f"{side}{k}" for k in range(n)] for side, n in zip("io", counts, strict=True))
    )


@pytest.mark.parametrize("name", REFUSED)
def test_refused_by_name_and_line(name):
    named, function, *inputs = REFUSED[name]

    def authors_function(*arrays):
        return function(*arrays)

    closed_jaxpr = jax.make_jaxpr(as_tuple(authors_function))(*inputs)
    messages = []
    for attempt in (lowering.check, lower_any):
        with pytest.raises(lowering.Unsupported) as refusal:
            attempt(closed_jaxpr)
        messages.append(str(refusal.value))
    assert messages[0] == messages[1]
    assert named in messages[0]
    assert "lowering_probes.py:" in messages[0] or "test_lowering_probes.py:" in messages[0]


def test_how_many():
    assert sum(map(len, FAMILIES.values())) + len(REFUSED) >= 150
