"""Who works at a season, and what its needs have in common."""

import pytest

from briefings.accounts.models import User
from briefings.needs.models import Audience, Theme
from tests.builders import a_theme, a_user, an_audience
from tests.client import PageClient


@pytest.fixture
def officer(app) -> User:
    """Who plans it."""
    return a_user(name="이보람")


@pytest.fixture
def desk(client: PageClient, officer: User) -> PageClient:
    """Staff at work."""
    return client.sign_in(officer)


@pytest.fixture
def topic(app) -> tuple[Theme, Audience]:
    """A theme and an audience that needs have in common."""
    return a_theme("되살림"), an_audience("되살림 기업")
