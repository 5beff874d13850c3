"""What does the editor of a mapping show: its form, and the first rows of a sample read by what the form says?"""

import hashlib
from typing import Any

from core import storage
from core.models import Creditor
from imports.mapping import FIELDS, Spec
from imports.models import SFTPImportJob
from imports.pages import preview
from imports.pages.mapping_form import MappingForm
from imports.pages.preview import Preview

MISSING = "The stored file is missing. Bring it again."


class Editor:
    """The form filled with `data`, or with the mapping as it is saved; `stored_file` is the sample, empty for none.

    `with_creditor`: the form also asks for the creditor of rows that name none (an upload knows no feed).
    """

    def __init__(
        self,
        *,
        spec: Spec,
        format: str,  # noqa: A002  (the trade's word)
        stored_file: str,
        creditor: Creditor | None,
        data: Any = None,
        with_creditor: bool = False,
    ) -> None:
        self.data = data
        # The job whose file is the sample, when it is one's.
        self.sample: SFTPImportJob | None = None

        def form(**more: Any) -> MappingForm:
            return MappingForm(data, spec=spec, format=format, creditor=creditor, with_creditor=with_creditor, **more)

        said = form()
        self.is_valid = data is None or said.is_valid()
        self.spec, self.format, self.creditor = spec, format, creditor
        if data is not None and self.is_valid:
            self.spec, self.format = said.cleaned_data["spec"], said.cleaned_data["format"]
            self.creditor = said.cleaned_data["creditor"] if with_creditor else creditor
        self.preview = _read(stored_file, self.spec, self.format, default_creditor=self.creditor is not None)
        self.has_sample = bool(stored_file)
        found = self.preview.found
        automatic = {name: found.source(name) for name in FIELDS if name not in self.spec.fields} if found else {}
        self.form = form(titles=self.preview.titles, automatic=automatic)
        self.columns = hashlib.sha256(repr((self.preview.titles, automatic)).encode()).hexdigest()[:16]

    @property
    def shows_other_columns(self) -> bool:
        """Are the choices in the browser those of another reading of the file?"""
        return self.data is not None and self.data.get("columns") != self.columns


def _read(stored_file: str, spec: Spec, format: str, *, default_creditor: bool) -> Preview:  # noqa: A002
    if not stored_file:
        return Preview()
    try:
        with storage.opened(stored_file) as file:
            return preview.of_file(file, format, spec, default_creditor=default_creditor)
    except FileNotFoundError:
        return Preview(refusal=MISSING)
