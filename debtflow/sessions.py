"""Django's sessions in the database: read by a statement that is planned once, changed by one statement."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from core.prepared import Prepared, Slot

# Every request asks for it.
_SESSION = Prepared(
    lambda: Session.objects.filter(session_key=Slot("key", CharField()), expire_date__gt=Slot("now", DateTimeField())),
    of_agency=False,
)


class SessionStore(db.SessionStore):
    """The package builds its query anew for every request, and opens a transaction for every change."""

    def _get_session_from_db(self) -> Session | None:
        key = self.session_key or ""
        found = None if "\x00" in key else _SESSION.first(key=key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found

    def save(self, must_create: bool = False) -> None:
        """Write it down. Raises CreateError when a new one's key is taken, UpdateError when it was ended meanwhile."""
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        data = self.encode(dict(self.items()))
        standing = Session.objects.filter(session_key=self.session_key)
        if not standing.update(session_data=data, expire_date=self.get_expiry_date()):
            raise UpdateError
