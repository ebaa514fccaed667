"""Topics and life phases."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from offers.models import LifePhase, Topic
from portal.admin_bases import RecordedAdmin
from portal.ages import age_label


@admin.register(Topic)
class TopicAdmin(RecordedAdmin):
    list_display = ["label", "synonym_words", "position"]
    search_fields = ["label", "synonyms"]
    fields = ["label", "description", "synonyms", "networks", "position", "slug"]
    autocomplete_fields = ["networks"]

    def formfield_for_dbfield(self, db_field: "models.Field[Any, Any]", request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "synonyms":
            kwargs["widget"] = forms.Textarea(attrs={"rows": 4})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description=_("andere Wörter"))
    def synonym_words(self, topic: Topic) -> str:
        return ", ".join(topic.synonyms)


@admin.register(LifePhase)
class LifePhaseAdmin(RecordedAdmin):
    list_display = ["label", "age", "chain_step", "position"]
    search_fields = ["label"]
    fieldsets = [
        (None, {"fields": ["label", "ages", "audience"], "description": _("Entweder ein Alter oder eine Zielgruppe.")}),
        (_("Reihenfolge und Adresse"), {"fields": ["chain_step", "position", "slug"]}),
    ]

    @admin.display(description=_("Alter"))
    def age(self, phase: LifePhase) -> str:
        return age_label(phase.ages) or phase.audience
