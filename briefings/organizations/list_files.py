"""The organizations and the accounts as files for staff."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from flask import current_app

from briefings.accounts.invitations import Invitation, invitations_of
from briefings.accounts.models import Role, User
from briefings.accounts.words import INVITED, ROLES
from briefings.exports.forms import in_words
from briefings.exports.lists import Asked, Column, Found, ListFile, listed
from briefings.organizations.belongings import numbers_of
from briefings.organizations.forms import AccountFilters
from briefings.organizations.managing import accounts_found, organizations_of
from briefings.organizations.models import Organization
from briefings.organizations.organization_forms import DOUBLE, OrganizationFilters
from briefings.organizations.staff_organizations import belongings
from briefings.organizations.words import KINDS
from briefings.web.erased import is_marker
from briefings.web.filters import phone

ORGANIZATIONS: tuple[Column[Any], ...] = (
    Column("번호", 8, lambda each: each[0].id),
    Column("기관", 32, lambda each: each[0].name),
    Column("기관 유형", 18, lambda each: KINDS[each[0].kind]),
    Column("공공", 8, lambda each: "공공" if each[0].kind.is_public else "민간"),
    Column("처음 알려진 때", 17, lambda each: each[0].created_at),
)
ACCOUNTS: tuple[Column[Any], ...] = (
    Column("이름", 12, lambda each: each[0].name, personal=True),
    Column("전자우편", 28, lambda each: each[0].email, personal=True),
    Column("전화번호", 16, lambda each: phone(each[0].phone), personal=True),
    Column("역할", 16, lambda each: ROLES[each[0].role]),
    Column("기관", 28, lambda each: each[1].name if each[1] else ""),
    Column("기관 유형", 16, lambda each: KINDS[each[1].kind] if each[1] else ""),
    Column("담당 주제", 24, lambda each: each[2]),
    Column("상태", 18, lambda each: each[3]),
    Column("만든 때", 17, lambda each: each[0].created_at),
    Column("마지막 로그인", 17, lambda each: each[0].signed_in_at),
)


def find_organizations(asked: Asked) -> Found[Any]:
    """The organizations that the list shows, in its order, with how much names each."""
    filters = OrganizationFilters(asked.args)
    listed_ones = tuple(each for each in belongings() if each.listed)

    def complete(some: Sequence[Organization]) -> Iterator[tuple[Organization, dict[str, int]]]:
        numbers = numbers_of([each.id for each in some], listed_ones)
        return ((each, numbers[each.id]) for each in some)

    columns = tuple(Column[Any](each.title, 12, partial(_number, each.key)) for each in listed_ones)
    shelf = [("보기", "겹쳐 보이는 기관")] if filters.shelf.data == DOUBLE else []
    conditions = [*shelf, *in_words(filters)]
    return Found((*ORGANIZATIONS, *columns), listed(filters.found(), complete), conditions)


def _number(key: str, line: tuple[Organization, dict[str, int]]) -> int:
    return line[1][key]


def find_accounts(asked: Asked) -> Found[Any]:
    """The accounts that the list shows, in its order, with their organizations."""
    filters = AccountFilters(asked.args)
    role = Role(filters.role.data) if filters.role.data in set(Role) else None

    def complete(some: Sequence[User]) -> Iterator[tuple[User, Organization | None, str, str]]:
        organizations, invitations = organizations_of(some), invitations_of(some, asked.now)
        themes = current_app.extensions["themes_of_each"](some)
        for user in some:
            all_themes = "모든 주제" if user.role is Role.OFFICER and not is_marker(user.email) else ""
            names = ", ".join(theme.name for theme in themes.get(user.id, ())) or all_themes
            yield user, organizations.get(user.id), names, _state(user, invitations.get(user.id))

    return Found(ACCOUNTS, listed(accounts_found(filters.q.data or "", role), complete), in_words(filters))


def _state(user: User, invitation: Invitation | None) -> str:
    if is_marker(user.email):
        return "지움"
    if invitation is not None:
        return INVITED[invitation.state]
    return "켜짐" if user.active else "꺼짐"


LISTS = (
    ListFile("organizations", "기관", "staff_organizations.index", find_organizations, "곳"),
    ListFile("accounts", "계정", "staff_accounts.index", find_accounts, "개"),
)
