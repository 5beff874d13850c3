"""Who sees which payment? Admins and readers all of the agency; a collector those of the accounts on her desk."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from payments.models import Payment

if TYPE_CHECKING:
    from core.models import User


def sees_everything(user: "User") -> bool:
    """Does he see the whole agency?"""
    return user.is_admin or user.is_readonly


def visible_to(user: "User") -> "QuerySet[Payment]":
    """The payments that a user may see; for all others he is told that they do not exist."""
    if sees_everything(user):
        return Payment.objects.all()
    return Payment.objects.filter(account__assigned_to=user.desk) if user.desk else Payment.objects.none()
