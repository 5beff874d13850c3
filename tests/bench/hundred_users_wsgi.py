"""The product's web process with one page more, for `hundred_users`: the limit of a list, behind the same sign-in."""

from debtflow.wsgi import application  # loads the apps, before anything of them is asked for

# isort: split

from django.urls import path

from debtflow import urls
from tests.bench.worklist_limit import DUE, view_of

__all__ = ["application"]

urls.urlpatterns.append(path("limit/", view_of(DUE, {})))
