"""Mail as a job in the database: it is sent if, and only if, the transaction that wanted it is stored."""

from collections.abc import Mapping
from email.utils import make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.core.validators import validate_email
from django.template import Context, Template
from django.template.loader import get_template

from portal.city import city
from portal.tasks import deliver_mail


def queue_mail(*, to: str, subject: str, template: str, context: Mapping[str, object]) -> None:
    """Write a plain-text mail from templates/`template` and queue it within the present transaction.

    The template gets `context`, `city` and `base_url`; nothing in it is escaped for HTML. Raises ValidationError when
    `to` is no single mail address. Line breaks in the subject become spaces, so no header can be smuggled in.
    """
    validate_email(to)
    backend = get_template(template)
    source: Template = backend.template  # type: ignore[attr-defined] # the one engine is Django's own
    values = {**context, "city": city(), "base_url": settings.BASE_URL}
    body = source.render(Context(values, autoescape=False)).strip() + "\n"
    deliver_mail.defer(
        to=to,
        subject=" ".join(subject.split()),
        body=body,
        message_id=make_msgid(domain=urlsplit(settings.BASE_URL).hostname),
    )
