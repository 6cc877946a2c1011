"""ONNX operators as functions of tensors, with what ONNX Runtime's CPU kernels need to agree with XLA.

`x + y`, `x < y`, `~x` … work on tensors too. Python and NumPy numbers take the dtype of the tensor beside them.
uint32 values are carried as int32 with the same bits, because ONNX Runtime in the page has little uint32 arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from likely.lowering.graph import BOOL, DOUBLE, FLOAT, INT, LONG, UNSIGNED, Graph, Tensor

INT_MIN, INT_MAX = -(2**31), 2**31 - 1

# ---- elementwise -----------------------------------------------------------------------------------------------

_FLOAT_FUNCTIONS = dict(
    Exp=np.exp, Log=np.log, Sqrt=np.sqrt, Sin=np.sin, Cos=np.cos, Tan=np.tan, Tanh=np.tanh, Sinh=np.sinh,
    Cosh=np.cosh, Asin=np.arcsin, Acos=np.arccos, Atan=np.arctan, Asinh=np.arcsinh, Acosh=np.arccosh,
    Atanh=np.arctanh, Erf=np.vectorize(math.erf, otypes=[np.float64]),
)  # fmt: skip
_EXACT_FUNCTIONS = dict(
    Neg=np.negative, Abs=np.abs, Sign=np.sign, Floor=np.floor, Ceil=np.ceil, Round=np.rint,
    Reciprocal=np.reciprocal, Not=np.logical_not, BitwiseNot=np.invert,
)  # fmt: skip
_BINARY = dict(
    Add=np.add, Sub=np.subtract, Mul=np.multiply, Max=np.maximum, Min=np.minimum, Pow=np.power,
    And=np.logical_and, Or=np.logical_or, Xor=np.logical_xor,
    BitwiseAnd=np.bitwise_and, BitwiseOr=np.bitwise_or, BitwiseXor=np.bitwise_xor,
    Equal=np.equal, Less=np.less, LessOrEqual=np.less_equal, Greater=np.greater, GreaterOrEqual=np.greater_equal,
)  # fmt: skip
_COMPARISONS = {"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"}
_NEUTRAL = {"Add": 0, "Mul": 1, "And": True, "Or": False, "BitwiseOr": 0, "BitwiseXor": 0}  # 0 + x, 1 · x
_NEUTRAL_RIGHT = {**_NEUTRAL, "Sub": 0, "Div": 1}  # x - 0, x / 1


def tensors(*values, dtype=None) -> list[Tensor]:
    """Numbers beside tensors become constants of the tensors' dtype."""
    beside = next(v for v in values if isinstance(v, Tensor))
    dtype = dtype or beside.dtype
    return [v if isinstance(v, Tensor) else beside.builder.constant(v, dtype) for v in values]


def is_constant(x: Tensor, value) -> bool:
    """True when every element of x is known while lowering to equal value."""
    return x.value is not None and bool(np.all(x.value == value))


def unary(operator: str, x: Tensor, dtype=None) -> Tensor:
    if operator in _FLOAT_FUNCTIONS:
        function = _FLOAT_FUNCTIONS[operator]

        def fold(v):  # in double precision, then rounded
            return function(v.astype(np.float64))
    else:
        fold = _EXACT_FUNCTIONS[operator]
    return x.builder.emit(operator, [x], [(dtype or x.dtype, x.shape)], fold)[0]


def binary(operator: str, x, y) -> Tensor:
    """An operator that broadcasts its two inputs as NumPy does."""
    x, y = tensors(x, y)
    shape = np.broadcast_shapes(x.shape, y.shape)
    if x.shape == shape and operator in _NEUTRAL_RIGHT and is_constant(y, _NEUTRAL_RIGHT[operator]):
        return x
    if y.shape == shape and operator in _NEUTRAL and is_constant(x, _NEUTRAL[operator]):
        return y
    dtype = BOOL if operator in _COMPARISONS else x.dtype
    fold = _BINARY.get(operator)
    if operator == "Div":
        fold = np.divide if x.dtype.kind == "f" else _truncated_division
    return x.builder.emit(operator, [x, y], [(dtype, shape)], fold)[0]


def _truncated_division(x, y):
    return np.trunc(x.astype(np.float64) / y).astype(np.int64)  # exact for 32-bit integers


