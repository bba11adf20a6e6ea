"""What has to be known of a picture (PNG) to lay it out."""

import struct


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height in dots."""
    wide, high = struct.unpack(">II", png[16:24])
    return wide, high
