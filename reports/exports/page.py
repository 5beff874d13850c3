"""What does the page “My exports” show? Each file with how far it is, and what can be done with it."""

from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat

from core import exportable
from core.words import count
from reports.exports import keeping
from reports.models import Export

Status = Export.Status
TONES: dict[str, str] = {
    Status.WAITING: "pending",
    Status.RUNNING: "processing",
    Status.DONE: "completed",
    Status.FAILED: "failed",
    Status.CANCELLED: "closed",
}


@dataclass(frozen=True)
class Row:
    """One export in words; `link` is where its file is, nothing when it is not there."""

    export: Export
    label: str
    tone: str
    progress: str
    link: str
    shown_at: str

    @classmethod
    def of(cls, export: Export) -> "Row":
        """The export as its list tells it."""
        over = export.status == Status.DONE and not export.is_there
        return cls(
            export,
            label="Expired" if over else Status(export.status).label,
            tone="closed" if over else TONES[export.status],
            progress=_progress(export),
            link=keeping.link(export) if export.is_there else "",
            shown_at=_shown_at(export),
        )

    @property
    def again(self) -> bool:
        """Is there no file, so that it may be made once more?"""
        return not self.export.is_unfinished and not self.link

    @property
    def bar(self) -> int:
        """The length of the bar; at least one, so that it has a length."""
        return max(self.export.rows_expected or 0, self.export.rows_done, 1)


def _progress(export: Export) -> str:
    if export.status == Status.RUNNING:
        if export.rows_expected is None:
            return "Finding the rows" if not export.rows_done else count(export.rows_done, "row")
        if export.rows_done >= export.rows_expected:
            return f"{count(export.rows_expected, 'row')}, putting the file together"
        return f"{export.rows_done:,} of {count(export.rows_expected, 'row')}"
    if export.status == Status.DONE:
        return f"{count(export.rows_done, 'row')}, {filesizeformat(export.file_size or 0)}"
    return ""


def _shown_at(export: Export) -> str:
    """The page with the same rows; nothing when there is none any more."""
    what = exportable.named(export.source)
    if what is None:
        return ""
    return f"{what.url()}?{export.query}" if export.query else what.url()


def file_name(export: Export) -> str:
    """`Payments 2026-11-29.xlsx`."""
    return f"{export.title} {export.created_at:%Y-%m-%d}.{export.format}"
