"""Staff's form for a document: the file is checked and kept in the database."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from networks.models import NetworkDocument, check_pdf


class DocumentForm(forms.ModelForm):  # type: ignore[type-arg]  # takes no type arguments when running
    file = forms.FileField(
        label=_("PDF-Datei"),
        required=False,
        help_text=_("Höchstens 5 MB. Leer: Die Datei bleibt, wie sie ist."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
    )

    class Meta:
        model = NetworkDocument
        fields = ["network", "title", "is_public"]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload is None:
            if not self.instance.pk:
                raise forms.ValidationError(_("Bitte wählen Sie eine PDF-Datei."))
            return None
        content = upload.read()
        check_pdf(content)
        return content

    def save(self, commit: bool = True) -> Any:
        content = self.cleaned_data.get("file")
        if content:
            self.instance.content, self.instance.size = content, len(content)
        return super().save(commit)
