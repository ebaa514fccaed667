"""Every form a page holds, as a browser would send it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

Pair = tuple[str, str]
NOT_SENT = {"submit", "button", "reset", "image", "file"}


@dataclass
class PageForm:
    """Where a form goes, what it would send now, by which buttons, and every name it has."""

    method: str
    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[Pair] = field(default_factory=list)
    names: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[PageForm] = []
        self._now: PageForm | None = None
        self._select = self._area = ""
        self._is_many = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._now = PageForm(given.get("method", "get").lower(), given.get("action", ""))
            self.forms.append(self._now)
            return
        if self._now is None or "disabled" in given:
            return
        name = given.get("name", "")
        if name:
            self._now.names.add(name)
        if tag == "button" or (tag == "input" and given.get("type") == "submit"):
            if given.get("type", "submit") == "submit":
                self._now.buttons.append((name, given.get("value", "")))
        elif tag == "input" and name and given.get("type") not in NOT_SENT:
            if given.get("type") not in {"checkbox", "radio"} or "checked" in given:
                self._now.values.setdefault(name, []).append(given.get("value", "on" if "checked" in given else ""))
        elif tag == "select" and name:
            self._select, self._is_many = name, "multiple" in given
        elif tag == "option" and self._select:
            self._take_option(self._now, given)
        elif tag == "textarea" and name:
            self._area = name
            self._now.values[name] = [""]

    def _take_option(self, form: PageForm, given: dict[str, str]) -> None:
        """The chosen one; of a list with one choice the first, if none is chosen."""
        if "selected" in given and self._is_many:
            form.values.setdefault(self._select, []).append(given.get("value", ""))
        elif "selected" in given or not (self._is_many or self._select in form.values):
            form.values[self._select] = [given.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._now = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._now:
            [text] = self._now.values[self._area]
            self._now.values[self._area] = [text + (data if text else data.removeprefix("\n"))]


def forms_of(page: str) -> list[PageForm]:
    reader = _Reader()
    reader.feed(page)
    return reader.forms
