"""Where does the day begin? With the figures for whoever manages, with the worklist for everybody else."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from core import tenancy
from core.models import User


def lead(request: HttpRequest) -> HttpResponse:
    """To the first page of this user; an operator who has entered no agency is led on from there."""
    user = cast("User", request.user)
    manages = tenancy.agency_id_or_none() is not None and (user.is_admin or user.is_readonly)
    return redirect("reports:dashboard" if manages else "worklist:list")
