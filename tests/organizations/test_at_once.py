"""Accounts at the same moment: an administrator stays, and one link sets one password."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from briefings import clock
from briefings.accounts.models import Role, User
from briefings.accounts.password_links import password_token
from briefings.accounts.signing_in import password_fits
from briefings.db import db
from briefings.organizations.looking_after import as_read
from briefings.organizations.models import AccountRequest, Membership, Organization
from briefings.organizations.requesting import confirmation_token
from tests.builders import a_user, an_account_request, an_organization, an_owner
from tests.test_at_once import at_once, count, program, repeated, twice

__all__ = ["program"]
pytestmark = pytest.mark.slow


@repeated
def test_of_two_administrators_who_switch_each_other_off_one_stays(app, number):
    db.session.execute(update(User).values(active=False))
    db.session.commit()
    one, other = a_user(Role.ADMINISTRATOR), a_user(Role.ADMINISTRATOR)
    desks = [app.test_client().sign_in(administrator) for administrator in (one, other)]
    offs = [f"/staff/accounts/{administrator.id}/off" for administrator in (other, one)]
    answers = at_once(*((desk, off, {}) for desk, off in zip(desks, offs, strict=True)))
    assert 302 in answers
    assert count(User, User.role == Role.ADMINISTRATOR, User.active) == 1


@repeated
def test_of_two_that_are_made_one_both_ways_one_stays(app, number):
    one, other = (an_organization(f"마루모빌리티 {number}", kind) for kind in ("company", "association"))
    an_owner(one)
    an_owner(other)
    ids, desk = (one.id, other.id), app.test_client().sign_in(a_user(Role.ADMINISTRATOR))
    presses = [
        (desk, f"/staff/organizations/{gone.id}/merge/{stays.id}", {"seen": as_read(gone, stays)})
        for gone, stays in ((one, other), (other, one), (one, other))
    ]
    assert set(at_once(*presses)) == {303}  # whoever comes too late is led to the one that stays
    assert count(Organization, Organization.id.in_(ids)) == 1
    assert count(Membership, Membership.organization_id.in_(ids)) == 2


@repeated
def test_one_link_sets_one_password(app, number):
    user = a_user()
    link = f"/new-password/{password_token(user, clock.now() + timedelta(hours=1))}"
    passwords = ("그물을 다시 씁니다", "바다를 다시 씁니다")
    answers = at_once(*((app.test_client(), link, {"password": password}) for password in passwords))
    assert answers in ([200, 302], [302, 410])
    assert sum(password_fits(user, password) for password in passwords) == 1
    assert user.session_version == 2


@repeated
def test_a_request_confirmed_twice_waits_once(app, number):
    request = an_account_request(requested_at=clock.now())
    link = f"/account/request/{confirmation_token(request)}"
    assert twice(app, link) == [302, 302]
    assert count(AccountRequest, AccountRequest.email == request.email) == 1
