"""Small groups are not shown to everybody, nor what would give them away: who is one of three may be recognized.

Practice of official statistics (통계법 제33조): cells below the threshold are left out, and with them
so many others that no total leads back to them (secondary suppression).
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from briefings.organizations.models import OrganizationKind

SMALLEST_SHOWN = 5
Key = TypeVar("Key")


def hidden(numbers: Mapping[Key, int], total_known: bool = True) -> dict[Key, int | None]:
    """The same with None instead of what is not to be shown; nought is nobody, and shown where that tells nothing.

    Where the total is known, who subtracts what is shown learns only the sum of what is not. So much is left out that
    each of these may, for all they know, be anything from one up to five and more; where nothing is that large,
    nought is left out as well, so that nobody learns where the few are.
    """
    shown: dict[Key, int | None] = dict(numbers)
    left_out = [key for key, number in numbers.items() if 0 < number < SMALLEST_SHOWN]
    others = sorted((key for key, number in numbers.items() if number >= SMALLEST_SHOWN), key=lambda key: numbers[key])
    while left_out and total_known and others and not _is_safe([numbers[key] for key in left_out]):
        left_out.append(others.pop(0))
    if left_out and total_known and not _is_safe([numbers[key] for key in left_out]):
        left_out += [key for key, number in numbers.items() if number == 0]
    return shown | dict.fromkeys(left_out)


def _is_safe(left_out: list[int]) -> bool:
    """Whether their sum leaves it open how large each of several is."""
    return len(left_out) > 1 and sum(left_out) >= len(left_out) - 1 + SMALLEST_SHOWN


class Kinds(NamedTuple):
    """Organizations by kind with what is not shown as None, and the two sums over public and private ones."""

    by_kind: dict[OrganizationKind, int | None]
    public: int | None
    private: int | None

    @property
    def hides(self) -> bool:
        """Whether anything is left out."""
        return None in (*self.by_kind.values(), self.public, self.private)

    @property
    def shown(self) -> int:
        """All that is shown, together."""
        return sum(number or 0 for number in self.by_kind.values())


def hidden_kinds(numbers: Mapping[OrganizationKind, int]) -> Kinds:
    """By kind, where both sums and their total are shown beside; the sums as well go where they would tell too much."""
    public = {kind: number for kind, number in numbers.items() if kind.is_public}
    private = {kind: number for kind, number in numbers.items() if not kind.is_public}
    sums = hidden({"public": sum(public.values()), "private": sum(private.values())})
    if None in sums.values():
        return Kinds(hidden(numbers), None, None)
    return Kinds(hidden(public) | hidden(private), sums["public"], sums["private"])


def plain_kinds(numbers: Mapping[OrganizationKind, int]) -> Kinds:
    """The same for staff: nothing is left out."""
    public = sum(number for kind, number in numbers.items() if kind.is_public)
    return Kinds(dict(numbers), public, sum(numbers.values()) - public)
