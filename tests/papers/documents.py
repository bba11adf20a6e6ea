"""PDFs as somebody might hand them in."""

import io

from pypdf import PdfWriter


def a_document(*sizes: tuple[int, int], password: str = "") -> bytes:
    """A PDF with blank pages of these sizes."""
    writer, made = PdfWriter(), io.BytesIO()
    for width, height in sizes:
        writer.add_blank_page(width, height)
    if password:
        writer.encrypt(password)
    writer.write(made)
    return made.getvalue()


WIDE, HIGH = (960, 540), (595, 842)
