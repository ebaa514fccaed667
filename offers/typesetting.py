"""Paper: tagged PDF/UA files set by typst from templates/pdf/; words go in as data, never as markup."""

import json
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    import typst

FOLDER = settings.BASE_DIR / "templates" / "pdf"
_FIRA = settings.BASE_DIR / "node_modules" / "@expo-google-fonts" / "fira-sans"
_one_at_a_time = threading.Lock()  # a compiler keeps what it read between two runs


def typeset(name: str, content: Mapping[str, object]) -> bytes:
    """Set templates/pdf/`name`.typ with `content` (what JSON can hold) as a PDF/UA-1 file.

    Without the fonts from npm the file is set in typst's own.
    """
    with _one_at_a_time:
        made = _compiler(name).compile(
            format="pdf",
            sys_inputs={"content": json.dumps(_without_controls(content), ensure_ascii=False)},
            pdf_standards=["ua-1"],
        )
    if not isinstance(made, bytes):
        raise TypeError(f"typst gave {type(made)} for {name}")
    return made


@lru_cache
def _compiler(name: str) -> "typst.Compiler":
    import typst  # 7 MB, which only those carry who set something

    weights = [str(_FIRA / weight) for weight in ("400Regular", "600SemiBold")]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=weights)
    return typst.Compiler(FOLDER / f"{name}.typ", root=FOLDER, font_paths=fonts)


def _without_controls(value: object) -> object:
    """The same with control characters as spaces: fonts have no picture for them, and PDF/UA forbids such gaps."""
    if isinstance(value, str):
        return "".join(letter if letter == "\n" or letter.isprintable() else " " for letter in value)
    if isinstance(value, Mapping):
        return {key: _without_controls(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without_controls(part) for part in value]
    return value
