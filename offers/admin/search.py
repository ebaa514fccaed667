"""The words families use: by format, and in every language by what they mean. Topics keep theirs themselves."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from offers.models import FormatWords, SearchSynonym
from portal.admin_bases import RecordedAdmin


@admin.register(SearchSynonym)
class SearchSynonymAdmin(RecordedAdmin):
    list_display = ["word", "language", "means"]
    list_filter = ["language"]
    search_fields = ["word", "means"]
    fieldsets = [
        (
            None,
            {
                "fields": ["word", "language", "means"],
                "description": _("Wer das Wort sucht, findet auch Angebote mit der Bedeutung. Das gilt sofort."),
            },
        )
    ]


@admin.register(FormatWords)
class FormatWordsAdmin(RecordedAdmin):
    list_display = ["format", "words"]
    fields = ["format", "synonyms"]

    def formfield_for_dbfield(self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "synonyms":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 4})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=_("andere Wörter"))
    def words(self, entry: FormatWords) -> str:
        return ", ".join(entry.synonyms)
