"""Every column that can hold words is decided about: a new one cannot be forgotten when somebody is erased."""

from sqlalchemy import JSON, Enum, LargeBinary, String

from briefings.db import Base
from briefings.rights.columns import NOT, OWN, WORDS
from briefings.rights.emptying import ROWS


def listed(*tables):
    return {f"{table}.{name}" for columns in tables for table, names in columns.items() for name in names.split()}


def test_every_column_that_can_hold_words_is_decided_about():
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, (String, JSON, LargeBinary)) and not isinstance(column.type, Enum)
    }
    assert found - listed(OWN, WORDS, NOT) == set(), "say in rights/columns.py what it is to a person"
    assert listed(OWN, WORDS, NOT) - found == set(), "these columns are gone"
    assert listed(NOT) & listed(OWN, WORDS) == set()


def test_what_is_emptied_is_what_is_said_to_be_somebodys_own():
    emptied = {f"{each.model.__tablename__}.{name}" for each in ROWS for name in each.columns}
    said = {name for name in listed(OWN) if name.split(".")[0] in {each.model.__tablename__ for each in ROWS}}
    assert said - emptied == set()
