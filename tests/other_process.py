"""A process of its own on the test's database, as the application's role: to be killed, or to be another worker."""

import os
import subprocess
import sys

from django.db import connection

from core.models import Agency

BEGIN = """
import sys
import django
django.setup()
from uuid import UUID
from django.db.backends.signals import connection_created
from core import database_role, tenancy
def become_app(connection, **_):
    connection.cursor().execute(f"SET ROLE {database_role.APP_ROLE}")
connection_created.connect(become_app)
agency, *args = sys.argv[1:]
with tenancy.working_for(UUID(agency)):
"""


def run(agency: Agency, code: str, *args: str) -> int:
    """The exit status of these lines of Python, which find their arguments in `args`, run for the agency."""
    facts = connection.settings_dict
    address = f"postgres://{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"
    variables = os.environ | {"DEBUG": "1", "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "debtflow.settings"}
    indented = "".join(f"    {line}\n" for line in code.strip().splitlines())
    command = [sys.executable, "-c", BEGIN + indented, str(agency.pk), *args]
    return subprocess.run(command, env=variables, check=False, timeout=60).returncode
