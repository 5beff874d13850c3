"""Sessions in a copy of the worklist's database, in which it is noon wherever a debtor is."""

import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

# A collector with her accounts for every user: where there are too few, some get a second session.
NOON = "UPDATE core_callinggroup SET time_zones = ARRAY[%s]"
NAMES = (
    "SELECT DISTINCT left(split_part(search_name, ' ', 2), 5) FROM (SELECT search_name FROM core_debtor LIMIT 500) d"
)


def prepare(users: int) -> dict[str, Any]:
    """The sessions, one of an admin, some names to search for, and an outcome of incoming calls."""
    import django

    django.setup()
    from django.db import connection

    from core import dispositions, tenancy
    from core.models import Disposition, User

    admin = User.objects.get(username="user0")
    with tenancy.acting_for(admin.agency), connection.cursor() as cursor:
        cursor.execute(NOON, [_where_it_is_noon()])
        cursor.execute(NAMES)
        names = [name for (name,) in cursor.fetchall() if len(name) > 3]
        dispositions.install()
        spoke = Disposition.objects.get(code="spoke")
        collectors = list(
            User.objects.filter(role="collector", username__startswith="user").order_by("username")[:users]
        )
    sessions = [_session(collectors[n % len(collectors)]) for n in range(users)]
    return {"sessions": sessions, "admin": _session(admin), "names": names, "outcome": str(spoke.pk)}


def _where_it_is_noon() -> str:
    # Etc/GMT-3 is three hours ahead of UTC; at noon UTC it is Etc/GMT.
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{'-' if ahead > 0 else '+'}{abs(ahead)}" if ahead else "Etc/GMT"


def _session(user: Any) -> str:
    from django.test import Client

    browser = Client()
    browser.force_login(user)
    return browser.cookies["sessionid"].value


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "debtflow.settings")
    print(json.dumps(prepare(int(sys.argv[-1]))))
