"""Mail as a job in the database: it is sent if, and only if, the transaction that wanted it is stored.

A mail is one text template that staff can read. Its HTML is made from the text, unless a template of the same name
with `.html` says more.
"""

import re
from collections.abc import Mapping
from email.utils import make_msgid
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.validators import validate_email
from django.template import Context, Template, TemplateDoesNotExist
from django.template.loader import get_template, render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portal.city import city
from portal.tasks import deliver_mail

ADDRESS = re.compile(r"(?:(?P<words>.*?):? )?(?P<url>https?://\S+)", re.DOTALL)


def queue_mail(
    *, to: str, subject: str, template: str, context: Mapping[str, object], file: Path | None = None
) -> None:
    """Write a mail in text and HTML from templates/`template` and queue it within the present transaction.

    `file` goes with it, if it is still there when the mail is sent.

    The template gets `context`, `city`, `base_url` and `subject`. Raises ValidationError when `to` is no single mail
    address. Line breaks in the subject become spaces, so no header can be smuggled in.
    """
    validate_email(to)
    subject = " ".join(subject.split())
    body, html = write_mail(subject=subject, template=template, context=context)
    message_id = make_msgid(domain=urlsplit(settings.BASE_URL).hostname)
    more = {"file": str(file)} if file else {}
    deliver_mail.defer(to=to, subject=subject, body=body, html=html, message_id=message_id, **more)


def write_mail(*, subject: str, template: str, context: Mapping[str, object]) -> tuple[str, str]:
    """The mail's text and its HTML page; nothing in the text is escaped, everything in the page is."""
    values = {**context, "city": city(), "base_url": settings.BASE_URL, "subject": subject}
    body = _source(template).render(Context(values, autoescape=False)).strip() + "\n"
    try:
        page = _source(f"{template.removesuffix('.txt')}.html").render(Context(values))
    except TemplateDoesNotExist as missing:
        if not str(missing).endswith(".html"):
            raise
        page = render_to_string("mail/page.html", {"subject": subject, "content": html_of(body)})
    return body, page.strip() + "\n"


def _source(name: str) -> Template:
    source: Template = get_template(name).template  # type: ignore[attr-defined] # the one engine is Django's own
    return source


def html_of(text: str) -> SafeString:
    """Plain text as paragraphs; "Stimmt noch: <our address>" becomes a link that reads "Stimmt noch".

    Other addresses stay text: what a visitor wrote must not hide where it leads.
    """
    blocks = re.split(r"\n\s*\n", text.strip())
    return format_html_join("\n", "<p>{}</p>", ((_lines(block),) for block in blocks))


def _lines(block: str) -> SafeString:
    return format_html_join(SafeString("<br>\n"), "{}", ((_line(line.strip()),) for line in block.split("\n")))


def _line(line: str) -> SafeString:
    found = ADDRESS.fullmatch(line)
    if found is None or not found["url"].startswith(f"{settings.BASE_URL}/"):
        return format_html("{}", line)
    return format_html('<a href="{}">{}</a>', found["url"], found["words"] or found["url"])
