"""What the KERN template pack needs to know about a form field."""

from django import forms, template
from django.forms import BoundField
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def widget_kind(field: BoundField) -> str:
    """How the pack draws the field: hidden, checkbox, group (radio buttons, checkboxes), parts, select or input."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.RadioSelect):  # CheckboxSelectMultiple is one too
        return "group"
    if widget.use_fieldset:
        return "parts"
    if isinstance(widget, forms.Select) and not widget.allow_multiple_selected:
        return "select"
    return "input"


@register.filter
def kern_widget(field: BoundField) -> SafeString:
    """The field's widget with KERN's classes; its parts (date and time) are named."""
    widget = field.field.widget
    kind = widget_kind(field)
    base = {"checkbox": "kern-form-check__checkbox", "select": "kern-form-input__select"}.get(
        kind, "kern-form-input__input"
    )
    classes = [base, f"{base}--error" if field.errors else "", widget.attrs.get("class", "")]
    if isinstance(widget, forms.MultiWidget):
        for part in widget.widgets:
            if isinstance(part, forms.DateInput):
                part.attrs.setdefault("aria-label", _("Datum"))
            elif isinstance(part, forms.TimeInput):
                part.attrs.setdefault("aria-label", _("Uhrzeit"))
    return field.as_widget(attrs={"class": " ".join(filter(None, classes))})
