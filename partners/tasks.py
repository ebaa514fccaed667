"""Jobs of the partners' floor."""

from procrastinate.contrib.django import app


@app.task(name="partners.discard_mail", queue="mail")
def discard_mail(*, to: str, subject: str, body: str, html: str) -> None:
    """A mail to an address nobody has an account for. It is queued so that no visitor can tell, and goes nowhere."""
