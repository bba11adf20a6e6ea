"""The API does what its own description says, whatever is asked: Schemathesis makes the requests and judges."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from briefings.accounts.models import Role
from briefings.api import keys
from briefings.api.models import Scope
from briefings.db import unit_of_work
from tests.api.stock import a_stock
from tests.builders import a_user

pytestmark = pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)  # what is asked decides, not of whom
EXAMPLES = {GenerationMode.POSITIVE: 6, GenerationMode.NEGATIVE: 5}


@pytest.fixture
def described(app, now):
    """The description, read by Schemathesis, with what to call the views by; each request in a context of its own."""
    stock = a_stock(now)
    with unit_of_work():
        _, secret = keys.make_key("시험", list(Scope), None, by=a_user(Role.ADMINISTRATOR), today=now.date(), now=now)

    def asked(environ, start_response):
        with app.app_context():
            return app(environ, start_response)

    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", asked)
    names = {
        "need_id": stock.match.need_id,
        "organization_id": stock.match.need.organization_id,
        "public_id": stock.past.public_id,
    }
    others = {"rounds": stock.match.need.round.public_id, "stories": stock.story.public_id}
    return schema, {"Authorization": f"Bearer {secret}"}, names, others


def test_every_answer_is_as_described_whatever_is_asked(described):
    schema, key, _, _ = described
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode, number in EXAMPLES.items():
            if mode is GenerationMode.NEGATIVE and not operation.query:
                continue

            @settings(
                max_examples=number,
                phases=[Phase.generate],
                derandomize=True,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case):
                case.call_and_validate(headers=key)

            ask()


def test_what_is_there_is_told_as_described(described):
    schema, key, names, others = described
    for found in schema.get_all_operations():
        operation = found.ok()
        values = {each.name: names[each.name] for each in operation.path_parameters}
        for kind, public_id in others.items():
            if f"/{kind}/" in operation.path:
                values = {"public_id": public_id}
        case = operation.Case(path_parameters=values)
        assert case.call_and_validate(headers=key).status_code == 200, operation.label
