"""How is a field rendered that stands empty on every page? Once, and kept by everything that its HTML depends on."""

from collections.abc import Callable, Hashable
from typing import Any

from django.forms import BoundField
from django.utils.safestring import SafeString

# A few fields, in as many faces as there are agencies, days and channels.
MOST = 1000

_kept: dict[tuple[Hashable, ...], SafeString] = {}


class Blank(BoundField):
    """A field whose HTML is kept while it is empty: of the same form, with the same attributes and options.

    Options count when the field is made with them (a class's own never change), or when its widget tells them in
    `face`; a field whose options are given otherwise must not be of this class.
    """

    def as_field_group(self) -> SafeString:
        """The field with its label."""
        return self._once("group", super().as_field_group)

    def as_widget(self, widget: Any = None, attrs: Any = None, only_initial: bool = False) -> SafeString:
        """The control alone."""
        if widget or attrs or only_initial:
            return super().as_widget(widget, attrs, only_initial)
        return self._once("widget", super().as_widget)

    def _once(self, what: str, make: Callable[[], SafeString]) -> SafeString:
        if self.form.is_bound or self.value() not in (None, ""):
            return make()
        widget: Any = self.field.widget
        face = (type(self.form), self.html_name, what, *widget.attrs.items(), getattr(widget, "face", ()))
        html = _kept.get(face)
        if html is None:
            if len(_kept) >= MOST:
                _kept.clear()
            html = _kept[face] = make()
        return html
