"""The one queue of the Büro: everything that waits for a person, whoever waits longest first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import CharField, F, QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from offers.desk.cases import title_of
from offers.desk.enums import CaseKind, MessageKind, Sight
from offers.models import ErrorReport, Proposal, Task
from offers.models.desk import with_last_message
from offers.proposals import FIELDS, label
from partners.models import Claim

LONG = 7  # days after which a case is said to wait long
PAGE = 50
NAMED = 3  # fields a line names before it counts the others
User = AbstractBaseUser | AnonymousUser
Key = tuple[datetime, str, int]  # since when it waits, kind, primary key: the order of the queue


@dataclass(frozen=True)
class Case:
    """One line of the queue; `state` says where a question to the sender stands."""

    kind: CaseKind
    pk: int
    label: str
    since: datetime
    title: str
    organisation: str
    words: str
    url: str
    state: str = ""

    @property
    def days(self) -> int:
        return (timezone.localdate() - timezone.localtime(self.since).date()).days

    @property
    def age(self) -> str:
        if self.days < 1:
            return _("seit heute")
        if self.days == 1:
            return _("seit gestern")
        return ngettext("seit %(count)d Tag", "seit %(count)d Tagen", self.days) % {"count": self.days}

    @property
    def is_late(self) -> bool:
        return self.days >= LONG


@dataclass(frozen=True)
class Source:
    """One kind of case: which rows wait, since which field, who sees them, where they are decided, what they say."""

    rows: Callable[[], Any]
    since: str
    permission: str
    page: str
    say: Callable[[Any], dict[str, str]]
    relations: tuple[str, ...] = field(default=())
    can_ask: bool = True


def _short(text: str, length: int = 120) -> str:
    words = " ".join(text.split())
    return words if len(words) <= length else f"{words[: length - 1].rstrip()}…"


def _proposal(proposal: Proposal) -> dict[str, str]:
    is_change, offer = proposal.base_version is not None, proposal.offer
    names = [label(name) for name in FIELDS if name in proposal.payload]
    more = len(names) - NAMED
    fields = ", ".join(names[:NAMED]) + (_(" und %(count)d weitere") % {"count": more} if more > 0 else "")
    return {
        "label": _("Änderung") if is_change else _("Neues Angebot"),
        "title": offer.title if offer else title_of(proposal),
        "organisation": str(proposal.partner or proposal.sender_organisation or (offer.provider if offer else "")),
        "words": fields if is_change else _short(str(proposal.payload.get("summary", ""))),
    }


def _report(report: ErrorReport) -> dict[str, str]:
    words = ": ".join(filter(None, [str(report.get_field_display()) if report.field else "", report.correction]))
    return {
        "label": _("Fehlermeldung"),
        "title": report.offer.title,
        "organisation": str(report.offer.provider),
        "words": _short(" – ".join(filter(None, [words, report.message]))),
    }


def _claim(claim: Claim) -> dict[str, str]:
    return {
        "label": _("Konto-Antrag"),
        "title": claim.person.get_full_name() or claim.person.email,
        "organisation": claim.organisation,
        "words": _("möchte Angebote selbst pflegen"),
    }


def _task(task: Task) -> dict[str, str]:
    return {
        "label": _("Aufgabe"),
        "title": task.subject,
        "organisation": str(task.partner or ""),
        "words": str(task.get_kind_display()),
    }


SOURCES = {
    CaseKind.PROPOSAL: Source(
        Proposal.objects.waiting, "confirmed_at", "offers.view_proposal", "offers_proposal_change", _proposal,
        ("offer__provider", "partner"),
    ),
    CaseKind.REPORT: Source(
        ErrorReport.objects.open, "created_at", "offers.view_errorreport", "offers_errorreport_change", _report,
        ("offer__provider",),
    ),
    CaseKind.CLAIM: Source(
        Claim.objects.waiting, "created_at", "partners.view_claim", "partners_claim_change", _claim, ("person",)
    ),
    CaseKind.TASK: Source(
        Task.objects.open, "created_at", "offers.view_offer", "offers_task_change", _task, ("partner",), can_ask=False
    ),
}  # fmt: skip
STATES = {MessageKind.ANSWER.value: "answered", MessageKind.QUESTION.value: "asked"}
PARTS: dict[Sight, tuple[CaseKind, Callable[[Any], Any] | None]] = {
    Sight.NEW: (CaseKind.PROPOSAL, lambda rows: rows.for_new_offers()),
    Sight.CHANGES: (CaseKind.PROPOSAL, lambda rows: rows.for_changes()),
    Sight.REPORTS: (CaseKind.REPORT, None),
    Sight.CLAIMS: (CaseKind.CLAIM, None),
    Sight.TASKS: (CaseKind.TASK, None),
}
ASKED = {Sight.ANSWERED: MessageKind.ANSWER, Sight.ASKED: MessageKind.QUESTION}


def _rows(sight: Sight, user: User) -> list[tuple[CaseKind, "QuerySet[Any]"]]:
    """What the user may see of a sight, by kind."""
    only, narrow = PARTS.get(sight, (None, None))
    found = []
    for kind, source in SOURCES.items():
        if not user.has_perm(source.permission) or only not in (None, kind):  # type: ignore[union-attr]  # both kinds have it
            continue
        rows = narrow(source.rows()) if narrow else source.rows()
        if sight not in ASKED:
            found.append((kind, rows))
        elif source.can_ask:
            found.append((kind, with_last_message(rows).filter(last_message=ASKED[sight])))
    return found


def counts(user: User) -> dict[Sight, int]:
    """How many cases each sight holds, for this user."""
    found = {sight: sum(rows.count() for _kind, rows in _rows(sight, user)) for sight in (*PARTS, *ASKED)}
    return {Sight.ALL: sum(found[sight] for sight in PARTS), **found}


def _keys(sight: Sight, user: User) -> Any:
    """The keys of a sight in the order of the queue, as a queryset."""
    parts: list[Any] = [
        rows.order_by()
        .annotate(waits_since=F(SOURCES[kind].since), case_kind=Value(kind.value, output_field=CharField()))
        .values_list("waits_since", "case_kind", "pk")
        for kind, rows in _rows(sight, user)
    ]
    if not parts:
        return []
    whole = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return whole.order_by("waits_since", "case_kind", "pk")


def cases(sight: Sight, user: User, page: int = 1) -> list[Case]:
    """One page of the queue."""
    return _load(list(_keys(sight, user)[(page - 1) * PAGE : page * PAGE]))


def _load(keys: Iterable[Key]) -> list[Case]:
    """The lines of some keys, in their order."""
    keys = list(keys)
    found: dict[tuple[str, int], Case] = {}
    for kind, source in SOURCES.items():
        pks = [pk for _since, name, pk in keys if name == kind]
        rows: Any = source.rows().filter(pk__in=pks).select_related(*source.relations) if pks else []
        for row in with_last_message(rows) if pks and source.can_ask else rows:
            since, url = getattr(row, source.since), reverse(f"admin:{source.page}", args=[row.pk])
            state = STATES.get(getattr(row, "last_message", None) or "", "")
            found[kind, row.pk] = Case(kind, row.pk, since=since, url=url, state=state, **source.say(row))
    return [found[name, pk] for _since, name, pk in keys if (name, pk) in found]


def position(kind: str, pk: int) -> Key | None:
    """Where a case stands or stood in the queue; None when there is no such case."""
    if kind not in CaseKind.values:
        return None
    source = SOURCES[CaseKind(kind)]
    since = source.rows().model._default_manager.filter(pk=pk).values_list(source.since, flat=True).first()
    return (since, kind, pk) if since else None


def after(sight: Sight, user: User, own: Key | None) -> Case | None:
    """The case after one that is decided or skipped; after the last comes the first, and None when nothing is left."""
    first: Key | None = None
    for key in _keys(sight, user):
        if own is not None and key[1:] == own[1:]:
            continue
        if own is None or key > own:
            return next(iter(_load([key])), None)
        first = first or key
    return next(iter(_load([first])), None) if first else None
