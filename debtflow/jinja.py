"""What do Jinja2's templates know? The same small parts as Django's, and the same forms: one source for both.

Which pages are written in which language, and why: deploy/decisions/0007-two-template-languages.md.
"""

from functools import lru_cache
from typing import Any
from urllib.parse import quote

import jinja2
from django.conf import settings
from django.forms.renderers import BaseRenderer
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import TemplateDoesNotExist, engines
from django.template.defaultfilters import linebreaksbr
from django.templatetags.static import static
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.safestring import SafeString
from markupsafe import escape

from core.addresses import address
from debtflow.templatetags import ui

GLOBALS = {
    "url": address,
    "static": lru_cache(static),
    "icon": ui.icon,
    "badge": ui.badge,
    "priority": ui.priority,
    "meter": ui.meter,
    "export_menu": ui.export_menu,
}


def lines(text: str) -> str:
    """Escaped, with its line breaks; most texts have none."""
    return linebreaksbr(text) if "\n" in text or "\r" in text else escape(text)


def quoted(text: str) -> str:
    """For the value of a parameter."""
    return quote(str(text), safe="")


FILTERS = {
    "money": ui.money,
    "initials": ui.initials,
    "plan_version": ui.plan_version,
    "lines": lines,
    "quoted": quoted,
}


class Environment(jinja2.Environment):
    """Jinja2 as Django sets it up (autoescape on), with our functions and filters.

    A name that is not known is nothing, and so is what hangs on it, as in Django's language; in development, too.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"undefined": jinja2.ChainableUndefined})
        self.globals.update(GLOBALS)
        self.filters.update(FILTERS)


def csrf(request: HttpRequest) -> dict[str, Any]:
    """The token against forgery as `csrf_input`: made when the first form asks for it, and the same for all of them."""
    return {"csrf_input": SimpleLazyObject(lambda: _token(request))}


def _token(request: HttpRequest) -> SafeString:
    return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))


class Forms(BaseRenderer):
    """Forms, fields and widgets by Jinja2; what is there in Django's language alone (the admin's widgets) by that."""

    def get_template(self, template_name: str) -> Any:
        """The template of a form, a field, a list of errors or a widget. Raises TemplateDoesNotExist."""
        return _template(template_name) if not settings.DEBUG else _look_for(template_name)


def _look_for(name: str) -> Any:
    try:
        return engines["jinja2"].get_template(name)
    except TemplateDoesNotExist:
        return engines["django"].get_template(name)


_template = lru_cache(maxsize=256)(_look_for)