def add(x, y) -> Tensor:
    return binary("Add", x, y)


def subtract(x, y) -> Tensor:
    return binary("Sub", x, y)


def multiply(x, y) -> Tensor:
    return binary("Mul", x, y)


def divide(x, y) -> Tensor:
    """Float division. Of integers: truncated, and y must be known to be neither 0 nor -1."""
    return binary("Div", x, y)


def remainder(x, y) -> Tensor:
    """The remainder with the sign of x, as C's fmod. Of integers: y must be known not to be 0."""
    x, y = tensors(x, y)
    shape = np.broadcast_shapes(x.shape, y.shape)
    return x.builder.emit("Mod", [x, y], [(x.dtype, shape)], np.fmod, fmod=1)[0]


def maximum(x, y) -> Tensor:
    return binary("Max", x, y)


def minimum(x, y) -> Tensor:
    return binary("Min", x, y)


def power(x, y) -> Tensor:
    return binary("Pow", x, y)


def equal(x, y) -> Tensor:
    return binary("Equal", x, y)


def both(x, y) -> Tensor:
    """Logical and, or bitwise and, by dtype."""
    x, y = tensors(x, y)
    return binary("And" if x.dtype == BOOL else "BitwiseAnd", x, y)


def either(x, y) -> Tensor:
    """Logical or, or bitwise or, by dtype."""
    x, y = tensors(x, y)
    return binary("Or" if x.dtype == BOOL else "BitwiseOr", x, y)


def differ(x, y) -> Tensor:
    """Exclusive or, logical or bitwise, by dtype."""
    x, y = tensors(x, y)
    return binary("Xor" if x.dtype == BOOL else "BitwiseXor", x, y)


def invert(x: Tensor) -> Tensor:
    """Logical or bitwise not, by dtype."""
    if x.dtype == BOOL and x.node is not None and x.node.operator == "Not":
        return x.node.inputs[0]
    return unary("Not" if x.dtype == BOOL else "BitwiseNot", x)


def absolute(x: Tensor) -> Tensor:
    return unary("Abs", x)


def exponential(x: Tensor) -> Tensor:
    return unary("Exp", x)


def logarithm(x: Tensor) -> Tensor:
    return unary("Log", x)


def is_nan(x: Tensor) -> Tensor:
    return x.builder.emit("IsNaN", [x], [(BOOL, x.shape)], np.isnan)[0]


def is_negative(x: Tensor) -> Tensor:
    """The sign bit of a float: true for -0.0, false for NaN."""
    return where(equal(x, 0.0), unary("Reciprocal", x), x) < 0.0


def sign_factor(x: Tensor) -> Tensor:
    """-1.0 where the sign bit is set, else 1.0."""
    return where(is_negative(x), -1.0, 1.0)


def cast(x: Tensor, dtype) -> Tensor:
    """Convert within the values that both dtypes hold; float to integer truncates."""
    dtype = np.dtype(dtype)
    if x.dtype == dtype:
        return x
    if x.node is not None and x.node.operator == "Cast":
        source = x.node.inputs[0]
        if source.dtype == dtype and (dtype == BOOL or {dtype, x.dtype} == {INT, UNSIGNED}):
            return source  # bool -> number -> bool, or the same 32 bits there and back
    return x.builder.emit("Cast", [x], [(dtype, x.shape)], lambda v: v.astype(dtype), to=dtype)[0]


def where(condition: Tensor, x, y) -> Tensor:
    """x where the condition holds, else y. In ONNX Runtime -0.0 comes out as 0.0."""
    if isinstance(x, Tensor) or isinstance(y, Tensor):
        x, y = tensors(x, y)
    else:
        x, y = tensors(condition, x, y, dtype=FLOAT if isinstance(x, float) else INT)[1:]
    shape = np.broadcast_shapes(condition.shape, x.shape, y.shape)
    for known, chosen in ((True, x), (False, y)):
        if is_constant(condition, known) and chosen.shape == shape:
            return chosen
    if x is y and x.shape == shape:
        return x
    if x.dtype == BOOL:  # ONNX Runtime has no Where for bool
        return either(both(condition, x), both(invert(condition), y))
    return x.builder.emit("Where", [condition, x, y], [(x.dtype, shape)], np.where)[0]


# ---- bits and unsigned words, carried as int32 -------------------------------------------------------------------


