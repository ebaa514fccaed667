"""What was said about a case, in order: the sender's message, questions, answers, the decision."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from offers.desk.cases import Case, kind_of
from offers.desk.enums import MessageKind
from offers.models import CaseMessage, Proposal
from offers.proposals import labels


@dataclass(frozen=True)
class Entry:
    """`who` is a name, or "" for somebody of the Büro whose name is nobody's business outside."""

    moment: datetime
    title: str
    text: str
    who: str = ""
    is_office: bool = False
    open_question: Any = None


def thread(proposal: Proposal, *, inside: bool) -> list[Entry]:
    """All entries, oldest first; `inside` the Büro they carry the names of its people."""
    address = proposal.sender_email if inside else str(_("ohne Namen"))  # a visitor's is nobody else's business
    sender = proposal.sender_name or proposal.sender_organisation or address
    entries = [Entry(proposal.submitted_at, str(_("Eingesandt")), proposal.message, sender)]
    entries += messages_of(proposal, sender, inside=inside)
    if proposal.decided_at:
        who = _name(proposal.decided_by) if inside else ""
        entries.append(Entry(proposal.decided_at, _decision(proposal), proposal.reason, who, is_office=True))
    return sorted(entries, key=lambda entry: entry.moment)


def messages_of(case: Case, sender: str, *, inside: bool) -> list[Entry]:
    """Questions, answers and words with the decision, oldest first."""
    return [_message(message, case, sender, inside) for message in case.messages.select_related("by", "answer")]


def _message(message: CaseMessage, case: Case, sender: str, inside: bool) -> Entry:
    if message.kind == MessageKind.ANSWER:
        title = f"{message.get_kind_display()} {message.get_way_display()}"
        return Entry(message.sent_at, title, message.text, sender)
    is_open = message.kind == MessageKind.QUESTION and kind_of(case).waits(case) and not hasattr(message, "answer")
    who = _name(message.by) if inside else ""
    return Entry(
        message.sent_at,
        str(message.get_kind_display()),
        message.text,
        who,
        is_office=True,
        open_question=message if is_open else None,
    )


def _name(person: Any) -> str:
    return (person.get_full_name() or person.get_username()) if person else "–"


def _decision(proposal: Proposal) -> str:
    if not proposal.taken:
        return str(proposal.get_status_display())
    return _("Zum Teil angenommen (%(names)s), der Rest ging zurück") % {"names": labels(proposal.taken)}
