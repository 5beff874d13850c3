"""The dependency arrow core <- payments, imports <- worklist, reports <- debtflow holds, and migrations are in step."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

ROOT = Path(settings.BASE_DIR)


def test_no_app_knows_what_stands_above_or_beside_it() -> None:
    program = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 kept, 0 broken" in done.stdout


@pytest.mark.django_db
def test_migrations_are_in_step_with_the_models() -> None:
    out = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=out)
    assert "No changes detected" in out.getvalue()


def test_each_outside_world_has_one_module() -> None:
    """Who imports the client of an outside world? (STYLE: one module talks to each)"""
    homes = {
        "paramiko": {"imports/fetching/sftp/remote.py", "imports/fetching/sftp/session.py"},
        "stripe": {
            "payments/gateway/over_stripe.py",
            "payments/gateway/reading_stripe.py",
            "payments/webhooks.py",  # its signature
        },
        "boto3": set(),
    }
    found = {
        (name, path.relative_to(ROOT).as_posix())
        for path in python_files()
        for name in homes
        if any(line.startswith((f"import {name}", f"from {name}")) for line in path.read_text().splitlines())
    }
    assert {(name, path) for name, path in found if path not in homes[name]} == set()


def test_there_are_no_drawers() -> None:
    """A file is named like the question it answers."""
    drawers = {"utils.py", "helpers.py", "common.py", "services.py", "managers.py", "misc.py"}
    assert [path for path in python_files() if path.name in drawers] == []


def python_files() -> list[Path]:
    apps = ("core", "debtflow", "imports", "payments", "reports", "worklist")
    return [path for app in apps for path in (ROOT / app).rglob("*.py")]


def test_every_dependency_says_why_it_is_there() -> None:
    lines = (ROOT / "pyproject.toml").read_text().split("[tool.uv]")[0].splitlines()
    packages = [line.strip() for line in lines if line.startswith('    "')]
    assert len(packages) > 20
    assert [line for line in packages if "#" not in line or len(line.split("#", 1)[1].strip()) < 5] == []
