"""What do some lines come to?"""

from collections.abc import Iterable
from dataclasses import fields, replace
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def total[Line: "DataclassInstance"](lines: Iterable[Line], empty: Line) -> Line:
    """The empty line with every number and amount replaced by its sum; rates are worked out of these by the line."""
    numbers = {field.name: getattr(empty, field.name) for field in fields(empty)}
    additive = {name: value for name, value in numbers.items() if isinstance(value, int | Decimal)}
    for line in lines:
        additive = {name: value + getattr(line, name) for name, value in additive.items()}
    return replace(empty, **additive)
