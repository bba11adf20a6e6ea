"""Pages of a season that were opened a while ago: what others did since is neither lost nor overwritten unseen."""

import re
from datetime import datetime

import pytest
from sqlalchemy import select

from briefings.db import db, unit_of_work
from briefings.planner.model import LeftOver
from briefings.schedule.availability import Availability
from briefings.seasons import availability, choosing
from briefings.seasons import making as seasons
from briefings.seasons import solving as season_solving
from briefings.seasons.models import AvailabilityRequest
from tests.builders import BEFORE
from tests.schedule.desk import filled
from tests.seasons.plans import AT, a_season, a_way, an_outcome, some_needs


class TestNeeds:
    def test_that_somebody_else_put_in_or_took_out_meanwhile_stay_so(self, desk, officer, topic):
        first, second, third, fourth, fifth = some_needs(topic, 5)
        season = a_season(officer, [first, second, third])
        page = f"/staff/seasons/{season.id}/needs"
        mine = filled(desk.get(page).text)
        theirs = {second.id, third.id, fourth.id}
        with unit_of_work():
            loaded = seasons.numbered(season.id)
            choosing.choose(loaded, theirs, seen={first.id, second.id, third.id}, by=officer, now=BEFORE)
        ticked = {"need": [first.id, second.id, fifth.id]}
        looked = desk.post(page, data=mine | ticked | {"do": "look"}).text
        assert "고른 수요 3건, 새로 넣을 것 1건, 뺄 것 1건" in looked
        for data in (mine | ticked, filled(looked)):
            desk.post(page, data=data | {"do": "save"})
            db.session.expire_all()
            assert {card.need_id for card in season.cards} == {second.id, fourth.id, fifth.id}


class TestWaysOut:
    @pytest.fixture
    def needs(self, topic):
        return some_needs(topic, 3)

    @pytest.fixture
    def season(self, officer, needs):
        return a_season(officer, needs, max_slots=2)

    def offer(self, season, needs, officer, now, *ways) -> None:
        """Let the last plan have left the third need over, with these ways out."""
        *placed, left = needs
        with unit_of_work():
            outcome = an_outcome(season, now, [(AT, placed)], [LeftOver(str(left.id), (), ways)])
            season_solving.take(seasons.numbered(season.id), outcome, officer, now)

    def test_a_button_does_what_it_says_or_nothing(self, desk, officer, season, needs, now):
        more = a_way("if_max", max=3)
        self.offer(season, needs, officer, now, more)
        page = f"/staff/seasons/{season.id}"
        old = desk.get(page).text
        assert "3건으로 늘리기" in old and 'name="remedy" value="if_max:3"' in old
        button = {"need": needs[2].id, "remedy": "if_max:3"}
        for ways, max_slots in (((a_way("if_organization"), a_way("if_max", max=4)), 2), ((a_way("if_time"), more), 3)):
            self.offer(season, needs, officer, now, *ways)
            said = desk.post(f"{page}/ease", data=button, follow_redirects=True).text
            db.session.expire_all()
            assert (season.max_slots, season.organization_once, len(season.times)) == (max_slots, True, 1)
            assert ("반영했습니다(한 회의 최대 수요: 2 → 3)" in said) == (max_slots == 3)
            assert ("이미 반영했거나" in said) == (max_slots == 2)


class TestAnswers:
    def known(self) -> tuple[dict[datetime, bool], str]:
        """What is written down, and the note beside it."""
        db.session.expire_all()
        said = {each.starts_at: each.possible for each in db.session.scalars(select(Availability))}
        return said, db.session.scalars(select(AvailabilityRequest.note)).one()

    def hidden(self, html: str) -> dict[str, str]:
        """What the button of the page sends along."""
        found = re.findall(r'<input[^>]* name="(seen|note)"[^>]* value="([^"]*)"', html)
        assert {name for name, _ in found} == {"seen", "note"}
        return dict(found)

    def test_that_came_in_since_are_not_overwritten_unseen(self, desk, officer, topic, now):
        season = a_season(officer, some_needs(topic, 1))
        with unit_of_work():
            availability.ask(season, availability.contacts_of(season), officer, now)
        page = f"/staff/seasons/{season.id}/availability/of/{season.cards[0].need_id}"
        old = self.hidden(desk.get(page).text)
        request = db.session.scalars(select(AvailabilityRequest)).one()
        with unit_of_work():
            availability.answer(request, {AT: False}, "국외 출장", now)
        refused = desk.post(page, data=old | {"all": "1"}).text
        assert "그사이 새 답이 들어왔습니다" in refused
        assert "그사이 새 답이 들어왔습니다" in desk.post(page, data=self.hidden(refused) | {"all": "1"}).text
        assert self.known() == ({AT: False}, "국외 출장")
        done = desk.post(page, data=self.hidden(desk.get(page).text) | {"all": "1"}, follow_redirects=True).text
        assert "답을 적었습니다" in done and self.known() == ({AT: True}, "국외 출장")