def shift_left(x: Tensor, places) -> Tensor:
    """Bits moved up; by 32 places or more: 0. Places are read as unsigned."""
    if not isinstance(places, Tensor) or places.value is not None:
        places = np.asarray(places.value if isinstance(places, Tensor) else places)
        factors = np.where((places >= 0) & (places < 32), np.int64(1) << (places & 31), 0)
        return multiply(x, factors.astype(np.int64).astype(np.int32))
    return _shift(x, places, "LEFT", np.left_shift)


def shift_right(x: Tensor, places) -> Tensor:
    """Bits moved down, zeros from above; by 32 places or more: 0. Places are read as unsigned."""
    return _shift(x, tensors(x, places)[1], "RIGHT", np.right_shift)


def _shift(x, places, direction, fold):
    shape = np.broadcast_shapes(x.shape, places.shape)
    in_word = both(greater_equal(places, 0), places < 32)
    if is_constant(in_word, False):
        return x.builder.constant(np.zeros((), INT))
    safe = cast(where(in_word, places, 0), UNSIGNED)  # a shift by 32 or more is undefined in ONNX Runtime
    word = cast(x, UNSIGNED)
    moved = cast(x.builder.emit("BitShift", [word, safe], [(UNSIGNED, shape)], fold, direction=direction)[0], INT)
    return where(in_word, moved, 0)


def rotate_left(word: Tensor, places: int) -> Tensor:
    """The bits of a uint32 (not one carried as int32) moved in a circle."""
    moved = []
    for direction, distance, fold in (("LEFT", places, np.left_shift), ("RIGHT", 32 - places, np.right_shift)):
        inputs = tensors(word, distance)
        moved += word.builder.emit("BitShift", inputs, [(UNSIGNED, word.shape)], fold, direction=direction)
    return either(*moved)


def shift_right_arithmetic(x: Tensor, places) -> Tensor:
    """Bits moved down, copies of the sign from above; by 32 places or more: only the sign."""
    places = tensors(x, places)[1]
    in_word = both(greater_equal(places, 0), places < 32)
    sign = where(x < 0, -1, 0)
    return differ(shift_right(differ(x, sign), where(in_word, places, 31)), sign)


def as_unsigned(x: Tensor) -> Tensor:
    """The int64 value of a uint32 that is carried as int32."""
    return cast(cast(x, UNSIGNED), LONG)


def from_unsigned(x: Tensor) -> Tensor:
    """A non-negative int64 below 2³² as the int32 with the same bits."""
    return cast(cast(x, UNSIGNED), INT)


def in_unsigned_order(x: Tensor) -> Tensor:
    """int32 values whose signed order is the unsigned order of x's bits. Its own inverse."""
    return differ(x, INT_MIN)


def greater_equal(x, y) -> Tensor:
    return binary("GreaterOrEqual", x, y)


# ---- shape -------------------------------------------------------------------------------------------------------


def integers(x: Tensor, values: Sequence[int]) -> Tensor:
    """An int64 vector constant, as ONNX takes shapes and axes."""
    return x.builder.constant(np.array(list(values), np.int64).reshape(-1))


def reshape(x: Tensor, shape: Sequence[int]) -> Tensor:
    shape = tuple(int(d) for d in shape)
    if x.node is not None and x.node.operator == "Reshape":
        x = x.node.inputs[0]
    if x.shape == shape:
        return x
    attributes = {"allowzero": 1} if 0 in shape else {}
    target = integers(x, shape)
    return x.builder.emit("Reshape", [x, target], [(x.dtype, shape)], lambda v, s: v.reshape(shape), **attributes)[0]


def expand(x: Tensor, shape: Sequence[int]) -> Tensor:
    """Broadcast to the full shape."""
    shape = tuple(int(d) for d in shape)
    if x.shape == shape:
        return x
    if x.size == int(np.prod(shape)):
        return reshape(x, shape)
    target = integers(x, shape)
    return x.builder.emit("Expand", [x, target], [(x.dtype, shape)], lambda v, s: np.broadcast_to(v, shape))[0]


