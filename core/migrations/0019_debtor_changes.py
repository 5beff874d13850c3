"""What becomes known of a debtor is kept with its past, and what the agency corrected stays corrected."""

import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.uuid
from django.conf import settings
from django.db import migrations, models

import core.tenancy

FACTS = [
    ("full_name", "Name"), ("address_line1", "Address"), ("city", "City"), ("state", "State"), ("zip", "ZIP"),
    ("language", "Language"), ("added", "Added"), ("status", "Status"), ("primary", "Primary"),
    ("consent", "Consent"),
]  # fmt: skip


def born() -> list[tuple[str, models.Field]]:
    """Key, birth and agency, as every table of an agency has them."""
    return [
        (
            "id",
            models.UUIDField(
                db_default=django.db.models.functions.uuid.UUID7(),
                editable=False,
                primary_key=True,
                serialize=False,
            ),
        ),
        ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
        ("agency", key("core.agency", default=core.tenancy.current_agency_id, editable=False)),
    ]


def key(to: str, **facts: object) -> models.ForeignKey:
    """A foreign key without an index of its own."""
    settled = {"db_index": False, "on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": to}
    return models.ForeignKey(**(settled | facts))


class Migration(migrations.Migration):
    dependencies = [("core", "0018_single_keys")]
    operations = [
        migrations.AddField(
            "debtor",
            "corrected",
            models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict, editable=False),
        ),
        migrations.CreateModel(
            "DebtorChange",
            [
                *born(),
                ("debtor", key("core.debtor", related_name="changes", db_constraint=False)),
                ("contact_point", key("core.contactpoint", null=True, db_constraint=False)),
                ("field", models.CharField(choices=FACTS, max_length=16)),
                ("old", models.CharField(blank=True, default="", max_length=320)),
                ("new", models.CharField(blank=True, default="", max_length=320)),
                ("actor", key(settings.AUTH_USER_MODEL, null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
            ],
            {
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(
                        "debtor",
                        models.F("created_at").desc(),
                        models.F("id").desc(),
                        name="debtor_change_history",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            "PinnedNote",
            [
                *born(),
                ("debtor", key("core.debtor", related_name="pinned_notes", db_constraint=False)),
                ("note", models.UUIDField(editable=False)),
                ("place", models.PositiveSmallIntegerField()),
                ("pinned_by", key(settings.AUTH_USER_MODEL)),
            ],
            {
                "ordering": ["created_at", "id"],
                "constraints": [
                    models.UniqueConstraint("debtor", "note", name="note_pinned_once"),
                    models.UniqueConstraint("debtor", "place", name="pinned_note_has_its_place"),
                    models.CheckConstraint(
                        condition=models.Q(place__range=(1, 5)), name="at_most_five_notes_are_pinned"
                    ),
                ],
            },
        ),
    ]
