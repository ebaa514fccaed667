"""Words to the sender of a case, with text blocks, on every page where a case is decided."""

from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from offers.models import TextBlock

ASK, INSERT = "fragen", "einfuegen"


class BlockSelect(forms.Select):
    """Carries the words of each block along, for the script that needs no way to the server."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        block = getattr(value, "instance", None)
        if isinstance(block, TextBlock):
            option["attrs"]["data-text"] = block.text
        return option


class MessageForm(forms.Form):
    """`wish` is the pressed button; a page that names its `wishes` does nothing for any other."""

    wishes: ClassVar[tuple[str, ...]] = ()
    block = forms.ModelChoiceField(
        TextBlock.objects.in_listing_order(),
        required=False,
        widget=BlockSelect,
        label=_("Textbaustein"),
        empty_label=_("bitte wählen"),
    )
    reason = forms.CharField(
        label=_("Nachricht an den Absender"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Ihre Frage oder der Grund Ihrer Entscheidung. Der Text geht per E-Mail hinaus."),
    )

    def __init__(self, data: QueryDict | None = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.wish = str(data.get("entscheidung", "")) if data is not None else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.wishes and self.wish not in self.wishes:
            self.add_error(None, _("Bitte wählen Sie eine Schaltfläche."))
        if self.needs_words() and not cleaned.get("reason", "").strip() and "reason" not in self.errors:
            self.add_error("reason", _("Bitte schreiben Sie dem Absender, worum es geht."))
        return cleaned

    def needs_words(self) -> bool:
        """Whether the pressed button makes no sense without a message."""
        return self.wish == ASK

    def with_block(self) -> None:
        """Put the chosen words below what is written already; everything else stays as it was sent."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # what was sent: a QueryDict
        chosen = data.get("block", "")
        block = TextBlock.objects.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 10 else None
        if block:
            data["reason"] = "\n\n".join(filter(None, [data.get("reason", "").strip(), block.text]))
            data["block"] = ""
        self.fields["reason"].widget.attrs["autofocus"] = True  # there one goes on writing
        self.show(data)

    def show(self, data: QueryDict) -> None:
        """With these values, and without complaints."""
        self.data = data
        self._errors = forms.utils.ErrorDict()
        self.cleaned_data = {}
