"""The limits within which papers are made and files of strangers read."""

import resource

MEMORY = 2 * 2**30
"""Bytes of addresses, of which typst uses a tenth for an ordinary paper."""
LARGEST = 400 * 2**20
"""Bytes of a file that is written."""
NO_FONT = 3
"""The status with which a process says that the machine has no Korean letters."""


def confine(seconds: int) -> None:
    """From here on this process has so much memory, so many seconds of a processor, and leaves no dump behind."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, LARGEST),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
