"""Changes and pinned notes of debtors behind the wall; a change is never changed, a pin is a note of that debtor."""

from django.db import migrations

from core.migration_operations import EnableAgencyWall, KeyWithinAgency

KEYS = (
    ("debtorchange", "debtor_id", "debtor"),
    ("debtorchange", "contact_point_id", "contactpoint"),
    ("pinnednote", "debtor_id", "debtor"),
)
TRIGGERS = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_debtorchange
    FOR EACH ROW EXECUTE FUNCTION core_refuse_change();
CREATE FUNCTION core_pin_is_a_note_of_the_debtor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM core_activity n JOIN core_account a ON a.id = n.account_id
        WHERE n.id = NEW.note AND n.agency_id = NEW.agency_id AND a.debtor_id = NEW.debtor_id
          AND n.kind IN ('note', 'contact')
    ) THEN
        RAISE EXCEPTION 'Only a note of the debtor can be pinned to him.' USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER is_a_note_of_the_debtor BEFORE INSERT OR UPDATE ON core_pinnednote
    FOR EACH ROW EXECUTE FUNCTION core_pin_is_a_note_of_the_debtor();
"""
BACK = """
DROP TRIGGER is_a_note_of_the_debtor ON core_pinnednote;
DROP FUNCTION core_pin_is_a_note_of_the_debtor();
DROP TRIGGER append_only ON core_debtorchange;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0019_debtor_changes")]
    operations = [
        *(EnableAgencyWall(f"core_{table}") for table in ("debtorchange", "pinnednote")),
        *(KeyWithinAgency(f"core_{table}", column, f"core_{to}") for table, column, to in KEYS),
        migrations.RunSQL(TRIGGERS, BACK),
    ]
