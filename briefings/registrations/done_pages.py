"""The page after signing up: what was done and comes next, what nobody had to say, and a wrong address put right.

What it knows stands in the session of whoever pressed, for a while. Everybody can read their own session: nothing in
it, and nothing on the page, differs between an address that was registered before and any other.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from briefings import clock
from briefings.calendar.adding import copies_of
from briefings.db import unit_of_work
from briefings.errors import N_, Refused
from briefings.organizations.models import OrganizationKind
from briefings.registrations.forms import MoreForm, RightAddressForm
from briefings.registrations.pressing import GOOD_FOR, Press, complete, correct, marks_of, number_of
from briefings.schedule.calendar_objects import public_object
from briefings.schedule.ladder import BEFORE_START
from briefings.schedule.models import Briefing
from briefings.schedule.programme import programme_of
from briefings.schedule.public import pages, the_seen
from briefings.schedule.registering import Applicant, Colleague
from briefings.schedule.support import asked_until
from briefings.web.access import public
from briefings.web.limits import counting_mail, with_wait

NAME_SHOWN = 40
"""Of a colleague's name so much is kept for the page: nine must fit into a cookie."""
MOST_CORRECTIONS = 3
NO_MORE = N_("여기서는 더 고칠 수 없습니다. 바른 주소로 처음부터 다시 신청해 주세요.")


def keep_done(
    public_id: str,
    applicant: Applicant,
    colleagues: Sequence[Colleague],
    outcomes: Sequence[str],
    now: datetime,
    proven: bool,
) -> None:
    """Keep in the session what the page may say of a press for a briefing; `proven`: the address was not typed."""
    session["registered"] = {
        "briefing": public_id,
        "form": applicant.form_token,
        "email": applicant.email,
        "outcome": outcomes[0],
        "colleagues": [
            (colleague.name[:NAME_SHOWN], outcome) for colleague, outcome in zip(colleagues, outcomes[1:], strict=True)
        ],
        "at": now.timestamp(),
        "kind": applicant.kind.value,
        "organization": applicant.organization,
        "name": applicant.name,
        "interests": applicant.interests,
        "consents": applicant.consents,
        "locale": applicant.locale,
        "corrections": 0 if proven else MOST_CORRECTIONS,
        "more": {},
    }


@pages.route("/briefings/<public_id>/registered", methods=["GET", "POST"])
@public
def registered(public_id: str) -> ResponseReturnValue:
    """What was done, in the browser that did it; two forms: for what nobody had to say, and for the right address."""
    now, does = clock.now(), request.form.get("do", "")
    done = session.get("registered", {})
    if done.get("briefing") != public_id or now - _at(done) > GOOD_FOR:
        return redirect(url_for("briefings.show", public_id=public_id), 303 if does else 302)
    briefing, _ = the_seen(public_id)
    more, right = MoreForm(formdata=_typed(does == "more")), RightAddressForm(formdata=_typed(does == "address"))
    refused = None
    if does == "more" and more.validate():
        refused = _say_more(briefing, done, more)
    elif does == "address" and right.validate():
        refused = _put_right(briefing, done, right)
    wrong = bool(refused or more.errors or right.errors)
    if does and not wrong:
        return redirect(url_for("briefings.registered", public_id=public_id), 303)
    page = render_template(
        "schedule/registered.html",
        briefing=briefing,
        done=done,
        number=number_of(done["form"], done["email"]),
        programme=programme_of(briefing),
        more=more,
        right=right,
        failed=wrong,
        **_to_come(briefing, now),
    )
    answer = make_response(with_wait(page, refused))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _say_more(briefing: Briefing, done: dict[str, Any], form: MoreForm) -> Refused | None:
    now = clock.now()
    if form.is_empty:
        form.form_errors.append(gettext("적으신 내용이 없습니다. 남기실 것이 없으면 그대로 두셔도 됩니다."))
        return None
    try:
        with unit_of_work():
            complete(briefing, _press(done), form.more(), now)
    except Refused as error:
        form.refuse(error)
        return error
    session["registered"] = done | {"more": done["more"] | marks_of(form.more())}
    flash(gettext("더 알려 주신 내용을 받았습니다."), "success")
    return None


def _put_right(briefing: Briefing, done: dict[str, Any], form: RightAddressForm) -> Refused | None:
    now, email = clock.now(), form.right.data
    try:
        if done["corrections"] < 1:
            raise Refused(NO_MORE, field="right")
        with counting_mail([email]), unit_of_work():
            correct(briefing, _press(done), _applicant(done, email), now)
    except Refused as error:
        form.refuse(error)
        return error
    session["registered"] = done | {"email": email, "corrections": done["corrections"] - 1}
    flash(gettext("주소를 고치고 그 주소로 안내를 보냈습니다."), "success")
    return None


def _press(done: dict[str, Any]) -> Press:
    return Press(done["form"], done["email"], _at(done), done["more"])


def _at(done: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(done["at"], tz=UTC)


def _applicant(done: dict[str, Any], email: str) -> Applicant:
    return Applicant(
        kind=OrganizationKind(done["kind"]),
        organization=done["organization"],
        name=done["name"],
        email=email,
        locale=done["locale"],
        interests=tuple(done["interests"]),
        consents=tuple((text, given) for text, given in done["consents"]),
    )


def _typed(this_form: bool) -> MultiDict[str, str] | None:
    return request.form if this_form else None


def _to_come(briefing: Briefing, now: datetime) -> dict[str, Any]:
    """Which mails are still to come before the start, until when support can be asked for, ways into a calendar."""
    steps = [step.value for step, (before, _) in BEFORE_START.items() if briefing.starts_at - before > now]
    return {
        "to_come": [step for step in steps if step in briefing.reminders],
        "support_until": asked_until(briefing, now),
        "copies": copies_of(public_object(briefing)),
    }
