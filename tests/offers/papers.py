"""Reading what was handed out: PDF text, tags and the picture of a QR code."""

from collections.abc import Mapping
from typing import Any

import pypdfium2
import typst
import zxingcpp
from pypdfium2 import raw


class Paper:
    """A PDF as a reader, a screen reader and a phone's camera get it."""

    def __init__(self, file: bytes) -> None:
        self._pdf = pypdfium2.PdfDocument(file)

    def __len__(self) -> int:
        return len(self._pdf)

    @property
    def text(self) -> str:
        pages = [self._pdf[number].get_textpage().get_text_bounded() for number in range(len(self))]
        return " ".join(" ".join(pages).replace("\ufffe", "-").split())

    @property
    def is_tagged(self) -> bool:
        return bool(raw.FPDFCatalog_IsTagged(self._pdf))

    @property
    def metadata(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self._pdf.get_metadata_dict()
        return found

    @property
    def contents(self) -> list[str]:
        return [str(mark.get_title()) for mark in self._pdf.get_toc()]

    @property
    def codes(self) -> list[str]:
        """What a camera reads off the first page, drawn with 144 dots an inch."""
        return self._codes(0)

    @property
    def all_codes(self) -> list[str]:
        return [code for number in range(len(self)) for code in self._codes(number)]

    def _codes(self, number: int) -> list[str]:
        picture = self._pdf[number].render(scale=2, grayscale=True)
        return [code.text for code in zxingcpp.read_barcodes(_grey(picture))]


def _grey(picture: Any) -> Any:
    """Rows of grey values without the padding at their ends."""
    rows = memoryview(bytes(picture.buffer))
    packed = b"".join(rows[y * picture.stride : y * picture.stride + picture.width] for y in range(picture.height))
    return memoryview(packed).cast("B", (picture.height, picture.width))


def code_in(svg: bytes) -> list[str]:
    """What a camera reads off an SVG picture on paper."""
    page = '#set page(width: 8cm, height: 8cm)\n#image(bytes(sys.inputs.svg), format: "svg", width: 6cm)'
    made = typst.compile(page.encode(), format="pdf", sys_inputs={"svg": svg.decode()})
    assert isinstance(made, bytes)
    return Paper(made).codes
