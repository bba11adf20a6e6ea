"""The example data: every state once, loaded once, never in production."""

from briefings.app import create_app
from briefings.db import db
from briefings.live.counting import headcount_of, total_of
from briefings.live.running import state_of
from briefings.needs.models import Need, NeedState
from briefings.outbox.models import Message
from briefings.participation.match_models import Match
from briefings.questions.board import questions_of
from briefings.schedule.models import Briefing, Phase
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.test_config import SAFE


def test_the_example_data_shows_every_state_and_is_loaded_once_and_so_is_a_briefing_that_is_on(app, now):
    run = app.test_cli_runner().invoke
    assert "Example data loaded." in run(args=["demo"]).output
    assert "there already" in run(args=["demo"]).output
    briefings = db.session.query(Briefing).order_by(Briefing.starts_at).all()
    assert [briefing.phase(now).value for briefing in briefings] == ["ended", "open", "open", "draft"]
    assert (briefings[1].starts_at - now).days in range(2, 14)
    states = {need.state for need in db.session.query(Need)}
    assert states == {NeedState.PUBLISHED, NeedState.SUBMITTED, NeedState.RETURNED, NeedState.DRAFT}
    confirmed = sorted(match.confirmed_at is not None for match in db.session.query(Match))
    assert confirmed == [False, True]
    full = db.session.query(Registration).filter_by(briefing_id=briefings[2].id, state=RegistrationState.WAITLISTED)
    assert full.count() == 3
    _a_briefing_that_is_on_can_be_had_once(run, now)
    domains = {message.recipient.partition("@")[2] for message in db.session.query(Message)}
    assert domains <= {"example.kr", "example.com"}  # which lead nowhere


def _a_briefing_that_is_on_can_be_had_once(run, now) -> None:
    assert "A briefing is on now." in run(args=["demo", "--live-day"]).output
    assert "A briefing is on already." in run(args=["demo", "--live-day"]).output
    [on] = [each for each in db.session.query(Briefing) if each.phase(now) is Phase.LIVE]
    state = state_of(on, now)
    assert state.now is state.slots[1] and state.line
    assert [bool(slot.seen_at) for slot in state.slots] == [True, True, True, False]
    assert questions_of(on) and total_of(headcount_of(on, now)).present > 20


def test_the_example_accounts_are_not_loaded_in_production(tmp_path):
    app = create_app(environ=SAFE | {"DATABASE_URL": f"sqlite:///{tmp_path}/empty.db"})
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code != 0
    assert "not loaded" in result.output
