"""What is left out of public figures: small groups, and whatever would lead back to them."""

from hypothesis import given
from hypothesis import strategies as st

from briefings.organizations.models import OrganizationKind as Kind
from briefings.statistics.hiding import SMALLEST_SHOWN, hidden, hidden_kinds

NUMBERS = st.dictionaries(st.integers(0, 9), st.integers(0, 30), max_size=8)


@given(NUMBERS)
def test_no_subtraction_leads_back_to_a_small_group(numbers):
    shown = hidden(numbers)
    assert all(value is None or value == numbers[key] for key, value in shown.items())
    left_out = [numbers[key] for key, value in shown.items() if value is None]
    if any(0 < number < SMALLEST_SHOWN for number in numbers.values()):
        assert {number for number in numbers.values() if 0 < number < SMALLEST_SHOWN} <= set(left_out)
        unknown = sum(left_out)  # the total less what is shown
        could_be = range(1, unknown - len(left_out) + 2)  # each at least one, the others at least one
        everything_is_hidden = all(value is None for value in shown.values())
        assert everything_is_hidden or (len(left_out) > 1 and max(could_be) >= SMALLEST_SHOWN)
    else:
        assert not left_out


def test_one_small_group_takes_the_next_smallest_along():
    assert hidden({"a": 3, "b": 9, "c": 40}) == {"a": None, "b": None, "c": 40}
    assert hidden({"a": 4, "b": 4, "c": 40}) == {"a": None, "b": None, "c": 40}
    assert hidden({"a": 1, "b": 1, "c": 40}) == {"a": None, "b": None, "c": None}
    assert hidden({"a": 3, "b": 9}, total_known=False) == {"a": None, "b": 9}
    assert hidden({"a": 0, "b": 9}) == {"a": 0, "b": 9}
    assert hidden({"a": 0, "b": 3, "c": 9}) == {"a": 0, "b": None, "c": None}


def test_where_all_are_few_nobody_learns_which_they_are():
    assert hidden({"a": 0, "b": 3}) == {"a": None, "b": None}, "b would be the total"
    assert hidden({"a": 1, "b": 1, "c": 0}) == {"a": None, "b": None, "c": None}, "each of two would be one"
    kinds = hidden_kinds({Kind.LOCAL: 0, Kind.CENTRAL: 0, Kind.COMPANY: 3})
    assert set(kinds.by_kind.values()) == {None} and kinds.public is None


def test_sums_of_public_and_private_bodies_give_no_kind_away():
    kinds = hidden_kinds({Kind.CENTRAL: 28, Kind.LOCAL: 72, Kind.PUBLIC_INSTITUTION: 94, Kind.COMPANY: 163})
    assert not kinds.hides and (kinds.public, kinds.private) == (194, 163)
    kinds = hidden_kinds({Kind.CENTRAL: 2, Kind.LOCAL: 72, Kind.COMPANY: 50, Kind.UNIVERSITY: 60})
    assert kinds.by_kind == {Kind.CENTRAL: None, Kind.LOCAL: None, Kind.COMPANY: 50, Kind.UNIVERSITY: 60}
    assert kinds.public == 74
    kinds = hidden_kinds({Kind.LOCAL: 3, Kind.COMPANY: 50, Kind.UNIVERSITY: 60})
    assert kinds.by_kind == {Kind.LOCAL: None, Kind.COMPANY: None, Kind.UNIVERSITY: 60}
    assert kinds.public is None and kinds.private is None
