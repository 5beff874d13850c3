"""Which objects are on this page of a list?"""

from collections.abc import Callable
from typing import Any

from debtflow.demo.local_stripe.call import Call
from debtflow.demo.local_stripe.errors import JSON, Refused
from debtflow.demo.local_stripe.form import Params

PAGING = ("limit", "starting_after", "ending_before", "created")


def page(call: Call, kind: str, keep: Callable[[JSON], bool] = lambda _: True, **where: Any) -> JSON:
    """A Stripe list of that kind, newest first: `where` compares fields, `keep` what is deeper.

    `limit`, `starting_after`, `ending_before` and `created` are read from the call.
    """
    filters = {name: value for name, value in where.items() if value is not None}
    in_time = _in_time(call.params)
    things = [thing for thing in call.store.all(call.account.id, kind, **filters) if keep(thing) and in_time(thing)]
    limit = _limit(call.params)
    things, has_more = _cut(call, kind, things, limit)
    return {"object": "list", "data": things, "has_more": has_more, "url": call.path}


def _cut(call: Call, kind: str, things: list[JSON], limit: int) -> tuple[list[JSON], bool]:
    after, before = call.params.text("starting_after"), call.params.text("ending_before")
    if after and before:
        raise Refused("You cannot parameterize both starting_after and ending_before.", param="starting_after")
    if after:
        rest = things[_place(call, kind, things, after, "starting_after") + 1 :]
        return rest[:limit], len(rest) > limit
    if before:
        rest = things[: _place(call, kind, things, before, "ending_before")]
        return rest[-limit:], len(rest) > limit
    return things[:limit], len(things) > limit


def _place(call: Call, kind: str, things: list[JSON], wanted: str, param: str) -> int:
    for place, thing in enumerate(things):
        if thing["id"] == wanted:
            return place
    call.get(kind, wanted, param)
    return len(things)


def _limit(params: Params) -> int:
    limit = params.integer("limit")
    if limit is None:
        return 10
    if not 1 <= limit <= 100:
        raise Refused(
            f"This value must be {'less than or equal to 100' if limit > 100 else 'greater than or equal to 1'}"
            f" (it currently is '{limit}').",
            code="parameter_invalid_integer",
            param="limit",
        )
    return limit


_TESTS = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}


def _in_time(params: Params) -> Callable[[JSON], bool]:
    """What `created` asks for: a moment, or bounds."""
    if not isinstance(params.values.get("created"), dict):
        moment = params.integer("created")
        return lambda thing: moment is None or thing["created"] == moment
    given = params.nested("created")
    given.only(*_TESTS)
    bounds = [(test, bound) for name, test in _TESTS.items() if (bound := given.integer(name)) is not None]
    return lambda thing: all(test(int(thing["created"]), bound) for test, bound in bounds)


def expand(call: Call, thing: Any, paths: list[str]) -> Any:
    """`thing` with whole objects in the place of the ids that were asked for."""
    for path in paths:
        parts = path.split(".")
        if len(parts) > 4:
            raise Refused(f"You cannot expand more than 4 levels of a property ({path}).", param="expand")
        thing = _expanded(call, thing, parts, path)
    return thing


def _expanded(call: Call, thing: Any, parts: list[str], path: str) -> Any:
    if not parts or thing is None:
        return thing
    if isinstance(thing, list):
        return [_expanded(call, each, parts, path) for each in thing]
    name = parts[0]
    if not isinstance(thing, dict) or name not in thing:
        raise Refused(f"This property cannot be expanded ({path}).", param="expand[]")
    value = thing[name]
    if isinstance(value, str):
        value = call.store.find(call.account.id, value) if name != "id" else None
        if value is None:
            raise Refused(f"This property cannot be expanded ({path}).", param="expand[]")
    return thing | {name: _expanded(call, value, parts[1:], path)}


def search(call: Call, kind: str) -> JSON:
    """Stripe's query language, as far as we ask: `metadata['a']:'b' AND status:'succeeded'`."""
    from debtflow.demo.local_stripe.queries import matching

    matches = matching(call.params.needed("query"))
    lag = float(call.store.setting(call.account.id, "search_lag") or 0)
    limit = _limit(call.params)
    found = [
        thing
        for thing in call.store.all(call.account.id, kind)
        if thing["created"] <= call.now - lag and matches(thing)
    ]
    start = call.params.text("page")
    first = int(start) if start and start.isdigit() else 0
    more = len(found) > first + limit
    return {
        "object": "search_result",
        "data": found[first : first + limit],
        "has_more": more,
        "next_page": str(first + limit) if more else None,
        "url": call.path,
    }


def not_found(call: Call) -> Refused:
    return Refused(
        f"Unrecognized request URL ({call.method}: {call.path}). "
        "Please see https://docs.stripe.com or we can help at https://support.stripe.com/.",
        status=404,
    )
