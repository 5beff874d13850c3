"""How does a sheet become a file? Row by row, whatever its size, in the formats that people open."""

from pathlib import Path

from reports.files.about import About, File
from reports.files.csv_file import CsvFile
from reports.files.pdf_file import PdfFile
from reports.files.xlsx_file import XlsxFile

KINDS: dict[str, type[CsvFile] | type[XlsxFile] | type[PdfFile]] = {"csv": CsvFile, "xlsx": XlsxFile, "pdf": PdfFile}


def new_file(kind: str, path: Path, about: About) -> File:
    """A file of that kind (`csv`, `xlsx`, `pdf`), to be used in a `with`. Raises OSError when the disk is full."""
    return KINDS[kind](path, about)
