"""The page of one proposal: every field with its box, a message to the sender, and the buttons that decide."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from offers import actions
from offers.desk import decisions
from offers.desk.actions import NoAddressError, ask_back
from offers.desk.differences import Difference, difference
from offers.desk.four_eyes import is_own
from offers.desk.message import ASK, INSERT, MessageForm
from offers.enums import ProposalStatus
from offers.models import Offer, Proposal
from offers.proposals import Change, changes, fingerprint
from partners.models import Partner

TAKE, KEEP = "neu", "alt"
APPROVE, SOME, RETURN = "annehmen", "auswahl", "zurueckgeben"


class DecisionForm(MessageForm):
    """What belongs to a decision: whose offer it is, which fields hold, and words for the sender.

    Fields that moved since the proposal was written have no box: for each of them somebody says which value holds.
    """

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    fields_taken = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, data: QueryDict | None = None, *, proposal: Proposal, found: list[Change], initial: dict[str, Any]
    ) -> None:
        self.moved = [change for change in found if change.moved]
        self.still = [change for change in found if not change.moved]
        super().__init__(data, initial={**initial, "fields_taken": [change.name for change in self.still]})
        boxes: Any = self.fields["fields_taken"]
        boxes.choices = [(change.name, change.label) for change in self.still]
        if proposal.offer is None:
            self.fields["partner"] = _provider(proposal)
        for change in self.moved:
            self.fields[f"feld-{change.name}"] = forms.ChoiceField(
                label=change.label,
                required=False,
                widget=forms.RadioSelect,
                choices=[(TAKE, _("der Vorschlag gilt")), (KEEP, _("der jetzige Stand bleibt"))],
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        publishes, reason = self.wish in (APPROVE, SOME), cleaned.get("reason", "").strip()
        if publishes:
            for change in self.moved:
                if not cleaned.get(f"feld-{change.name}"):
                    self.add_error(f"feld-{change.name}", _("Bitte sagen Sie, was gilt."))
            if "partner" in self.fields and self.fields["partner"].required and not cleaned.get("partner"):
                self.add_error("partner", _("Bitte wählen Sie den Anbieter."))
        elif "partner" in self.errors:
            del self.errors["partner"]
        if self.wish == APPROVE and reason:
            self.add_error("reason", _("Beim Annehmen geht keine Nachricht hinaus. Bitte leeren Sie das Feld oder "
                                       "wählen Sie eine andere Schaltfläche."))  # fmt: skip
        if publishes:
            self._check_choice(len(self.names()), len(self.still) + len(self.moved))
        return cleaned

    def needs_words(self) -> bool:
        return self.wish != APPROVE

    def _check_choice(self, chosen: int, offered: int) -> None:
        unticked = len(self.still) - len(self.cleaned_data.get("fields_taken", []))
        if self.wish == APPROVE and unticked:
            self.add_error(None, _("Sie haben Felder abgewählt. Kreuzen Sie alle an, oder nehmen Sie nur die "
                                   "ausgewählten an und geben den Rest zurück."))  # fmt: skip
        if self.wish == SOME and not chosen:
            self.add_error(None, _("Sie haben kein Feld ausgewählt. Dann geben Sie bitte alles zurück."))
        if self.wish == SOME and chosen == offered:
            self.add_error(None, _("Sie haben alle Felder ausgewählt. Dann nehmen Sie bitte alles an."))

    def names(self, choice: str = TAKE) -> list[str]:
        """The fields that are taken; or of those that moved, the ones whose present value stays."""
        moved = [c.name for c in self.moved if self.cleaned_data.get(f"feld-{c.name}") == choice]
        return moved if choice == KEEP else [*self.cleaned_data.get("fields_taken", []), *moved]

    def judge_again(self, seen: str) -> None:
        """Show what was sent beside the offer as it is now; boxes of fields that are the same by now go."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # what was sent: a QueryDict
        known = {change.name for change in self.still}
        data["seen"] = seen
        data.setlist("fields_taken", [name for name in data.getlist("fields_taken") if name in known])
        self.show(data)


def _provider(proposal: Proposal) -> forms.Field:
    name = proposal.sender_organisation
    field = forms.ModelChoiceField(
        Partner.objects.in_listing_order(),
        required=False,
        label=_("Anbieter"),
        initial=proposal.partner,
        empty_label=_("neu anlegen: %(name)s") % {"name": name} if name else _("bitte wählen"),
        help_text=_("Gibt es die Organisation schon unter einem anderen Namen? Dann wählen Sie sie hier."),
    )
    field.required = not name
    return field


@dataclass(frozen=True)
class Row:
    """One field of the table: what changes, word by word, with its box or its choice."""

    change: Change
    words: Difference
    box: Any = None
    choice: Any = None


