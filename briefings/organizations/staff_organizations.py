"""Organizations as staff look after them: who stands there, twice perhaps; only administrators change them."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.audit.pages import lines_of, link_to
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.organizations import looking_after
from briefings.organizations.belongings import Belongings, all_members_of, numbers_of
from briefings.organizations.models import Organization
from briefings.organizations.organization_forms import (
    DOUBLE,
    CorrectForm,
    OrganizationFilters,
    OtherFilters,
    OtherNameForm,
    SeenForm,
)
from briefings.outbox.reach import EVERYBODY
from briefings.outbox.readers import readers_reach
from briefings.web.access import administrator, staff

pages = Blueprint("staff_organizations", __name__, url_prefix="/staff/organizations")
PER_PAGE = 30
SHOWN = 30  # acts of an organization's course


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """All of them, or those that look double."""
    filters = OrganizationFilters(request.args)
    page = db.paginate(filters.found(), page=request.args.get("page", 1, int), per_page=PER_PAGE, error_out=False)
    listed = tuple(each for each in belongings() if each.listed)
    return render_template(
        "organizations/organizations.html",
        filters=filters,
        double=filters.shelf.data == DOUBLE,
        page=page,
        listed=listed,
        numbers=numbers_of([each.id for each in page.items], listed),
    )


@pages.get("/<int:organization_id>")
@staff
def show(organization_id: int) -> ResponseReturnValue:
    """What names it, who belongs to it, those that look like it, and its course."""
    organization = _organization(organization_id)
    return render_template(
        "organizations/organization.html",
        organization=organization,
        belongings=belongings(),
        numbers=_numbers(organization)[organization.id],
        members=all_members_of(organization.id) if _sees_people() else None,
        like=looking_after.like(organization),
        apart=looking_after.told_apart_from(organization),
        other_names=looking_after.other_names_of(organization),
        history=lines_of(history_of(organization)[: -SHOWN - 1 : -1]),
        link_to=link_to,
    )


@pages.route("/<int:organization_id>/edit", methods=["GET", "POST"])
@administrator
def correct(organization_id: int) -> ResponseReturnValue:
    """Put name and kind right; where another has them, the way to make both one."""
    organization, other = _organization(organization_id), None
    read = looking_after.as_read(organization)
    form = CorrectForm(obj=organization, data={"seen": read})
    if form.validate_on_submit():
        given = (form.name.data, form.kind.data)
        try:
            with unit_of_work():
                said = (form.seen.data, belongings(), current_user, clock.now(), form.keep.data)
                changed = looking_after.correct(organization, *given, *said)
        except Refused as error:
            form.refuse(error)
            organization = _organization(organization_id)
            form.seen.data = looking_after.as_read(organization)
            other = looking_after.another_named(*given, organization)
        else:
            flash("이름과 유형을 고쳤습니다." if changed else "바뀐 것이 없습니다.", "success" if changed else "info")
            return redirect(url_for(".show", organization_id=organization_id), 303)
    return render_template("organizations/organization_edit.html", form=form, organization=organization, other=other)


@pages.route("/<int:organization_id>/names", methods=["GET", "POST"])
@administrator
def names(organization_id: int) -> ResponseReturnValue:
    """By what else it is known: add and take away."""
    organization = _organization(organization_id)
    form, other = OtherNameForm(data={"kind": organization.kind}), None
    if form.validate_on_submit():
        try:
            with unit_of_work():
                looking_after.add_name(organization, form.name.data, form.kind.data, current_user, clock.now())
        except Refused as error:
            form.refuse(error)
            other = looking_after.another_named(form.name.data, form.kind.data, organization)
        else:
            flash("다른 이름을 더했습니다.", "success")
            return redirect(url_for(".names", organization_id=organization_id), 303)
    return render_template(
        "organizations/organization_names.html",
        form=form,
        organization=organization,
        other=other,
        names=looking_after.other_names_of(organization),
    )


@pages.post("/<int:organization_id>/names/<int:name_id>/remove")
@administrator
def remove_name(organization_id: int, name_id: int) -> ResponseReturnValue:
    """Take one away; one that is gone already stays so."""
    organization = _organization(organization_id)
    found = [each for each in looking_after.other_names_of(organization) if each.id == name_id]
    for other in found:
        with unit_of_work():
            looking_after.remove_name(other, current_user, clock.now())
    flash("다른 이름을 지웠습니다." if found else "이미 지운 이름입니다.", "success" if found else "info")
    return redirect(url_for(".names", organization_id=organization_id), 303)


@pages.get("/<int:organization_id>/merge")
@administrator
def choose(organization_id: int) -> ResponseReturnValue:
    """Look for the organization that stays."""
    organization, filters = _organization(organization_id), OtherFilters(request.args)
    looked_for = looking_after.found(filters.q.data or "").where(Organization.id != organization_id)
    page = db.paginate(looked_for, per_page=PER_PAGE, error_out=False) if filters.q.data else None
    return render_template(
        "organizations/organization_choose.html",
        organization=organization,
        filters=filters,
        page=page,
        like=looking_after.like(organization),
    )


@pages.route("/<int:organization_id>/merge/<int:other_id>", methods=["GET", "POST"])
@administrator
def merge(organization_id: int, other_id: int) -> ResponseReturnValue:
    """Both side by side and what moves; then make them one, of which the other stays."""
    gone, stays = _organization(organization_id), _organization(other_id)
    if gone.id == stays.id:
        abort(404)
    form = SeenForm(data={"seen": looking_after.as_read(gone, stays)})
    if form.validate_on_submit():
        name = gone.name
        try:
            with unit_of_work():
                looking_after.merge(gone, stays, form.seen.data, belongings(), current_user, clock.now())
        except Refused as error:
            form.refuse(error)
            gone, stays = _organization(organization_id), _organization(other_id)
            form.seen.data = looking_after.as_read(gone, stays)
        else:
            flash(f"‘{name}’ 기관을 이 기관과 합쳤습니다. 이제 한 기관으로 셉니다.", "success")
            return redirect(url_for(".show", organization_id=other_id), 303)
    return render_template(
        "organizations/organization_merge.html",
        form=form,
        gone=gone,
        stays=stays,
        belongings=belongings(),
        numbers=_numbers(gone, stays),
        hindrances=looking_after.hindrances(gone, stays, belongings()),
        apart=looking_after.are_told_apart(gone, stays),
        alike=stays in looking_after.like(gone),
    )


@pages.post("/<int:organization_id>/apart/<int:other_id>")
@administrator
def tell_apart(organization_id: int, other_id: int) -> ResponseReturnValue:
    """Say that the two are different bodies."""
    one, other = _organization(organization_id), _organization(other_id)
    if one.id == other.id:
        abort(404)
    with unit_of_work():
        new = looking_after.tell_apart(one, other, current_user, clock.now())
    said = f"‘{other.name}’ 기관을 이 기관과 다른 기관으로 정했습니다. 이제 두 기관이 겹쳐 보인다고 하지 않습니다."
    flash(said if new else "이미 다른 기관으로 정한 두 기관입니다.", "success" if new else "info")
    return redirect(url_for(".show", organization_id=organization_id), 303)


@pages.post("/<int:organization_id>/apart/<int:other_id>/undo")
@administrator
def take_back_apart(organization_id: int, other_id: int) -> ResponseReturnValue:
    """Take that back."""
    one, other = _organization(organization_id), _organization(other_id)
    with unit_of_work():
        undone = looking_after.take_back_apart(one, other, current_user, clock.now())
    said = f"‘{other.name}’ 기관을 다른 기관으로 정한 것을 되돌렸습니다."
    flash(said if undone else "다른 기관으로 정한 두 기관이 아닙니다.", "success" if undone else "info")
    return redirect(url_for(".show", organization_id=organization_id), 303)


def belongings() -> Belongings:
    """Everything that names organizations, of all slices."""
    told: Belongings = current_app.extensions["belongings"]
    return told


def _organization(number: int) -> Organization:
    """That one; who asks for one that was made one with another goes to what it is now, and is told so."""
    organization = db.session.get(Organization, number)
    if organization is None:
        successor = looking_after.successor_of(number)
        if successor == number:
            abort(404)
        pressed = request.method == "POST"
        said = " 더 한 일은 없습니다. 지금 내용을 확인해 주세요." if pressed else ""
        flash(f"{number}번 기관은 이미 이 기관과 합쳐졌습니다.{said}", "error" if pressed else "info")
        abort(redirect(url_for(".show", organization_id=successor), 303))
    return organization


def _numbers(*organizations: Organization) -> dict[int, dict[str, int]]:
    return numbers_of([each.id for each in organizations], belongings())


def _sees_people() -> bool:
    """Accounts of an organization belong to no theme: whoever answers for some only does not see whose they are."""
    return current_user.is_administrator or readers_reach() is EVERYBODY
