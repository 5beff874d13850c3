"""What is wrong with a piece of HTML by the house's rules? For templates as written, and pages as sent."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

Attributes = dict[str, str]
VERBS = ("hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete")
# A region that refreshes itself while something runs is nothing that anybody clicks.
BY_ITSELF = ("every ", "load", "revealed")


def faults(html: str) -> list[str]:
    """One sentence for each broken rule; empty when all is well."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.faults


def as_markup(template: str) -> str:
    """A Django or Jinja2 template with its tags taken out; the token of a form is kept as what it becomes."""
    text = re.sub(r"{%-?\s*csrf_token\s*-?%}|{{-?\s*csrf_input\s*-?}}", '<input name="csrfmiddlewaretoken">', template)
    text = re.sub(r"{#.*?#}|{%-?\s*comment.*?endcomment\s*-?%}", "", text, flags=re.DOTALL)
    return re.sub(r"{%.*?%}|{{.*?}}", " ", text, flags=re.DOTALL)


@dataclass
class _Form:
    line: int
    attributes: Attributes
    has_token: bool = False
    has_button: bool = False


@dataclass
class _Reader(HTMLParser):
    faults: list[str] = field(default_factory=list)
    form: _Form | None = None
    forms_without_button: list[_Form] = field(default_factory=list)
    sent_from_elsewhere: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self._inline(tag, attributes)
        self._verbs(tag, attributes)
        if tag == "button" and attributes.get("type", "submit") == "submit":
            self.sent_from_elsewhere.add(attributes.get("form", ""))
        if tag == "form":
            self.form = _Form(self.getpos()[0], attributes)
        elif self.form is not None:
            self.form.has_token |= attributes.get("name") == "csrfmiddlewaretoken"
            button = tag == "button" and attributes.get("type", "submit") == "submit"
            self.form.has_button |= button or (tag == "input" and attributes.get("type") in {"submit", "image"})

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.form is not None:
            self._close_form(self.form)
            self.form = None

    def _say(self, sentence: str) -> None:
        self.faults.append(f"line {self.getpos()[0]}: {sentence}")

    def _inline(self, tag: str, attributes: Attributes) -> None:
        if tag == "style" or "style" in attributes:
            self._say(f"<{tag}> has inline style")
        if tag == "script" and "src" not in attributes and attributes.get("type") != "application/json":
            self._say("inline script")
        for name, value in attributes.items():
            if name.startswith(("on", "hx-on", "hx-vals-js")) or "javascript:" in value or value.startswith("js:"):
                self._say(f"<{tag}> has script in {name}")

    def _verbs(self, tag: str, attributes: Attributes) -> None:
        if not any(verb in attributes for verb in VERBS) or attributes.get("hx-trigger", "").startswith(BY_ITSELF):
            return
        works = {
            "a": "href" in attributes,
            "form": "action" in attributes,
        }.get(tag, self.form is not None or "form" in attributes)
        if not works:
            self._say(f"<{tag}> does nothing without script")

    def _close_form(self, form: _Form) -> None:
        method = form.attributes.get("method", "").lower()
        if method == "dialog":
            return
        if method not in {"get", "post"}:
            self._say(f"the form of line {form.line} has no method")
        if "action" not in form.attributes:
            self._say(f"the form of line {form.line} has no action")
        if method == "post" and not form.has_token:
            self._say(f"the form of line {form.line} has no token against forgery")
        if not form.has_button:
            self.forms_without_button.append(form)

    def close(self) -> None:
        super().close()
        for form in self.forms_without_button:
            if form.attributes.get("id", "") not in self.sent_from_elsewhere - {""}:
                self._say(f"the form of line {form.line} has no button to send it without script")
