"""Who signs in, in which role, and who works accounts?"""

from decimal import Decimal

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower

from core.tenancy import Record, TenantModel


class Role(models.TextChoices):
    """What a user may do (SPEC §1). A superuser has no role: he operates the platform."""

    AGENCY_ADMIN = "agency_admin", "Agency admin"
    COLLECTOR = "collector", "Collector"
    READONLY = "readonly", "Read-only"


class User(Record, AbstractUser):
    """A person who signs in. Belongs to one agency, or, as a superuser, to none."""

    email = models.EmailField("e-mail address")
    agency = models.ForeignKey("core.Agency", on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    role = models.CharField(max_length=20, choices=Role, blank=True)
    single_keys = models.BooleanField(default=True, db_default=True, help_text="N for a note, and the like")

    # Sign-in comes before any agency is known, so this manager is not limited; within an agency the database shows
    # only that agency's users all the same.
    objects = UserManager()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique_ignoring_case"),
            models.UniqueConstraint(Lower("username"), name="user_username_unique_ignoring_case"),
            models.CheckConstraint(
                condition=models.Q(is_superuser=True, agency=None, role="")
                | models.Q(is_superuser=False, agency__isnull=False, role__in=Role.values),
                name="user_has_agency_and_role_or_is_superuser",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def is_admin(self) -> bool:
        """May this user distribute, configure and approve?"""
        return self.is_superuser or self.role == Role.AGENCY_ADMIN

    @property
    def is_readonly(self) -> bool:
        """Does this user only look?"""
        return not self.is_superuser and self.role == Role.READONLY

    @property
    def desk(self) -> "Collector | None":
        """The collector this user is, None for everybody else."""
        return getattr(self, "collector", None)

    @property
    def title(self) -> str:
        """The role in words."""
        return "Platform operator" if self.is_superuser else Role(self.role).label


class Collector(TenantModel):
    """A user who works accounts: his rate and his capacity."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="collector", db_constraint=False)
    commission_rate = models.DecimalField(
        max_digits=5,
        decimal_places=4,
        default=Decimal("0.1000"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
        help_text="Share of each payment, 0.10 is ten percent.",
    )
    is_active = models.BooleanField(default=True)
    max_accounts = models.PositiveIntegerField(default=200)

    class Meta:
        ordering = ["user__first_name", "user__last_name", "id"]
        indexes = [models.Index(fields=["agency"], name="collector_agency")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(commission_rate__gte=0, commission_rate__lte=1), name="collector_rate_is_a_share"
            )
        ]

    def __str__(self) -> str:
        return str(self.user)
