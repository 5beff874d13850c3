"""The web process: refuses to start on a database role that row-level security does not bind."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "debtflow.settings")
application = get_wsgi_application()

from debtflow import boot  # noqa: E402  (the apps must be loaded first)

boot.refuse_unsafe_start()
boot.settle()
