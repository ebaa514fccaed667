"""QR codes as SVG pictures."""

from io import BytesIO

import segno

QUIET_ZONE = 4  # modules of white around the code, as ISO/IEC 18004 asks


def qr_svg(address: str) -> str:
    """The address as a black and white code; `scale` is left to whoever shows it."""
    picture = BytesIO()
    segno.make_qr(address, error="m", boost_error=False).save(
        picture, kind="svg", xmldecl=False, border=QUIET_ZONE, light="#fff", omitsize=True
    )
    return picture.getvalue().decode()


def qr_width(address: str) -> float:
    """How wide the code must be on paper for a phone's camera, in centimetres: half a millimetre a module."""
    modules = segno.make_qr(address, error="m", boost_error=False).symbol_size(border=QUIET_ZONE)[0]
    return max(2.8, modules * 0.055)
