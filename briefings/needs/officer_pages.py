"""Which themes an officer answers for, as administrators decide it."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.accounts.models import Role, User
from briefings.db import db, unit_of_work
from briefings.needs import finding
from briefings.needs.forms import OfficerThemesForm
from briefings.needs.officers import give_themes, themes_of
from briefings.web.access import administrator

pages = Blueprint("staff_officers", __name__, url_prefix="/staff/accounts")


@pages.route("/<int:user_id>/themes", methods=["GET", "POST"])
@administrator
def themes(user_id: int) -> ResponseReturnValue:
    """Give an officer the themes to answer for, or all of them."""
    user = db.get_or_404(User, user_id)
    if user.role is not Role.OFFICER:
        abort(404)
    form = OfficerThemesForm(themes=[theme.id for theme in themes_of(user)])
    form.themes.choices = [(theme.id, theme.name) for theme in finding.themes()]
    if form.validate_on_submit():
        with unit_of_work():
            give_themes(user, form.themes.data or [], current_user._get_current_object(), clock.now())
        flash("담당 주제를 저장했습니다.", "success")
        return redirect(url_for("staff_accounts.show", user_id=user_id))
    return render_template("needs/officer_themes.html", form=form, user=user)