def transpose(x: Tensor, permutation: Sequence[int]) -> Tensor:
    permutation = tuple(int(d) for d in permutation)
    if x.node is not None and x.node.operator == "Transpose":
        inner = x.node.attributes["perm"]
        x, permutation = x.node.inputs[0], tuple(inner[d] for d in permutation)
    moved = [d for d in permutation if x.shape[d] != 1]
    if moved == sorted(moved):  # only dimensions of size 1 move
        return reshape(x, [x.shape[d] for d in permutation])
    if x.dtype == FLOAT and len(x.shape) == 2 and x.node is not None and x.node.operator in ("MatMul", "Gemm"):
        left, right = x.node.inputs  # (x y)ᵀ = yᵀ xᵀ
        turned = x.node.attributes
        return matmul(right, left, not turned.get("transB", 0), not turned.get("transA", 0))
    shape = tuple(x.shape[d] for d in permutation)
    return x.builder.emit("Transpose", [x], [(x.dtype, shape)], lambda v: v.transpose(permutation), perm=permutation)[0]


def concatenate(parts: Sequence[Tensor], axis: int) -> Tensor:
    parts = [x for x in parts if x.shape[axis] > 0] or list(parts[:1])
    if len(parts) == 1:
        return parts[0]
    shape = list(parts[0].shape)
    shape[axis] = sum(x.shape[axis] for x in parts)
    output = (parts[0].dtype, tuple(shape))
    return parts[0].builder.emit("Concat", parts, [output], lambda *v: np.concatenate(v, axis), axis=int(axis))[0]


def stack(parts: Sequence[Tensor], axis: int = 0) -> Tensor:
    return concatenate([reshape(x, (*x.shape[:axis], 1, *x.shape[axis:])) for x in parts], axis)


