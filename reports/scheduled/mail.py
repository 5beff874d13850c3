"""What does the mail say? What the report is of, its sums in a few lines, where to see it; the report is attached."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.core.mail import EmailMessage
from django.http import QueryDict
from django.utils import timezone

from core import tenancy
from core.cell_words import Voice
from core.downloads import safe_name
from core.models import Agency, User
from core.sheet import Sheet, plain
from core.words import count
from reports import catalogue, files
from reports.files import About
from reports.models import ReportSchedule
from reports.pages.report_page import ReportPage
from reports.scheduled import moments

TYPES = {"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
MOST_LINES = 12


class NotThere(LookupError):
    """There is no such report any more; `str()` says so."""


@dataclass(frozen=True)
class Letter:
    """One report, made once for all who get it."""

    subject: str
    body: str
    name: str
    content: bytes
    type: str

    def send(self, to: User, delivery: UUID) -> None:
        """Mail it. The same delivery has the same Message-ID, so that a mail program knows a second copy of it."""
        headers = {"Message-ID": f"<{delivery}@reports.debtflow>", "Auto-Submitted": "auto-generated"}
        message = EmailMessage(self.subject, self.body, to=[to.email], headers=headers)
        message.attach(self.name, self.content, self.type)
        message.send()


def page_of(schedule: ReportSchedule, agency: Agency) -> ReportPage:
    """The report as its page would show it now. Raises NotThere."""
    report = catalogue.named(schedule.report)
    if report is None:
        raise NotThere(f"There is no report “{schedule.report}” any more. Delete this schedule.")
    return ReportPage(report, QueryDict(schedule.query), agency)


def letter(schedule: ReportSchedule) -> Letter:
    """What is sent for a schedule now, within a transaction of the agency. Raises NotThere."""
    agency = Agency.objects.get(pk=tenancy.current_agency_id())
    page = page_of(schedule, agency)
    title = page.report.title
    about = About(agency.name, agency.zone, timezone.now(), "a scheduled mail", title, page.said)
    sheets = page.sheets
    return Letter(
        subject=f"{title}: {page.said[0]}",
        body=_body(schedule, agency, page, sheets),
        name=safe_name(f"{title} {page.scope.today:%Y-%m-%d}.{schedule.format}"),
        content=_attached(schedule.format, about, sheets),
        type=TYPES[schedule.format],
    )


def _attached(kind: str, about: About, sheets: Sequence[Sheet]) -> bytes:
    with TemporaryDirectory(prefix="debtflow-report-") as folder:
        path = Path(folder) / f"report.{kind}"
        with files.new_file(kind, path, about) as file:
            for sheet in sheets:
                file.begin(sheet)
                file.write(sheet.rows)
                file.end()
        return path.read_bytes()


def _body(schedule: ReportSchedule, agency: Agency, page: ReportPage, sheets: Sequence[Sheet]) -> str:
    lines = [page.report.title, *page.said, ""]
    lines += _sums(sheets, Voice(agency.zone, page.scope.today)) or ["There was nothing to report."]
    there = f"{schedule.site}{page.address}"
    lines += [
        "",
        f"The whole report is attached ({schedule.get_format_display()}).",
        *([f"See it with what is behind each figure: {there}"] if schedule.site else []),
        "",
        f"{agency.name} sends it {_lower(moments.in_words(schedule))}. An admin of the agency can change that.",
    ]
    return "\n".join(lines) + "\n"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _sums(sheets: Sequence[Sheet], voice: Voice) -> list[str]:
    """The totals of each sheet, or how many rows it has."""
    lines: list[str] = []
    for sheet in sheets:
        if sheet.totals:
            told = [
                f"{column.title}: {voice.say(cell, column)}"
                for column, cell in zip(sheet.columns, sheet.totals, strict=True)
                if cell is not None and not isinstance(plain(cell), str)
            ]
            lines += ([sheet.title] if len(sheets) > 1 else []) + [f"  {line}" for line in told[:MOST_LINES]]
        else:
            lines.append(f"{sheet.title}: {count(len(list(sheet.rows)), 'row')}")
    return lines