class ProposalPage:
    """One proposal with its form."""

    def __init__(self, request: HttpRequest, proposal: Proposal) -> None:
        self.request = request
        self.proposal = proposal
        self.changes = changes(proposal)
        self.form = self._form(None)
        self.is_done = False

    def _form(self, data: QueryDict | None) -> DecisionForm:
        return DecisionForm(data, proposal=self.proposal, found=self.changes, initial={"seen": self._seen})

    @property
    def _seen(self) -> str:
        return fingerprint(self.proposal.offer) if self.proposal.offer else ""

    @property
    def is_own(self) -> bool:
        """Vier Augen: somebody else has to approve it."""
        return settings.FOUR_EYES and is_own(self.proposal, self._staff())

    @cached_property
    def rows(self) -> list[Row]:
        boxes = {str(box.data["value"]): box for box in self.form["fields_taken"].subwidgets}
        return [
            Row(
                change,
                difference(change.old, change.new),
                boxes.get(change.name),
                self.form[f"feld-{change.name}"] if change.moved else None,
            )
            for change in self.changes
        ]

    def decide(self) -> bool:
        """Carry out the pressed button; False when the page must be shown again, with what was typed."""
        self.form = self._form(self.request.POST)
        if self.form.wish == INSERT:
            self.form.with_block()
            return False
        todo = {SOME: self._approve_some, RETURN: self._return, ASK: self._ask}.get(self.form.wish, self._approve)
        if not self._staff().has_perm("offers.decide_proposal"):
            raise PermissionDenied
        if self.proposal.status != ProposalStatus.WAITING:
            return self._try(self._refuse)
        if self.form.wish in (APPROVE, SOME) and self.request.POST.get("seen", "") != self._seen:
            return self._look_again()
        return self.form.is_valid() and self._try(todo)

    def _look_again(self) -> bool:
        """Show what the offer says by now; what was typed and ticked stays."""
        messages.warning(
            self.request,
            _("Das Angebot wurde gerade von jemand anderem geändert. Bitte sehen Sie es noch einmal an."),
        )
        if self.proposal.offer:
            self.proposal.offer.refresh_from_db()
        self.changes = changes(self.proposal)
        self.form = self._form(self.request.POST)
        self.form.judge_again(self._seen)
        return False

    def _try(self, todo: Any) -> bool:
        try:
            todo()
        except actions.AlreadyDecidedError:
            messages.info(self.request, _("Über diesen Vorschlag wurde schon entschieden."))
        except (actions.ChangedMeanwhileError, decisions.UndecidedError):
            return self._look_again()
        except decisions.OwnProposalError:
            messages.warning(self.request, _("Vier Augen: Ihren eigenen Vorschlag nimmt jemand anderes an."))
        except NoAddressError:
            messages.warning(self.request, _("Zu diesem Vorschlag gibt es keine E-Mail-Adresse."))
        except ValidationError as error:
            self.form.add_error(None, [f"{label}: {words}" for label, words in _sayings(error)])
            return False
        else:
            self.is_done = True
        return True

    def _refuse(self) -> None:
        raise actions.AlreadyDecidedError

    def _approve(self) -> None:
        values = self.form.cleaned_data
        offer = decisions.approve_proposal(
            proposal=self.proposal,
            by=self._staff(),
            partner=values.get("partner"),
            seen=values["seen"],
            take=self.form.names(TAKE),
            keep=self.form.names(KEEP),
        )
        self._say_published(offer, _("Veröffentlicht:"))

    def _approve_some(self) -> None:
        values = self.form.cleaned_data
        offer = decisions.approve_fields(
            proposal=self.proposal,
            by=self._staff(),
            partner=values.get("partner"),
            seen=values["seen"],
            names=self.form.names(TAKE),
            reason=values["reason"],
        )
        self._say_published(offer, _("Zum Teil veröffentlicht, der Rest ist zurückgegeben:"))

    def _say_published(self, offer: Offer, words: str) -> None:
        messages.success(
            self.request,
            format_html(
                '{} <a href="{}">{}</a>. {} <a href="{}">{}</a>',
                words,
                offer.get_absolute_url(),
                offer.title,
                _("Der Absender bekommt eine E-Mail."),
                reverse("admin:offers_offer_change", args=[offer.pk]),
                _("Angebot nachbessern"),
            ),
        )

    def _return(self) -> None:
        decisions.return_proposal(proposal=self.proposal, by=self._staff(), reason=self.form.cleaned_data["reason"])
        messages.success(self.request, _("Zurückgegeben. Der Absender bekommt Ihre Begründung per E-Mail."))

    def _ask(self) -> None:
        ask_back(case=self.proposal, by=self._staff(), text=self.form.cleaned_data["reason"])
        messages.success(self.request, _("Ihre Frage ist unterwegs. Die Antwort erscheint hier, der Fall wartet."))

    def _staff(self) -> User:
        if not isinstance(self.request.user, User):
            raise PermissionDenied
        return self.request.user


def _sayings(error: ValidationError) -> list[tuple[str, str]]:
    """What a value that no longer fits says, with its field's name."""
    if not hasattr(error, "error_dict"):
        return [(_("Fehler"), words) for words in error.messages]
    named = {field.name: str(getattr(field, "verbose_name", field.name)) for field in Offer._meta.get_fields()}
    return [(named.get(name, _("Angebot")), words) for name, found in error.message_dict.items() for words in found]
