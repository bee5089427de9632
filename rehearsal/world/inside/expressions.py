"""CloudWatch's metric math, as far as this project's templates use it.

Arithmetic on series and numbers (`+ - * / ^`), and `FILL`, `SUM`, `MAX`, `MIN`, `ABS`, `CEIL` and
`FLOOR`. Between two series a moment counts only where both have a value.
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence

Series = dict[int, float]
Value = Series | float

_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: a / b if b else math.nan,
    ast.Pow: lambda a, b: a**b if a >= 0 or b == int(b) else math.nan,
}
_EACH: dict[str, Callable[[float], float]] = {"ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor}
_OVER: dict[str, Callable[[Sequence[float]], float]] = {"SUM": sum, "MAX": max, "MIN": min}


class UnknownExpressionError(ValueError):
    """The world cannot compute this; add it here."""


def evaluate(expression: str, series: Mapping[str, Series], moments: Sequence[int]) -> Value:
    """What the expression is worth at each moment.

    Args:
        expression: metric math.
        series: what each id in it stands for.
        moments: the start of each period in question, for `FILL`.

    Raises:
        UnknownExpressionError: it uses what the world does not know.
    """
    try:
        tree = ast.parse(expression.strip().replace("^", "**"), mode="eval")
    except SyntaxError as error:
        raise UnknownExpressionError(f"no metric math: {expression}") from error
    value = _value(tree.body, series, moments)
    if isinstance(value, dict):
        return {moment: each for moment, each in value.items() if math.isfinite(each)}
    return value


def _value(node: ast.expr, series: Mapping[str, Series], moments: Sequence[int]) -> Value:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name) if name in series:
            return series[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _pair(operator.mul, -1.0, _value(operand, series, moments))
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _BINARY:
            both = (_value(side, series, moments) for side in (left, right))
            return _pair(_BINARY[type(sign)], *both)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, arguments, series, moments)
    raise UnknownExpressionError(f"the world knows no {ast.unparse(node)} in metric math")


def _call(
    name: str, arguments: Sequence[ast.expr], series: Mapping[str, Series], moments: Sequence[int]
) -> Value:
    match name, arguments:
        case "FILL", [metric, filler]:
            return _fill(_value(metric, series, moments), filler, series, moments)
        case _, [ast.List(elts=elements)] if name in _OVER:
            return _over(_OVER[name], [_value(each, series, moments) for each in elements])
        case _, [argument] if name in _EACH:
            return _pair(lambda a, _: _EACH[name](a), _value(argument, series, moments), 0.0)
    raise UnknownExpressionError(f"the world knows no {name} of {len(arguments)} in metric math")


def _pair(apply: Callable[[float, float], float], left: Value, right: Value) -> Value:
    match left, right:
        case dict(), dict():
            return {at: apply(left[at], right[at]) for at in sorted(left.keys() & right.keys())}
        case dict(), float():
            return {at: apply(each, right) for at, each in left.items()}
        case float(), dict():
            return {at: apply(left, each) for at, each in right.items()}
        case float(), float():
            return float(apply(left, right))
    raise TypeError(left, right)


def _fill(
    value: Value, with_: ast.expr, series: Mapping[str, Series], moments: Sequence[int]
) -> Value:
    if not isinstance(value, dict):
        raise UnknownExpressionError("FILL takes a series")
    filled: Series = {}
    last: float | None = None
    repeat = isinstance(with_, ast.Name) and with_.id == "REPEAT"
    filler = None if repeat else _value(with_, series, moments)
    for moment in sorted({*moments, *value}):
        missing = filler.get(moment) if isinstance(filler, dict) else filler
        last = value.get(moment, last if repeat else missing)
        if last is not None:
            filled[moment] = last
    return filled


def _over(apply: Callable[[Sequence[float]], float], values: Sequence[Value]) -> Value:
    """One series of several; a moment counts where any of them has a value."""
    several = [each for each in values if isinstance(each, dict)]
    if len(several) != len(values):
        raise UnknownExpressionError("SUM, MAX and MIN take a list of series")
    moments = sorted({moment for each in several for moment in each})
    return {at: apply([each[at] for each in several if at in each]) for at in moments}
