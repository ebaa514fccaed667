"""One person at the form of one offer: its draft, what two tabs disagree about, and sending."""

import uuid
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from offers.freshness.forms import content_id
from offers.models import ChangeDraft, Offer, Proposal
from offers.proposals import Payload
from offers.submission.change import ChangeForm, Seen, known_to, other_rows, values_from
from offers.workspace.actions import propose
from offers.workspace.drafts import (
    FORM_FIELDS,
    LONGEST_LOG,
    Conflict,
    Values,
    as_query,
    as_sent,
    draft_of,
    mark,
    save_draft,
    shown,
)
from offers.workspace.page import waiting
from partners.models import Affiliation
from portal.forms import new_stamp

BASE = "entwurf"  # the draft and the version of it that a tab has loaded
CHOICE = "wahl-"  # begins the names of answers to conflicts: "hier" or "dort"


class Editing:
    def __init__(self, own: Affiliation, offer: Offer, posted: QueryDict | None) -> None:
        self.own = own
        self.offer = offer
        self.posted = posted and posted.copy()
        self.has_other_rows = self.posted is not None and other_rows(self.posted)
        self.draft = draft_of(own.person, offer)
        self.conflicts: list[Conflict] = []
        self.moved: Values = {}
        self.form = self._form_of_draft() if posted is None else ChangeForm(posted, offer=offer)

    @property
    def version(self) -> str:
        return mark(self.draft)

    def _form_of_draft(self) -> ChangeForm:
        """With what was written so far, not judged yet."""
        if self.draft is None:
            return ChangeForm(offer=self.offer)
        form = ChangeForm(as_query(self.draft.values), offer=self.offer)
        form.without_errors()
        return form

    def save(self) -> None:
        """Keep what the tab sent; `conflicts` tells where another tab wrote, too."""
        if self.posted is None:
            return
        choices = {name.removeprefix(CHOICE): str(self.posted[name]) for name in self.posted if name.startswith(CHOICE)}
        saved = save_draft(
            person=self.own.person,
            offer=self.offer,
            posted=self.posted,
            base=str(self.posted.get(BASE, ""))[:40],
            choices=choices,
        )
        self.draft, self.conflicts, self.moved = saved.draft, saved.conflicts, saved.moved

    def send(self) -> Proposal | None:
        """The stored draft as a proposal; None when the form must be shown again."""
        if self.draft is None:
            return None
        self.form = form = ChangeForm(as_query(self.draft.values), offer=self.offer)
        if not form.is_valid():
            return None
        payload, message = form.changed, form.cleaned_data["message"]
        if not payload and not message:
            form.add_error(None, _("Sie haben noch nichts geändert."))
            return None
        return propose(
            offer=self.offer,
            own=self.own,
            payload=payload,
            seen=form.seen,
            submission_id=content_id(form.submission_id, payload, message),
            message=message,
        )

    def take_over(self, proposal: Proposal) -> bool:
        """Begin a draft with what an earlier proposal said, over the offer's facts of today; False if there is one.

        Where the proposal wants another value its sender has seen what was there then, not what is there today.
        """
        seen = Seen.of(self.offer)
        seen.payload |= {name: proposal.base[name] for name in proposal.rest if name in proposal.base}
        known = known_to(self.offer, seen.payload)
        first_rows = {rows.name: "1" for rows in ChangeForm.repeated}
        values = {**first_rows, **values_from({**seen.payload, **proposal.rest}, known), "message": proposal.message}
        fields = {name: as_sent(values.get(name)) for name in FORM_FIELDS}
        frame = {"gesehen": [seen.write(self.offer)], "stempel": [new_stamp()], "vorgang": [str(uuid.uuid4())]}
        _draft, is_new = ChangeDraft.objects.get_or_create(
            person=self.own.person, offer=self.offer, defaults={"values": {**fields, **frame}}
        )
        return is_new

    @transaction.atomic
    def fill_in(self, payload: Payload) -> None:
        """Write single texts into the draft; begins one when there is none."""
        Offer.objects.select_for_update().get(pk=self.offer.pk)
        draft = draft_of(self.own.person, self.offer)
        if draft is None:
            form = ChangeForm(offer=self.offer)
            frame = {"gesehen": [form.seen.write(self.offer)], "stempel": [new_stamp()], "vorgang": [str(uuid.uuid4())]}
            draft = ChangeDraft(person=self.own.person, offer=self.offer, values={**shown(form), **frame})
        draft.version += 1
        before = [[draft.version, name, draft.values.get(name, [])] for name in payload]
        draft.log = [*draft.log, *before][-LONGEST_LOG:]
        draft.values |= {name: as_sent(value) for name, value in payload.items()}
        draft.save()

    def context(self) -> dict[str, Any]:
        return {
            "own": self.own,
            "offer": self.offer,
            "form": self.form,
            "draft": self.draft,
            "waiting": waiting(self.offer),
            "version": self.version,
            "conflicts": [self._in_words(conflict) for conflict in self.conflicts],
            "kept": [(name, value) for name, value in self._typed() if self.conflicts],
        }

    def _in_words(self, conflict: Conflict) -> dict[str, Any]:
        field = self.form.fields.get(conflict.name, FORM_FIELDS[conflict.name])
        return {
            "name": f"{CHOICE}{conflict.name}",
            "label": field.label,
            "here": _say(field, conflict.here),
            "there": _say(field, conflict.there),
        }

    def _typed(self) -> list[tuple[str, str]]:
        """What this tab sent, and others where it wrote nothing, carried through the question which value holds."""
        if self.posted is None:
            return []
        skip = ("csrfmiddlewaretoken", "aktion", BASE, CHOICE)
        sent = {**dict(self.posted.lists()), **self.moved}
        return [
            (name, value)
            for name, values in sent.items()
            if not name.startswith(skip)
            for value in values
            if isinstance(value, str)
        ]


def _say(field: Any, values: list[str]) -> str:
    """A field's value in the words of its choices."""
    names: dict[str, str] = {}
    for key, label in getattr(field, "choices", ()):
        nested = label if isinstance(label, list | tuple) else [(key, label)]
        names |= {str(value): str(words) for value, words in nested}
    return ", ".join(names.get(value, _("ja") if value == "on" else value) for value in values) or "–"
