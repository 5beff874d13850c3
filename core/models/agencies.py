"""Who is the tenant, and what has it chosen?"""

import zoneinfo
from decimal import Decimal
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from pydantic import BaseModel, ConfigDict, Field
from pydantic import ValidationError as PydanticError

from core.tenancy import Record


class AgencySettings(BaseModel):
    """What an agency may choose; stored as JSON, validated here, every choice with a default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    distribution: Literal["manual", "automatic"] = "manual"
    poll_every_seconds: int = Field(default=900, ge=5, le=86_400)
    # What a plan may look like, and how long the money of an instalment may still come.
    plan_longest_months: int = Field(default=24, ge=1, le=60)
    plan_smallest_instalment: Decimal = Field(default=Decimal(25), ge=0, le=10_000)
    plan_grace_days: int = Field(default=7, ge=0, le=60)
    plan_reminder_days: int = Field(default=3, ge=0, le=30)
    # The share of the balance down to which a collector may offer a settlement alone.
    settlement_floor: Decimal = Field(default=Decimal("0.80"), ge=0, le=1)


# A machine's own zone is among its files; the database, which dates what reports count, knows none of that name.
NO_ZONE_OF_ALL = {"localtime"}


def valid_timezone(name: str) -> None:
    """Raises ValidationError unless the name is an IANA time zone."""
    if name not in zoneinfo.available_timezones() - NO_ZONE_OF_ALL:
        raise ValidationError(f"{name} is not a time zone. Use a name such as America/Chicago.")


def valid_settings(value: Any) -> None:
    """Raises ValidationError with one sentence a wrong setting."""
    try:
        AgencySettings.model_validate(value)
    except PydanticError as error:
        raise ValidationError(
            [f"{'.'.join(map(str, e['loc'])) or 'settings'}: {e['msg']}" for e in error.errors()]
        ) from error


class Agency(Record):
    """A collection agency: one tenant of the installation."""

    name = models.CharField(max_length=200, unique=True)
    license_number = models.CharField(max_length=100, unique=True, null=True, blank=True)
    timezone = models.CharField(max_length=64, default="America/New_York", validators=[valid_timezone])
    currency = models.CharField(max_length=3, default="USD", choices=[("USD", "US dollar")])
    settings = models.JSONField(default=dict, blank=True, validators=[valid_settings])
    is_active = models.BooleanField(default=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="agency_name_unique_ignoring_case"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def choices(self) -> AgencySettings:
        """The validated settings."""
        return AgencySettings.model_validate(self.settings)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The zone in which the agency's people read times."""
        return zoneinfo.ZoneInfo(self.timezone)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.license_number = self.license_number or None
        super().save(*args, **kwargs)
