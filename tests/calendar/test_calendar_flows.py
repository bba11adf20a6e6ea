"""What stands in the calendars of four kinds of clients after our mails, in the order they arrive."""

import pytest

from briefings.calendar.items import CalendarObject, cancel, request
from tests.calendar.clients import CLIENTS, Client, Exchange, Google, Strict, Thunderbird
from tests.calendar.readers import agreed
from tests.calendar.worked import ALEX, HANEUL, a_mail, an_item, moved, withdrawn

ALL = pytest.mark.parametrize("kind", CLIENTS)


def mail(item: CalendarObject) -> bytes:
    """The mail for the state that `item` is in."""
    if item.cancelled:
        return a_mail(cancel(item), "CANCEL", recipient=item.attendee)
    return a_mail(request(item), recipient=item.attendee)


def after(kind: type[Client], *items: CalendarObject, owner: str = HANEUL.address) -> Client:
    """A client that has received the mails for `items`, one after the other."""
    client = kind(owner)
    for item in items:
        client.receive(mail(item))
    return client


@ALL
def test_an_invitation_that_comes_twice_is_one_entry(kind: type[Client]) -> None:
    item = an_item()
    assert after(kind, item, item).shown() == [item.starts_at]
    assert mail(item) == mail(item)


@ALL
def test_a_change_moves_the_entry(kind: type[Client]) -> None:
    item = an_item()
    assert after(kind, item, moved(item)).shown() == [moved(item).starts_at]


@ALL
def test_a_late_invitation_does_not_undo_the_change(kind: type[Client]) -> None:
    item = an_item()
    assert after(kind, item, moved(item), item).shown() == [moved(item).starts_at]


@ALL
def test_a_withdrawal_takes_the_entry_away(kind: type[Client]) -> None:
    item = an_item()
    client = after(kind, item, moved(item), withdrawn(moved(item)))
    assert client.shown() == []
    assert len(client.entries) == (1 if kind is Exchange else 0)


@pytest.mark.parametrize(
    ("kind", "comes_back"), [(Exchange, False), (Google, False), (Thunderbird, True), (Strict, True)]
)
def test_a_late_change_revives_the_entry_in_some_clients(kind: type[Client], comes_back: bool) -> None:
    """Therefore mails to one recipient leave strictly in order."""
    item = an_item()
    client = after(kind, item, moved(item), withdrawn(moved(item)), moved(item))
    assert bool(client.shown()) is comes_back


@ALL
def test_who_registers_again_has_exactly_one_entry(kind: type[Client]) -> None:
    item, again = an_item(), an_item()
    assert again.uid != item.uid
    client = after(kind, item, moved(item), withdrawn(moved(item)), again)
    assert client.shown() == [again.starts_at]


@pytest.mark.parametrize(("kind", "lost"), [(Thunderbird, True), (Strict, True), (Google, False), (Exchange, False)])
def test_a_change_without_a_new_sequence_is_lost_in_some_clients(kind: type[Client], lost: bool) -> None:
    """Therefore every change raises SEQUENCE."""
    item = an_item()
    later = moved(item)
    unraised = an_item(uid=item.uid, dtstamp=later.dtstamp, starts_at=later.starts_at, ends_at=later.ends_at)
    assert (after(kind, item, unraised).shown() == [item.starts_at]) is lost


@ALL
def test_a_withdrawal_before_its_invitation_leaves_a_ghost(kind: type[Client]) -> None:
    """Therefore a withdrawal waits for its invitation."""
    item = an_item()
    assert after(kind, withdrawn(item), item).shown() == [item.starts_at]


@ALL
def test_only_the_moved_slot_of_two_changes(kind: type[Client]) -> None:
    first, second = an_item(attendee=ALEX), moved(an_item(attendee=ALEX), days=1)
    client = after(kind, first, second, moved(first), owner=ALEX.address)
    assert client.shown() == sorted([moved(first).starts_at, second.starts_at])
    assert client.entries[second.uid].sequence == second.sequence


@ALL
def test_a_replaced_presenter_loses_the_slot_and_the_other_gets_it(kind: type[Client]) -> None:
    old, new = an_item(attendee=HANEUL), an_item(attendee=ALEX)
    mails = [mail(old), mail(withdrawn(old)), mail(new)]
    before, now = kind(HANEUL.address), kind(ALEX.address)
    for each in mails:
        before.receive(each)
        now.receive(each)
    assert (before.shown(), now.shown()) == ([], [new.starts_at])


@ALL
def test_who_changes_address_has_the_entry_there_only(kind: type[Client]) -> None:
    old = an_item()
    new = an_item(attendee=ALEX)
    assert after(kind, old, withdrawn(old)).shown() == []
    assert after(kind, new, owner=ALEX.address).shown() == [new.starts_at]


@ALL
def test_three_briefings_are_three_entries(kind: type[Client]) -> None:
    items = [an_item(), moved(an_item(), days=7), moved(an_item(), days=14)]
    assert after(kind, *items).shown() == [item.starts_at for item in items]
    assert len({agreed(request(item))[0].uid for item in items}) == 3
