"""What a load balancer is told."""

import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import Settings

from debtflow import health
from tests.conftest import as_owner


def test_alive_without_asking_the_database(client: Client) -> None:
    """No `db` fixture: a query would fail the test."""
    response = client.get("/health/")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response.headers["Cache-Control"]


def test_a_probe_calls_by_address_over_plain_http(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["collect.example.com"]
    assert client.get("/health/", headers={"host": "10.0.0.7:8000"}).status_code == 200


@pytest.mark.django_db
def test_ready_with_a_living_worker(client: Client) -> None:
    cache.set(health.WORKER_HEARTBEAT, time.time())
    response = client.get("/ready/")
    assert response.status_code == 200
    assert response.json()["status"] == "ready"


@pytest.mark.django_db
def test_a_silent_worker_is_told_but_pages_are_served(client: Client) -> None:
    cache.set(health.WORKER_HEARTBEAT, time.time() - 120)
    response = client.get("/ready/")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert response.json()["checks"]["worker"] == {"ok": False, "last_seen_seconds": 120}


@pytest.mark.django_db
def test_a_job_that_nobody_takes_is_told(client: Client) -> None:
    OrmQ.objects.create(key="default", payload="x", lock=timezone.now() - timedelta(minutes=5))
    OrmQ.objects.create(key="default", payload="taken", lock=timezone.now() + timedelta(hours=1))
    queue = client.get("/ready/").json()["checks"]["queue"]
    assert queue == {"ok": False, "waiting": 1, "oldest_seconds": 300}


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client: Client) -> None:
    with as_owner():
        MigrationRecorder(connection).record_unapplied("core", "0001_tables")
    response = client.get("/ready/")
    assert (response.status_code, response.json()["status"]) == (503, "unavailable")
    assert response.json()["checks"]["migrations"] == {"ok": False, "unapplied": 1}


@pytest.mark.django_db
def test_it_only_reads(client: Client) -> None:
    assert client.post("/health/").status_code == 405
    assert client.post("/ready/").status_code == 405
