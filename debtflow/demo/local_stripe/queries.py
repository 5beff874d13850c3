"""Which objects does a search query mean?"""

import re
from collections.abc import Callable

from debtflow.demo.local_stripe.errors import JSON, Refused

_CLAUSE = re.compile(
    r"""\s*(?P<not>-)?(?:metadata\[(?P<q>["'])(?P<key>.*?)(?P=q)\]|(?P<field>status|customer|currency|amount|created))
        \s*(?P<is>:|>=|<=|>|<)\s*(?:(?P<v>["'])(?P<value>(?:\\.|(?!(?P=v)).)*)(?P=v)|(?P<number>\d+)|(?P<null>null))\s*""",
    re.VERBOSE | re.DOTALL,
)


def matching(query: str) -> Callable[[JSON], bool]:
    """A test of an object; 400 for a query that Stripe could not read. Clauses are joined by AND or by OR."""
    tests, joints, place = [], set(), 0
    while True:
        match = _CLAUSE.match(query, place)
        if match is None:
            raise _unreadable(query)
        tests.append(_test(match))
        place = match.end()
        if place >= len(query):
            break
        joint = re.match(r"(AND|OR)\b", query[place:], re.IGNORECASE)
        joints.add(joint[1].upper() if joint else "AND")
        place += joint.end() if joint else 0
    if len(joints) > 1:
        raise Refused("You may not mix AND and OR in one search query.", param="query")
    combine = any if joints == {"OR"} else all
    return lambda thing: combine(test(thing) for test in tests)


def _test(match: re.Match[str]) -> Callable[[JSON], bool]:
    wanted = re.sub(r"\\(.)", r"\1", match["value"]) if match["value"] is not None else match["number"]
    negated = bool(match["not"])

    def test(thing: JSON) -> bool:
        found = thing["metadata"].get(match["key"]) if match["field"] is None else thing.get(match["field"])
        return _compares(found, match["is"], wanted) != negated

    return test


def _compares(found: object, how: str, wanted: str | None) -> bool:
    if how == ":":
        return found is None if wanted is None else str(found) == wanted
    if found is None or wanted is None or not wanted.isdigit():
        return False
    left, right = int(str(found)), int(wanted)
    return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}[how]


def _unreadable(query: str) -> Refused:
    return Refused(
        f'We were unable to parse your search query: {query[:100]}. Try using the format `metadata["key"]:"value"`.',
        param="query",
    )
