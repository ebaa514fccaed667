"""Asking a sender back, the answer, and words with a decision: each is stored whole, with its mail, or not at all."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from offers.actions import AlreadyDecidedError, handle_error_reports
from offers.desk.cases import Case, kind_of, locked
from offers.desk.enums import MessageKind, Way
from offers.desk.links import Asked, answer_path, asked
from offers.freshness.reports import adopt_report
from offers.models import CaseMessage, ErrorReport
from partners.accounts.actions import UsedUpError, decide_claim
from partners.models import Claim, Partner
from portal.city import city
from portal.mail import queue_mail
from portal.notices import notify


class NoAddressError(Exception):
    """The case carries no mail address that could be asked."""


class RefusedError(Exception):
    """The link opens nothing any more."""

    def __init__(self, found: Asked) -> None:
        super().__init__(str(found.refused))
        self.asked = found


@transaction.atomic
def ask_back(*, case: Case, by: User, text: str) -> CaseMessage:
    """Mail a question to the sender, with a link to answer it; the case waits on.

    Raises PermissionDenied, AlreadyDecidedError, NoAddressError, or ValueError without a text.
    """
    if not by.has_perm(kind_of(case).permission):
        raise PermissionDenied
    if not text.strip():
        raise ValueError("a question needs words")
    case = locked(case)
    if not kind_of(case).waits(case):
        raise AlreadyDecidedError
    question = _note(case, MessageKind.QUESTION, text, by=by)
    _mail_sender(case, f"{kind_of(case).question} ({kind_of(case).number(case)})", "question", question)
    return question


@transaction.atomic
def close_report(*, report: ErrorReport, by: User, text: str = "", adopt: bool = False, seen: str = "") -> None:
    """Change the offer as the hint says (`adopt`, see there) or leave it; words, if any, go to who sent the hint.

    Raises as `adopt_report`, AlreadyDecidedError, or NoAddressError when there are words and nobody to get them.
    """
    if adopt:
        adopt_report(report=report, by=by, seen=seen)
    elif not handle_error_reports(reports=[report], by=by):
        raise AlreadyDecidedError
    if text.strip():
        words = _note(report, MessageKind.WORDS, text, by=by)
        _mail_sender(report, _("Zu Ihrem Hinweis: %(title)s") % {"title": report.offer.title}, "report_closed", words)


@transaction.atomic
def close_claim(*, claim: Claim, by: User, partner: Partner | None, accept: bool, text: str = "") -> None:
    """Decide a claim; words, if any, stand in the mail about it. Raises as `decide_claim`, or AlreadyDecidedError."""
    try:
        decide_claim(claim=claim, by=by, partner=partner, accept=accept, words=text.strip())
    except UsedUpError as decided:
        raise AlreadyDecidedError from decided
    if text.strip():
        _note(claim, MessageKind.WORDS, text, by=by)


@transaction.atomic
def answer_by_link(*, token: str, text: str) -> CaseMessage:
    """Whoever holds the link answers the question it was made for, once. Raises RefusedError."""
    found = asked(token, lock=True)
    if found.refused or found.question is None:
        raise RefusedError(found)
    return _keep(found.question.case, text, found.question, Way.LINK)


@transaction.atomic
def answer_by_mail(*, question: CaseMessage, text: str) -> CaseMessage | None:
    """An answer the sender wrote by mail; None when there is nothing more to answer."""
    case = locked(question.case)
    is_open = case.messages.open_questions().filter(pk=question.pk).exists()
    if not is_open or not kind_of(case).waits(case) or not text.strip():
        return None
    return _keep(case, text, question, Way.MAIL)


def _note(case: Case, kind: MessageKind, text: str, **more: Any) -> CaseMessage:
    return CaseMessage.objects.create(**{kind_of(case).column: case}, kind=kind, text=text.strip(), **more)


def _keep(case: Case, text: str, question: CaseMessage, way: Way) -> CaseMessage:
    kind = kind_of(case)
    address = kind.address(case) if kind.keeps_address else ""
    answer = _note(case, MessageKind.ANSWER, text, address=address, way=way, question=question)
    path = reverse(f"admin:{kind.page}", args=[case.pk])
    notify(
        to=city()["office_email"],
        subject=_("Antwort ist da: %(reference)s") % {"reference": kind.number(case)},
        template="mail/offers/answer.txt",
        context={**_facts(case, answer), "path": path},
        path=path,
    )
    return answer


def _mail_sender(case: Case, subject: str, template: str, message: CaseMessage) -> None:
    address = kind_of(case).address(case)
    if not address:
        raise NoAddressError
    context = {**_facts(case, message), "path": answer_path(message)}
    queue_mail(to=address, subject=subject, template=f"mail/offers/{template}.txt", context=context)


def _facts(case: Case, message: CaseMessage) -> dict[str, Any]:
    kind = kind_of(case)
    return {
        "title": kind.title(case),
        "name": kind.person(case),
        "reference": kind.number(case),
        "message": message.text,
    }
