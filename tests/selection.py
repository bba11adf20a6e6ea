"""Which database a test runs on when all are run: those of pages one of the two, all others both; in CI all both."""

import os
from pathlib import Path
from zlib import crc32

import pytest

DATABASES = ("sqlite", "postgresql")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave each test of a page out on one database: half of them on the one, half on the other, always the same.

    Pages take most of the time, and what they ask the database is mostly asked by use cases, which have tests of their
    own. Whoever runs some tests only, and .ci/run, leaves nothing out.
    """
    chosen = config.option.keyword or [Path(each).resolve() for each in config.args] != [Path(__file__).parent]
    if chosen or os.environ.get("CI") == "true":
        return
    left_out = [item for item in items if _is_left_out(item)]
    config.hook.pytest_deselected(items=left_out)
    gone = set(left_out)
    items[:] = [item for item in items if item not in gone]


def _is_left_out(item: pytest.Item) -> bool:
    """Whether it is of a page, and on the database that it is not looked at on."""
    database = item.callspec.params.get("migrated_app") if hasattr(item, "callspec") else None
    if database is None or "client" not in item.fixturenames:
        return False
    name = item.nodeid.replace(database, "")
    return database != DATABASES[crc32(name.encode()) % 2]
