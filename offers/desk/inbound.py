"""Answers by mail: what the sender of a case writes back, with its number in the subject, lands on the case.

Taken is only a mail that a person wrote, from the address the question went to, while a question is open. An address
can be forged, so the answer is shown as what it is, a mail; it decides nothing.
"""

import re
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser

from django.db.models import Q

from offers.desk.actions import answer_by_mail
from offers.models import CaseMessage

LARGEST = 2_000_000  # bytes
LONGEST = 4_000  # letters
REFERENCE = re.compile(r"\b[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}\b|\bH-(?P<report>[0-9]{1,9})\b")
QUOTED = re.compile(
    r"^\s*(>|-{2,} ?(Urspr|Original|Weiterg)|_{10,}$|(Am|On) .{0,200}(schrieb|wrote).{0,80}:?$|(Von|From): )"
)

LINES = {"br", "div", "h1", "h2", "h3", "h4", "li", "p", "table", "tr", "ul"}
UNSEEN = {"script", "style", "title"}


class _Letter(HTMLParser):
    """A mail that is HTML alone, as text: its lines and letters ("&uuml;" is "ü"), what it quotes after a ">"."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._words: list[str] = []
        self._unseen = False
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        lines = [re.sub(r" +", " ", line).strip() for line in "".join(self._words).split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen = tag in UNSEEN
        if tag in LINES:
            self._words.append("\n")
        elif tag == "blockquote":
            self._words.append("\n> ")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = False
        if tag in {"p", "h1", "h2", "h3", "h4", "blockquote"}:
            self._words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._words.append(re.sub(r"\s+", " ", data))


def take_answer(raw: bytes) -> CaseMessage | None:
    """Keep the answer a mail holds; None when it is not one."""
    mail = message_from_bytes(raw[:LARGEST], policy=policy.default)
    if not isinstance(mail, EmailMessage) or (head(mail, "Auto-Submitted") or "no").lower() != "no":
        return None
    found = REFERENCE.search(head(mail, "Subject").upper())
    sender = parseaddr(head(mail, "From"))[1]
    if found is None or not sender:
        return None
    about = (
        Q(report=found["report"], report__handled_at=None, report__reply_email__iexact=sender)
        if found["report"]
        else Q(proposal__reference=found[0], proposal__sender_email__iexact=sender)
        | Q(claim__reference=found[0], claim__decided_at=None, claim__person__email__iexact=sender)
    )
    question = CaseMessage.objects.open_questions().filter(about).first()
    return answer_by_mail(question=question, text=written(mail)) if question else None


def head(mail: EmailMessage, name: str) -> str:
    """A line of the mail's head; "" when it is missing, or too broken for Python to read it."""
    try:
        return str(mail.get(name, "")).replace("\x00", "")
    except (LookupError, TypeError, ValueError, AttributeError, MessageError):  # its parser trips over "<@", for one
        return ""


def written(mail: EmailMessage) -> str:
    """What the person wrote, without what they answered to; all of it when nothing else is left."""
    body = mail.get_body(preferencelist=("plain", "html"))
    try:
        text = str(body.get_content()) if body else ""
    except (LookupError, ValueError):  # a character set nobody knows
        return ""
    if body is not None and body.get_content_type() == "text/html":
        text = _Letter(text).text
    text = text.replace("\r\n", "\n").replace("\x00", "")
    own: list[str] = []
    for line in text.split("\n"):
        if QUOTED.match(line):
            break
        own.append(line)
    return ("\n".join(own).strip() or text.strip())[:LONGEST]
