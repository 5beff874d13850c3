"""Where does the user come from? The list, and the account that he is working, both carried by every link and form."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, urlencode
from uuid import UUID

from django.http import HttpRequest, QueryDict

from core.access import SignedInRequest
from worklist.listing.filters import query_string


@dataclass(frozen=True)
class Way:
    """What a request says of it; `list` in the URL is the query string of the list, `via` an account."""

    request: HttpRequest

    @cached_property
    def origin(self) -> str:
        """The query string of the list; only what a query string of it can hold."""
        data = QueryDict(self._said("list")[:2000])
        place = data.get("page", "")
        return query_string(data, **({"page": place} if place else {}))

    @cached_property
    def via(self) -> UUID | None:
        """The account from which he came, when another of the same debtor is opened."""
        try:
            return UUID(self._said("via"))
        except ValueError:
            return None

    @property
    def origin_quoted(self) -> str:
        """For a link that has other parameters, too."""
        return quote(self.origin, safe="")

    def query(self, via: UUID | None = None) -> str:
        """`?list=…&via=…` for a link onwards, empty when there is nothing to carry."""
        said = {"list": self.origin, "via": str(via or "")}
        carried = urlencode({name: text for name, text in said.items() if text})
        return f"?{carried}" if carried else ""

    def _said(self, name: str) -> str:
        return self.request.POST.get(name) or self.request.GET.get(name, "")


class OnWay:
    """A page whose links and forms carry on from where its user comes."""

    request: SignedInRequest

    @cached_property
    def way(self) -> Way:
        """From where."""
        return Way(self.request)

    @property
    def origin(self) -> str:
        """The query string of the list, as `list` carries it."""
        return self.way.origin

    @property
    def origin_quoted(self) -> str:
        """The same for a link that has other parameters, too."""
        return self.way.origin_quoted
