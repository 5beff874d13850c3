"""How does Stripe read a body? `a[b][0]=c`, strict numbers and booleans, and nothing it does not know."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl

from debtflow.demo.local_stripe.errors import JSON, Refused

FIELDS = 1000
DEPTH = 8
LARGEST = 99_999_999  # cents of one payment
_NAME = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")


def parse(text: str) -> JSON:
    """The nested parameters of a form or query; numbered and empty brackets make lists."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=FIELDS, encoding="utf-8", errors="strict")
    except (ValueError, UnicodeDecodeError):
        raise Refused("Invalid request body: it could not be decoded.") from None
    found: JSON = {}
    for name, value in pairs:
        _put(found, name, value)
    return {name: _lists(value) for name, value in found.items()}


def _put(found: JSON, name: str, value: str) -> None:
    match = _NAME.match(name)
    if match is None or "\0" in name + value:
        raise Refused(f"Invalid request: the parameter name {name[:60]!r} could not be read.")
    keys = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
    if len(keys) > DEPTH:
        raise Refused("Invalid request: parameters are nested too deeply.")
    place = found
    for key in keys[:-1]:
        place = place.setdefault(key or str(len(place)), {})
        if not isinstance(place, dict):
            raise Refused(f"Invalid request: {name[:60]} is given both as a value and as a hash.")
    last = keys[-1] or str(len(place))
    if isinstance(place.get(last), dict):
        raise Refused(f"Invalid request: {name[:60]} is given both as a value and as a hash.")
    place[last] = value


def _lists(value: object) -> object:
    if not isinstance(value, dict):
        return value
    if value and sorted(value, key=_number) == [str(index) for index in range(len(value))]:
        return [_lists(value[str(index)]) for index in range(len(value))]
    return {name: _lists(each) for name, each in value.items()}


def _number(key: str) -> int:
    return int(key) if key.isascii() and key.isdigit() and len(key) < 5 else -1


class Params:
    """Reads parameters as the types that they must have; what is wrong is a 400 that names the parameter."""

    def __init__(self, values: JSON, prefix: str = "") -> None:
        self.values = values
        self._prefix = prefix

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def named(self, name: str) -> str:
        return f"{self._prefix}[{name}]" if self._prefix else name

    def only(self, *known: str) -> None:
        """Nothing but these, and `expand`."""
        for name in self.values:
            if name not in known and name != "expand":
                raise Refused(
                    f"Received unknown parameter: {self.named(name)}",
                    code="parameter_unknown",
                    param=self.named(name),
                )

    def text(self, name: str, *, longest: int = 5000) -> str | None:
        """None when absent; Stripe reads an empty value as absent, too."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise Refused(f"Invalid string: {value}", param=self.named(name))
        if len(value) > longest:
            raise Refused(
                f"Invalid string: {value[:10]}…; must be at most {longest} characters", param=self.named(name)
            )
        return value

    def needed(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise Refused(
                f"Missing required param: {self.named(name)}.", code="parameter_missing", param=self.named(name)
            )
        return value

    def choice(self, name: str, choices: Iterable[str]) -> str | None:
        value = self.text(name)
        if value is not None and value not in (known := list(choices)):
            raise Refused(
                f"Invalid {self.named(name)}: must be one of {', '.join(known[:-1])}, or {known[-1]}",
                param=self.named(name),
            )
        return value

    def integer(self, name: str) -> int | None:
        value = self.text(name, longest=500)
        if value is None:
            return None
        if not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise Refused(f"Invalid integer: {value}", code="parameter_invalid_integer", param=self.named(name))
        return int(value)

    def amount(self, name: str = "amount") -> int | None:
        """Cents, at least one."""
        value = self.integer(name)
        if value is not None and value < 1:
            raise Refused(
                "This value must be greater than or equal to 1.",
                code="parameter_invalid_integer",
                param=self.named(name),
            )
        if value is not None and value > LARGEST:
            raise Refused("Amount must be no more than $999,999.99", code="amount_too_large", param=self.named(name))
        return value

    def boolean(self, name: str, *, default: bool = False) -> bool:
        value = self.text(name)
        if value is None:
            return default
        if value not in ("true", "false"):
            raise Refused(f"Invalid boolean: {value}", param=self.named(name))
        return value == "true"

    def nested(self, name: str) -> "Params":
        value = self.values.get(name) or {}
        if not isinstance(value, dict):
            raise Refused("Invalid hash", code="parameter_invalid_empty", param=self.named(name))
        return Params(value, self.named(name))

    def items(self, name: str) -> list[object]:
        value = self.values.get(name) or []
        if not isinstance(value, list):
            raise Refused("Invalid array", param=self.named(name))
        return value

    def texts(self, name: str) -> list[str]:
        items = self.items(name)
        if not all(isinstance(item, str) for item in items):
            raise Refused("Invalid array", param=self.named(name))
        return [str(item) for item in items]

    def metadata(self, before: JSON | None = None) -> JSON:
        """`before`, changed as asked: at most 50 keys of 40 characters, values of 500, an empty value unsets."""
        given = self.values.get("metadata")
        if given == "":
            return {}
        if isinstance(given, list):
            given = {str(number): value for number, value in enumerate(given)}
        if not isinstance(given or {}, dict):
            raise Refused("Invalid hash", param=self.named("metadata"))
        after = dict(before or {})
        for name, value in (given or {}).items():
            _check_metadata(name, value, self.named("metadata"))
            after[name] = value
        after = {name: value for name, value in after.items() if value != ""}
        if len(after) > 50:
            raise Refused("Metadata can have up to 50 keys.", param=self.named("metadata"))
        return after


def _check_metadata(name: str, value: object, param: str) -> None:
    if not isinstance(value, str):
        raise Refused("Metadata values must be strings.", param=f"{param}[{name}]")
    if len(name) > 40:
        raise Refused(f"Metadata keys can have up to 40 characters: {name}", param=param)
    if len(value) > 500:
        raise Refused("Metadata values can have up to 500 characters.", param=f"{param}[{name}]")
