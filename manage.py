#!/usr/bin/env python
"""Runs a management command, as the database owner where it changes the schema, as the plain role everywhere else."""

import os
import sys

OWNER_COMMANDS = {
    "createcachetable",
    "dbshell",
    "flush",
    "makemigrations",
    "migrate",
    "run",
    "sqlflush",
    "sqlmigrate",
    "sqlsequencereset",
    "squashmigrations",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "debtflow.settings")
    if OWNER_COMMANDS & set(sys.argv[1:2]):
        os.environ.setdefault("DEBTFLOW_DB_ROLE", "owner")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