def slice_(x: Tensor, starts: Sequence[int], ends: Sequence[int], strides: Sequence[int] | None = None) -> Tensor:
    """x[starts:ends:strides], one entry for each axis, positive strides."""
    strides = strides or [1] * len(starts)
    # (start, end, stride) of the axes that change
    changed = {
        axis: (int(b), int(e), int(s))
        for axis, (b, e, s) in enumerate(zip(starts, ends, strides, strict=True))
        if (b, e, s) != (0, x.shape[axis], 1)
    }
    if not changed:
        return x
    shape = list(x.shape)
    index = [slice(None)] * len(shape)
    for axis, (b, e, s) in changed.items():
        shape[axis] = max(0, -(-(e - b) // s))
        index[axis] = slice(b, e, s)
    vectors = [integers(x, column) for column in zip(*changed.values(), strict=True)]
    inputs = [x, vectors[0], vectors[1], integers(x, changed), vectors[2]]
    return x.builder.emit("Slice", inputs, [(x.dtype, tuple(shape))], lambda v, *_: v[tuple(index)])[0]


def slice_axis(x: Tensor, axis: int, start: int, end: int) -> Tensor:
    starts, ends = [0] * len(x.shape), list(x.shape)
    starts[axis], ends[axis] = start, end
    return slice_(x, starts, ends)


def reverse(x: Tensor, axes: Sequence[int]) -> Tensor:
    axes = [int(a) for a in axes if x.shape[a] > 1]
    if not axes:
        return x
    n = len(axes)
    inputs = [x, integers(x, [-1] * n), integers(x, [INT_MIN] * n), integers(x, axes), integers(x, [-1] * n)]
    return x.builder.emit("Slice", inputs, [(x.dtype, x.shape)], lambda v, *_: np.flip(v, axes))[0]


def pad(x: Tensor, value: Tensor, before: Sequence[int], after: Sequence[int]) -> Tensor:
    """Non-negative edges filled with a scalar."""
    if not any(before) and not any(after):
        return x
    shape = tuple(int(b + d + a) for b, d, a in zip(before, x.shape, after, strict=True))
    widths = integers(x, [*before, *after])
    value = reshape(value, ())

    def fold(v, w, c):
        return np.pad(v, list(zip(before, after, strict=True)), constant_values=c)

    return x.builder.emit("Pad", [x, widths, value], [(x.dtype, shape)], fold)[0]


def split(x: Tensor, sizes: Sequence[int], axis: int) -> list[Tensor]:
    if len(sizes) == 1:
        return [x]
    if x.value is not None:
        ends = np.cumsum(sizes)
        return [slice_axis(x, axis, int(e - s), int(e)) for s, e in zip(sizes, ends, strict=True)]
    shapes = [(*x.shape[:axis], int(s), *x.shape[axis + 1 :]) for s in sizes]
    outputs = [(x.dtype, s) for s in shapes]
    return list(x.builder.emit("Split", [x, integers(x, sizes)], outputs, axis=int(axis)))


def count(builder, size: int) -> Tensor:
    """0, 1, …, size - 1 as int32; computed in the page when long."""
    if size <= 1024:
        return builder.constant(np.arange(size, dtype=np.int32))
    ends = [builder.constant(np.int32(v)) for v in (0, size, 1)]
    return builder.emit("Range", ends, [(INT, (size,))])[0]


# ---- indexing ----------------------------------------------------------------------------------------------------


def take(x: Tensor, indices: Tensor, axis: int) -> Tensor:
    """Whole slices of x along one axis; indices must be in bounds."""
    shape = x.shape[:axis] + indices.shape + x.shape[axis + 1 :]
    return x.builder.emit("Gather", [x, indices], [(x.dtype, shape)], lambda v, i: np.take(v, i, axis), axis=int(axis))[
        0
    ]


def take_along(x: Tensor, indices: Tensor, axis: int) -> Tensor:
    output = (x.dtype, indices.shape)
    return x.builder.emit("GatherElements", [x, indices], [output], axis=int(axis))[0]


def dynamic_slice(x: Tensor, starts: Tensor, axes: Sequence[int], sizes: Sequence[int]) -> Tensor:
    """`sizes` elements of x along `axes` from `starts` (a vector), which must be in bounds."""
    shape = list(x.shape)
    for axis, size in zip(axes, sizes, strict=True):
        shape[axis] = size
    ends = starts + x.builder.constant(np.array(sizes, starts.dtype))
    axes = x.builder.constant(np.array(axes, starts.dtype))
    return x.builder.emit("Slice", [x, starts, ends, axes], [(x.dtype, tuple(shape))])[0]


def scatter(x: Tensor, indices: Tensor, updates: Tensor, reduction: str) -> Tensor:
    """Write slices: indices (…, k) int64 name the first k axes of x. In order, so that the last of equals wins."""
    if x.dtype == BOOL:
        return cast(scatter(cast(x, INT), indices, cast(updates, INT), reduction), BOOL)
    attributes = {} if reduction == "none" else {"reduction": reduction}
    return x.builder.emit("ScatterND", [x, indices, updates], [(x.dtype, x.shape)], **attributes)[0]


def largest(x: Tensor, k: int, axis: int, smallest: bool = False) -> tuple[Tensor, Tensor]:
    """The k largest values in order and their positions (int32); the earlier of equals first. No NaN."""
    shape = (*x.shape[:axis], k, *x.shape[axis + 1 :])
    outputs = [(x.dtype, shape), (LONG, shape)]
    attributes = {"axis": int(axis), "largest": int(not smallest)}
    values, positions = x.builder.emit("TopK", [x, integers(x, [k])], outputs, **attributes)
    return values, positions


# ---- reductions --------------------------------------------------------------------------------------------------

_REDUCTIONS = dict(ReduceSum=np.add, ReduceMax=np.maximum, ReduceMin=np.minimum, ReduceProd=np.multiply)


def reduce(operator: str, x: Tensor, axes: Sequence[int]) -> Tensor:
    """ReduceSum and ReduceProd, which saturate for integers; ReduceMax and ReduceMin of what holds no NaN."""
    axes = sorted(int(a) for a in axes)
    shape = tuple(d for a, d in enumerate(x.shape) if a not in axes)
    if all(x.shape[a] == 1 for a in axes):
        return reshape(x, shape)

    def fold(v, _):  # in the dtype of v: NumPy would widen a sum of int32
        return _REDUCTIONS[operator].reduce(v, axis=tuple(axes), dtype=v.dtype)

    return x.builder.emit(operator, [x, integers(x, axes)], [(x.dtype, shape)], fold, keepdims=0)[0]


def argument(operator: str, x: Tensor, axis: int) -> Tensor:
    """ArgMax or ArgMin of what holds no NaN: the first of equals, int32."""
    shape = tuple(d for a, d in enumerate(x.shape) if a != axis)
    return cast(x.builder.emit(operator, [x], [(LONG, shape)], axis=int(axis), keepdims=0)[0], INT)


def order_key(x: Tensor, nan: float) -> Tensor:
    """Numbers in the order of x without NaN: NaN becomes ±inf (`nan`), beyond the infinities, which become ±1e300."""
    if x.dtype != FLOAT:
        return cast(x, INT)
    wide = cast(x, DOUBLE)
    bounded = minimum(wide, 1e300) if nan > 0 else maximum(wide, -1e300)
    return where(is_nan(x), tensors(wide, nan)[1], bounded)


def running_sum(x: Tensor, axis: int, reverse: bool) -> Tensor:
    where_ = x.builder.constant(np.int64(axis))
    return x.builder.emit("CumSum", [x, where_], [(x.dtype, x.shape)], reverse=int(reverse))[0]


# ---- products ----------------------------------------------------------------------------------------------------


def matmul(x: Tensor, y: Tensor, turn_x: bool = False, turn_y: bool = False) -> Tensor:
    """(…, n, k) x (…, k, m) -> (…, n, m), leading dimensions broadcast. Float32 matrices may be read transposed."""
    if x.dtype == FLOAT and len(x.shape) == len(y.shape) == 2:
        (x, turn_x), (y, turn_y) = _untransposed(x, turn_x), _untransposed(y, turn_y)
        if turn_x or turn_y:
            shape = (x.shape[1] if turn_x else x.shape[0], y.shape[0] if turn_y else y.shape[1])
            attributes = {"transA": int(turn_x), "transB": int(turn_y)}
            return x.builder.emit("Gemm", [x, y], [(x.dtype, shape)], **attributes)[0]
    shape = (*np.broadcast_shapes(x.shape[:-2], y.shape[:-2]), x.shape[-2], y.shape[-1])
    return x.builder.emit("MatMul", [x, y], [(x.dtype, shape)])[0]


def _untransposed(x: Tensor, turned: bool) -> tuple[Tensor, bool]:
    """A matrix as it was before a Transpose, and whether it is to be read transposed."""
    if x.node is not None and x.node.operator == "Transpose":
        return x.node.inputs[0], not turned
    return x, turned


# ---- control flow ------------------------------------------------------------------------------------------------


def loop(builder, trips: Tensor | None, go: Tensor | None, carry: Sequence[Tensor], body, collected: Sequence):
    """ONNX's Loop: `body(step, *carry) -> (go, carry, rows)`; rows are collected along a new first axis.

    trips: int64 scalar, or None for no bound. go: bool scalar, or None to run all trips.
    collected: (dtype, shape of one row, number of rows) of each collected output.
    """
    with builder.subgraph() as graph:
        step = builder.input(LONG, ())
        going = builder.input(BOOL, ())
        state = [builder.input(x.dtype, x.shape) for x in carry]
        next_go, next_carry, rows = body(step, *state)
        builder.finish(graph, [going if next_go is None else next_go, *next_carry, *rows])
    outputs = [(x.dtype, x.shape) for x in carry] + [(d, (n, *s)) for d, s, n in collected]
    return list(builder.emit("Loop", [trips, go, *carry], outputs, body=graph))


def if_else(condition: Tensor, then, otherwise, outputs: Sequence) -> list[Tensor]:
    """ONNX's If: run one of two functions without arguments. outputs: (dtype, shape) of each result."""
    builder = condition.builder
    branches: list[Graph] = []
    for function in (then, otherwise):
        with builder.subgraph(is_branch=True) as graph:
            builder.finish(graph, function())
        branches.append(graph)
    return list(builder.emit("If", [condition], outputs, then_branch=branches[0], else_branch=branches[1]))


def _operators() -> None:
    """Python's operators on tensors."""
    for name, function in {
        "add": add, "sub": subtract, "mul": multiply, "truediv": divide,
        "and": both, "or": either, "xor": differ,
    }.items():  # fmt: skip
        setattr(Tensor, f"__{name}__", function)
        setattr(Tensor, f"__r{name}__", lambda x, y, f=function: f(y, x))
    Tensor.__neg__ = lambda x: unary("Neg", x)
    Tensor.__invert__ = invert
    Tensor.__lt__ = lambda x, y: binary("Less", x, y)
    Tensor.__gt__ = lambda x, y: binary("Greater", x, y)
    Tensor.__le__ = lambda x, y: binary("LessOrEqual", x, y)
    Tensor.__ge__ = lambda x, y: binary("GreaterOrEqual", x, y)


_operators()
