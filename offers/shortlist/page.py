"""The shortlist's page: each entry with the links that change the list, and the ways to pass it on."""

from dataclasses import dataclass
from urllib.parse import quote

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers.shortlist.entries import Entry, Listed
from portal.city import city


@dataclass(frozen=True)
class Row:
    """An entry with its links; "" where it cannot move."""

    entry: Entry
    up_url: str
    down_url: str
    remove_url: str


def count_in_words(count: int) -> str:
    """ "3 Angebote für Sie"."""
    return ngettext("%(count)d Angebot für Sie", "%(count)d Angebote für Sie", count) % {"count": count}


@dataclass(frozen=True)
class ShareLinks:
    """Links that open the family's own programs with the list's address in the text."""

    mail: str
    text_message: str
    messenger: str


def rows(listed: Listed) -> list[Row]:
    """The list's entries; every change is a link to the changed list."""
    kept, last = listed.shortlist, len(listed.entries)
    return [
        Row(
            entry,
            kept.moved(entry.reference, -1).url() if entry.number > 1 else "",
            kept.moved(entry.reference, 1).url() if entry.number < last else "",
            kept.without(entry.reference).url(),
        )
        for entry in listed.entries
    ]


def share_links(address: str, words: str) -> ShareLinks:
    """Mail, text message and messenger; nothing is loaded from elsewhere, the text goes where the family sends it."""
    subject = _("%(words)s – aus dem Präventionsportal %(city)s") % {"words": words, "city": city()["name"]}
    text = f"{subject}: {address}"
    body = quote(f"{words}:\n{address}\n")
    return ShareLinks(
        f"mailto:?subject={quote(subject)}&body={body}",
        f"sms:?&body={quote(text)}",
        f"https://wa.me/?text={quote(text)}",
    )
