"""The needs of the demo fit the program they are shown in."""

import tomllib
from pathlib import Path

import pytest
import sqlalchemy as sa

from briefings.db import db
from briefings.needs.models import Audience, Need, Region, Resource, Stage, Theme
from briefings.needs.registering import REQUIRED_TO_SUBMIT
from briefings.organizations.models import OrganizationKind

FILE = Path(__file__).parents[2] / "briefings" / "demo" / "needs.toml"
NEEDS = tomllib.loads(FILE.read_text("utf-8"))["needs"]
LIMITS = {c.name: c.type.length for c in Need.__table__.columns if isinstance(c.type, sa.String) and c.type.length}


@pytest.mark.parametrize("need", NEEDS, ids=lambda need: need["title"])
def test_a_demo_need_is_complete_and_within_the_limits(need):
    assert all(need[name] for name in REQUIRED_TO_SUBMIT)
    assert set(need["offer_tags"] + need["seek_tags"]) <= set(Resource)
    assert need["region"] in set(Region)
    assert need["stage"] in set(Stage)
    assert need["kind"] in set(OrganizationKind)
    assert need["contact_email"].endswith("@example.kr")
    assert all(len(text) <= LIMITS[name] for name, text in need.items() if name in LIMITS)


def test_themes_and_audiences_are_those_of_a_new_installation(app):
    themes, audiences = (set(db.session.scalars(sa.select(kind.name))) for kind in (Theme, Audience))
    assert {name for need in NEEDS for name in need["themes"]} <= themes
    assert {name for need in NEEDS for name in need["audiences"]} <= audiences


def test_no_two_demo_needs_have_one_title():
    assert len({need["title"] for need in NEEDS}) == len(NEEDS)
