"""Wiring: settings, URLs, middleware, health, logs, jobs, schedules, the development database, demo data."""
