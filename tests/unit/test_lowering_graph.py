"""What is refused and how; names and borders of the model; the graph holds no pointless nodes."""

import subprocess
import sys
from collections import Counter

import jax
import jax.numpy as jnp
import numpy as np
import onnx
import pytest
from jax import lax
from lowering_both_hosts import agree_everywhere, lower, trace

from likely import lowering

X = np.arange(6, dtype=np.float32).reshape(2, 3)


def operators(function, *arrays):
    """How often each operator stands in the program, its loops and branches."""

    def nodes(graph):
        for node in graph.node:
            yield node.op_type
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.GRAPH:
                    yield from nodes(attribute.g)

    return Counter(nodes(onnx.load_from_string(lower(function, arrays)).graph))


def refusal(function, *arrays):
    with pytest.raises(lowering.Unsupported) as caught:
        lowering.check(trace(function, arrays))
    return caught.value


def test_message():
    def author(x):
        y = x + 1
        return jnp.linalg.det(jnp.eye(4) * y)  # the line that is named

    error = refusal(author, np.float32(1))
    assert error.primitive == "lu"
    assert error.where.startswith("test_lowering_graph.py:")
    assert "(test_message.<locals>.author)" in error.where
    assert "the line that is named" in str(error)
    assert "Instead: " in str(error)


def test_line_of_the_second_call():
    """A library's jitted function is traced once, and knows only its first caller; the message names this one."""

    def author(x):
        return jnp.linalg.det(jnp.eye(4) + x)  # the second caller

    jax.make_jaxpr(lambda x: jnp.linalg.det(jnp.eye(4) + x))(1.0)  # the first
    assert "the second caller" in str(refusal(author, np.float32(1)))


def test_line_inside_the_authors_own_jit():
    @jax.jit
    def inner(x):
        return jnp.fft.fft(x)  # inside

    assert "inside" in str(refusal(lambda x: jnp.abs(inner(x)), X))


def test_line_inside_loops_and_derivatives():
    def author(x):
        return lax.fori_loop(0, 30, lambda i, x: jnp.linalg.inv(x), x).sum()  # in the loop

    assert "in the loop" in str(refusal(jax.grad(author), np.eye(3, dtype=np.float32)))


def test_line_in_a_notebook():
    source = "def look(x):\n    return jnp.linalg.det(x)\n"
    names = {"jnp": jnp}
    exec(compile(source, "/tmp/ipykernel_123/456.py", "exec"), names)
    error = refusal(names["look"], np.eye(4, dtype=np.float32))
    assert error.where.startswith("cell line 2 (look)")


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "int8", "uint8", "int16"])
def test_dtypes_refused(dtype):
    assert dtype in str(refusal(lambda x: x.astype(dtype).astype(jnp.float32), X))
    assert dtype in str(refusal(lambda x: x, jnp.zeros(3, dtype)))


REFUSED = {
    "random_gamma": lambda x: jax.random.gamma(jax.random.key(0), x),
    "random_bits": lambda x: jax.random.bits(jax.random.key(0), (3,), "uint8").astype(jnp.float32),
    "reduce_precision": lambda x: lax.reduce_precision(x, 8, 7),
    "cholesky": lambda x: jnp.linalg.cholesky(jnp.eye(9) + x.sum()),
    "debug_callback": lambda x: jax.debug.callback(print, x),
    "pure_callback": lambda x: jax.pure_callback(np.sin, jax.ShapeDtypeStruct(x.shape, x.dtype), x),
    "igamma": lambda x: jax.scipy.special.gammainc(1.0, x),
    "qr": lambda x: jnp.linalg.qr(x)[0],
    "reduce_window_max": lambda x: lax.reduce_window(x > 1, False, lax.max, (1, 2), (1, 1), "VALID"),
    "conv_general_dilated": lambda x: lax.conv(
        x.astype(jnp.int32)[None, None], jnp.ones((1, 1, 2, 2), jnp.int32), (1, 1), "SAME"
    ),
    "dot_general": lambda x: lax.dot(x.astype(jnp.int32), x.T.astype(jnp.int32), preferred_element_type=jnp.float32),
}


@pytest.mark.parametrize("primitive", REFUSED)
def test_refused(primitive):
    error = refusal(REFUSED[primitive], X)
    assert error.primitive == primitive
    assert "test_lowering_graph.py:" in error.where


def test_other_generators_refused():
    assert "key<rbg>" in str(refusal(lambda x: jax.random.normal(jax.random.key(0, impl="rbg"), (3,)) + x[0], X))


def test_typed_key_at_the_border():
    with pytest.raises(lowering.Unsupported, match="key_data"):
        lowering.check(jax.make_jaxpr(lambda k: jax.random.normal(k))(jax.random.key(0)))


