"""The form by which a file is brought in the browser."""

from typing import Any

from django import forms

from core.models import Creditor
from imports.models import SFTPFeed


class UploadForm(forms.Form):
    file = forms.FileField(
        label="File",
        widget=forms.FileInput,
        error_messages={"required": "Choose a file.", "empty": "The file is empty.", "missing": "Choose a file."},
    )
    creditor = forms.ModelChoiceField(
        Creditor.objects.all(),
        label="Creditor of rows that name none",
        required=False,
        empty_label="None: each row names its creditor",
        error_messages={"invalid_choice": "Choose a creditor of this agency."},
    )
    feed = forms.ModelChoiceField(
        SFTPFeed.objects.select_related("mapping", "creditor"),
        label="Read it like the files of",
        required=False,
        empty_label="No feed: find the columns by their names",
        error_messages={"invalid_choice": "Choose a feed of this agency."},
    )

    def __init__(self, data: Any = None, files: Any = None, **initial: Any) -> None:
        super().__init__(data, files, initial=initial)
