"""Memory does not grow with the rows: an export of 20,000 accounts takes what one of 5,000 takes."""

import json
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from core import tenancy
from core.models import Agency, User
from reports.exports import asking
from tests import other_process
from tests.reports.test_exports_that_stop import many

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MOST_GROWTH = 6  # MB
# The second of two is measured beside the first: what is loaded once is loaded by then.
MEASURED = """
import json, resource
from django.conf import settings
from core import tenancy
from reports.exports import making
from reports.models import Export
settings.MEDIA_ROOT = args[0]
peaks = []
for _ in range(3):
    making.run()
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
with tenancy.transaction():
    done = list(Export.objects.order_by("created_at").values_list("status", "rows_done"))
open(args[1], "w").write(json.dumps({"peaks": peaks, "done": done}))
"""


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_peak_memory_stays_where_it_was(kind: str, harborline: Agency, dana: User, tmp_path: Path) -> None:
    many(harborline, 20_000)
    with tenancy.acting_for(harborline):
        for query in ("max=10", "max=5099", "status=any"):
            asking.ask("worklist.accounts", query, kind, by=dana)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM core_account WHERE balance_cents <= 509900")
            few = cursor.fetchone()[0]
    report = tmp_path / "report.json"
    assert other_process.run(harborline, MEASURED, str(default_storage.location), str(report)) == 0
    told = json.loads(report.read_text())
    assert told["done"] == [["done", 0], ["done", few], ["done", 20_000]]
    assert 4_900 < few < 5_100
    _, of_few, of_many = told["peaks"]
    assert of_many - of_few < MOST_GROWTH, told