def test_check_does_not_import_onnx():
    program = (
        "import sys, jax, jax.numpy as jnp\nfrom likely import lowering\n"
        "lowering.check(jax.make_jaxpr(lambda x: jnp.sin(x) @ x.T)(jnp.ones((2, 3))))\n"
        "assert not [m for m in sys.modules if m.startswith('onnx')]\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_names_and_types_of_the_border():
    def function(x, word, unused, flag):
        return x + 1, word, jnp.ones(3), flag, flag

    arrays = [X, np.array([3, 2**32 - 1], np.uint32), np.int32(1), np.array([True, False])]
    names = ["x", "t0", "c1", "flag"]  # also names that the lowering would choose
    outputs = ["y", "t1", "ones", "flag 1", "t2"]
    model = lowering.lower(trace(function, arrays), names, outputs, name="borders")
    graph = onnx.load_from_string(model).graph
    assert graph.name == "borders"
    assert [i.name for i in graph.input] == names
    assert [o.name for o in graph.output] == outputs
    kinds = [onnx.helper.tensor_dtype_to_np_dtype(i.type.tensor_type.elem_type) for i in graph.input]
    assert kinds == [np.float32, np.uint32, np.int32, bool]
    differences = lowering.parity(trace(function, arrays), model, arrays)
    assert [d.output_name for d in differences] == outputs
    assert all(d.max_error == 0 for d in differences)


@pytest.mark.parametrize("names", [(["x"], ["y"]), (["x", "x"], ["y"]), (["x", "y"], ["y"]), (["x", ""], ["y"])])
def test_names_that_do_not_match(names):
    with pytest.raises(ValueError, match="names"):
        lowering.lower(trace(lambda x, y: x + y, [X, X]), *names)


def test_parity_counts_nan_and_infinities_as_equal():
    different = lowering.parity(
        jax.make_jaxpr(lambda x: (jnp.log(x), x > 0))(X), lower(lambda x: (jnp.log(x + 1), x > 1), [X]), [X]
    )
    assert different[0].max_error == np.inf  # -inf against 0
    assert different[1].max_error == 1
    same = lowering.parity(trace(lambda x: jnp.log(x - 1), [X]), lower(lambda x: jnp.log(x - 1), [X]), [X])
    assert same[0].relative < 1e-6


def test_no_pointless_nodes():
    assert operators(lambda x: x * 1 + 0, X) == {"Identity": 1}
    assert operators(lambda x: x.T.T.reshape(6).reshape(2, 3), X) == {"Identity": 1}
    assert operators(lambda x: x + jnp.ones((2, 3)) * jnp.arange(3.0), X) == {"Add": 1}
    assert operators(lambda x: jnp.broadcast_to(x.sum(1, keepdims=True), (2, 3)) / 3 - x, X).keys() == {
        "ReduceSum", "Reshape", "Div", "Sub"
    }  # fmt: skip
    assert operators(lambda x: (jnp.sin(x), jnp.sin(x)), X) == {"Sin": 1, "Identity": 1}
    assert operators(lambda x, w, b: x @ w + b, X, X.T, X[0, :2]) == {"MatMul": 1, "Add": 1}
    assert operators(lambda x, y: x.T @ y, X, X) == {"Gemm": 1}
    assert operators(jax.nn.relu, X) == {"Max": 1}
    assert operators(lambda x, i: x[i % 2], X, np.int32(1))["Expand"] == 0


def test_loops_keep_only_what_changes():
    def function(x, w):
        return lax.fori_loop(0, 1000, lambda i, x: jnp.tanh(x @ (w * 2).T), x)

    (loop,) = [n for n in onnx.load_from_string(lower(function, [X, np.eye(3, dtype=np.float32)])).graph.node
               if n.op_type == "Loop"]  # fmt: skip
    body = next(a.g for a in loop.attribute if a.name == "body")
    assert "Mul" not in {n.op_type for n in body.node}
    agree_everywhere(function, X, np.eye(3, dtype=np.float32))


def test_branches_keep_their_work():
    def function(x, i):
        return lax.cond(i > 0, lambda: jnp.sin(x), lambda: jnp.cos(x))

    graph = onnx.load_from_string(lower(function, [X, np.int32(1)])).graph
    assert not {"Sin", "Cos"} & {n.op_type for n in graph.node}


def test_large_constants_are_stored_once_and_small_products_of_them_are_computed():
    weights = np.random.default_rng(0).standard_normal((100, 100)).astype(np.float32)
    model = lower(lambda x: (x @ weights, x @ weights @ weights), [weights[:2]])
    assert len(model) < 1.1 * weights.nbytes
    assert len(lower(lambda x: x[0, 0] + jnp.zeros((500, 500)) + jnp.arange(500.0), [X])) < 10_000


def test_a_large_random_draw_is_not_a_large_model():
    assert (
        len(lower(lambda k: jax.random.normal(jax.random.wrap_key_data(k), (100_000,)), [np.zeros(2, np.uint32)]))
        < 30_000
    )


def test_closed_over_arrays():
    table = jnp.arange(5.0)
    words, flags = np.array([1, 2**32 - 1], np.uint32), np.array([True, False])
    keys = jax.random.split(jax.random.key(3), 4)
    agree_everywhere(lambda x: (x + table[1], words + x[0, 0].astype(jnp.uint32), flags, jax.random.normal(keys[2])), X)


def test_primitives_are_listed():
    assert {"sin", "scan", "scatter-add", "conv_general_dilated"} <= set(lowering.primitives())
