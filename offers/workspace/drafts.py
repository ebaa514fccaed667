"""Drafts that save themselves: two tabs are merged field by field, and where both wrote something, people decide."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.http import QueryDict

from offers.models import ChangeDraft, Offer
from offers.submission.change import ChangeForm
from portal.forms import legible

Values = dict[str, list[str]]
FRAME = ("vorgang", "stempel", "gesehen")  # carried along, never merged
FORM_FIELDS: dict[str, Any] = {
    **ChangeForm.base_fields,
    **{name: field for rows in ChangeForm.repeated for name, field in rows.later_fields().items()},
}
FIELDS = tuple(name for name in FORM_FIELDS if name not in {*FRAME, "betreff"})
LONGEST_LOG = 2_000
MOST_VALUES = 80  # of one field; there are fewer districts


@dataclass(frozen=True)
class Conflict:
    """A field that this tab and another one have changed since they were the same."""

    name: str
    here: list[str]
    there: list[str]


@dataclass(frozen=True)
class Saved:
    """`moved` are fields another tab has changed and this one has not: it must show them before it saves again."""

    draft: ChangeDraft
    conflicts: list[Conflict]
    moved: Values


def values_of(posted: QueryDict) -> Values:
    """The form's own fields of what was sent; whatever else came is left out."""
    clean = legible(posted)
    lists = {name: clean.getlist(name)[:MOST_VALUES] for name in FIELDS}
    return {name: [text.replace("\r\n", "\n") for text in found if text] for name, found in lists.items()}


def draft_of(person: User, offer: Offer) -> ChangeDraft | None:
    return ChangeDraft.objects.filter(person=person, offer=offer).first()


@transaction.atomic
def save_draft(*, person: User, offer: Offer, posted: QueryDict, base: str, choices: Mapping[str, str]) -> Saved:
    """Keep what a tab sent that had loaded `base` (see `mark`); `choices` say "dort" for fields to leave as they are.

    When both sides changed a field and `choices` has not decided it, nothing is kept: people are asked first. What
    they answered "hier" to is written only while the draft still says what they were shown.
    """
    Offer.objects.select_for_update().get(pk=offer.pk)  # two first saves at once
    draft = draft_of(person, offer) or ChangeDraft(person=person, offer=offer, values=_start(posted, offer))
    new, version, loaded = values_of(posted), draft.version + 1, _loaded(draft, posted, base)
    written, moved, conflicts = {}, {}, []
    for name in FIELDS:
        here, there, before = new[name], draft.values.get(name, []), loaded(name)
        if here == there:
            continue
        if here == before or choices.get(name) == "dort":
            moved[name] = there
        elif there == before:
            written[name] = here
        else:
            conflicts.append(Conflict(name, here, there))
    if not conflicts:
        draft.log = [*draft.log, *([version, name, draft.values.get(name, [])] for name in written)][-LONGEST_LOG:]
        draft.values |= written
        draft.version += bool(written)
        draft.save()
    return Saved(draft, conflicts, moved)


def mark(draft: ChangeDraft | None) -> str:
    """What a tab remembers of the draft it shows; "" for none. A draft made later for the same offer has another."""
    return f"{draft.pk}-{draft.version}" if draft else ""


def _loaded(draft: ChangeDraft, posted: QueryDict, base: str) -> Callable[[str], list[str] | None]:
    """What each field held when the tab was loaded; None where nobody knows."""
    key, _dash, version = base.partition("-")
    if draft._state.adding:
        return lambda name: list(draft.values.get(name, []))
    if not base:  # the tab showed the offer's facts of its own time
        start = _start(posted, draft.offer)
        return lambda name: start.get(name, [])
    if key == str(draft.pk) and version.isdecimal():
        return lambda name: value_at(draft, name, int(version))
    return lambda name: None


def value_at(draft: ChangeDraft, name: str, version: int) -> list[str] | None:
    """What the field held at a version; None when that is too long ago to know."""
    later: list[list[str]] = [before for number, field, before in draft.log if field == name and number > version]
    if later:
        return later[0]
    forgotten = len(draft.log) == LONGEST_LOG and draft.log[0][0] > version + 1
    return None if forgotten else list(draft.values.get(name, []))


def _start(posted: QueryDict, offer: Offer) -> Values:
    """The fields as the tab first saw them, with what the frame carries."""
    form = ChangeForm(posted, offer=offer)
    return {**shown(form), **{name: [str(posted[name])] for name in FRAME if posted.get(name)}}


def shown(form: ChangeForm) -> Values:
    """What the form showed before anybody typed, as a browser would send it."""
    known = form.fields
    return {name: as_sent(form.get_initial_for_field(known[name], name)) if name in known else [] for name in FIELDS}


def as_sent(value: object) -> list[str]:
    if value in (None, "", False):
        return []
    if value is True:
        return ["on"]
    return [str(entry) for entry in value] if isinstance(value, list) else [str(value)]


def as_query(values: Values) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, entries in values.items():
        if entries:
            query.setlist(name, entries)
    return query
