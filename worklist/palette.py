"""What can be done from here? The acts of the command palette, and which of them the typed words mean.

Each act is a link or a form, so that it works without script; `script` names what the page itself does instead when it
can. An act is found by its own verb: the name of a collector or of a view's filter alone never runs anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse

from core.models import User
from worklist.listing.saved_views import View
from worklist.places import open_to

MOST = 8
LONGEST = 100


@dataclass(frozen=True)
class Act:
    """One line of the palette. `verbs` are further words by which it is found, `about` completes the label."""

    label: str
    icon: str
    group: str
    verbs: str = ""
    about: str = ""
    key: str = ""
    # A link, or a form with its fields.
    href: str = ""
    post: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    # What the script does instead: (name of the `data-` attribute, its value).
    script: tuple[str, str] | None = None
    # Is it shown before anything is typed?
    is_useful: bool = True

    @property
    def words(self) -> str:
        """What the line says."""
        return f"{self.label} {self.about}".strip()

    def is_meant_by(self, typed: list[str]) -> bool:
        """Does each typed word begin one of its words, and one of them its own verb?"""
        own = _words(f"{self.label} {self.verbs}")
        every = [*own, *_words(self.about)]
        return any(_begins(word, own) for word in typed) and all(_begins(word, every) for word in typed)


@dataclass(frozen=True)
class Group:
    """Acts under one heading."""

    label: str
    acts: list[Act]


def found(acts: Iterable[Act], typed: str) -> list[Group]:
    """The acts that are meant, by group; the useful ones while nothing is typed."""
    words = _words(typed)
    meant = [act for act in acts if (act.is_meant_by(words) if words else act.is_useful)]
    if words:  # whose label begins as typed comes first, within its group
        meant.sort(key=lambda act: not act.words.casefold().startswith(" ".join(words)))
        meant = meant[:MOST]
    order = list(dict.fromkeys(act.group for act in meant))
    meant.sort(key=lambda act: order.index(act.group))
    return [Group(label, list(group)) for label, group in groupby(meant, key=lambda act: act.group)]


def ways(user: User, views: Iterable[View]) -> list[Act]:
    """Where one can go: pages, then the views of the worklist by name."""
    group = "Go to"
    pages = [
        Act(place.label, place.icon, group, f"go {place.words}", href=place.url, is_useful=place.in_navigation)
        for place in open_to(user)
    ]
    if user.desk:
        work = Act("Start working", "play", group, "next account queue", key="W", post=reverse("worklist:next"))
        pages.insert(1, work)
    there = reverse("worklist:list")
    views_named = [
        Act(view.name, "filter", group, "view go", href=f"{there}?{view.query}", is_useful=not view.id)
        for view in views
    ]
    return [*pages, *views_named]


def settings(user: User, here: str, theme: str, density: str) -> list[Act]:
    """What is switched; without script the page `here` is shown again."""
    post, group = reverse("account_preferences"), "Settings"
    dark, compact, off = theme == "dark", density == "compact", not user.single_keys
    switches = [
        ("Switch the color theme", "colour dark light mode", ("theme", "light" if dark else "dark"), "theme-toggle"),
        ("Switch compact rows", "density roomy", ("density", "roomy" if compact else "compact"), "density-toggle"),
        (f"Switch single keys {'on' if off else 'off'}", "keyboard shortcuts", ("keys", "on" if off else "off"), ""),
    ]
    made = [
        Act(label, "gear", group, verbs, post=post, fields=(field, ("next", here)), is_useful=False,
            script=(script, "") if script else None)
        for label, verbs, field, script in switches
    ]  # fmt: skip
    keys = Act("List of keys", "list", group, "keyboard shortcuts help", key="?", is_useful=False,
               href=post, script=("dialog", "keys"))  # fmt: skip
    return [*made, keys]


def _words(text: str) -> list[str]:
    return text.casefold().replace("…", " ").replace("-", " ").split()


def _begins(word: str, others: list[str]) -> bool:
    return any(other.startswith(word) for other in others)
