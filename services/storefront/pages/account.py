"""The account: name and language, sign-ins, becoming a creator, leaving."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import auth_required, logout_user
from flask_security.utils import verify_password

from services.storefront import queries
from services.storefront.clients.errors import Refused, ServiceDown
from services.storefront.domain.person import Person
from services.storefront.languages import COOKIE
from services.storefront.pages import readers
from services.storefront.pages.sign_in.people import people_session
from services.storefront.pages.sign_in.sessions import end_sign_ins
from services.storefront.pages.words import gettext as _
from services.storefront.usecases.change_profile import NameRefused, change_profile
from services.storefront.usecases.erase_person import erase_person
from services.storefront.usecases.give_role import give_role
from shared.auth import CREATOR
from shared.service import this_service

blueprint = Blueprint("account", __name__)


def _me() -> Person:
    known = readers.person()
    assert known is not None
    return known


@blueprint.get("/account")
@readers.signed_in
def show() -> ResponseReturnValue:
    sign_ins = queries.open_sign_ins(people_session(), _me().id)
    return render_template("account.html", me=_me(), sign_ins=sign_ins, here_id=session.get("sign_in"), errors={})


@blueprint.post("/account")
@readers.signed_in
def change() -> ResponseReturnValue:
    try:
        change_profile(
            people_session(),
            _me(),
            display_name=request.form.get("display_name", ""),
            language=request.form.get("language", ""),
            now=this_service().clock.now(),
        )
    except NameRefused:
        people_session.rollback()
        errors = {"display_name": _("名字要有 1 到 40 个字，不要用特殊符号。")}
        sign_ins = queries.open_sign_ins(people_session(), _me().id)
        page = render_template("account.html", me=_me(), sign_ins=sign_ins, here_id=None, errors=errors)
        return page, 422
    people_session.commit()
    flash(_("已保存。"), "success")
    response = redirect(url_for(".show"), 303)
    response.delete_cookie(COOKIE)
    return response


@blueprint.post("/account/sign-ins/end")
@readers.signed_in
def end_everywhere() -> ResponseReturnValue:
    """End every sign-in of this account, this one too."""
    end_sign_ins(_me().id)
    people_session.commit()
    logout_user()
    flash(_("所有设备上的登录都已结束。"), "success")
    return redirect(url_for("security.login"), 303)


@blueprint.route("/account/creator", methods=["GET", "POST"])
@readers.signed_in
def become_creator() -> ResponseReturnValue:
    if _me().is_creator:
        return redirect(url_for("creator.show_all"), 303)
    if request.method == "GET":
        return render_template("become_creator.html", name=_me().display_name, error="")
    now = this_service().clock.now()
    name = request.form.get("display_name", "")
    try:
        if request.form.get("agree") != "yes":
            raise NameRefused()
        change_profile(people_session(), _me(), display_name=name, language=_me().language, now=now)
        give_role(people_session(), _me(), CREATOR, now)
    except NameRefused:
        people_session.rollback()
        error = _("请填写 1 到 40 个字的名字，并勾选同意。")
        return render_template("become_creator.html", name=name, error=error), 422
    people_session.commit()
    flash(_("你现在是创作者了，来放上第一件作品吧。"), "success")
    return redirect(url_for("creator.show_all"), 303)


@blueprint.route("/account/deletion", methods=["GET", "POST"])
@auth_required("session")  # type: ignore[untyped-decorator]
def leave() -> ResponseReturnValue:
    """Erase the account after the password and a typed word; says in numbers what will be lost."""
    if request.method == "GET":
        return render_template("leave.html", lost=_what_is_lost(), error="")
    password = request.form.get("password", "")
    typed = request.form.get("confirmation", "").strip()
    if typed != _me().email or not _me().password or not verify_password(password, _me().password):
        error = _("邮箱或密码不对，账户没有动。")
        return render_template("leave.html", lost=_what_is_lost(), error=error), 422
    erase_person(people_session(), _me(), this_service().clock.now())
    people_session.commit()
    logout_user()
    flash(_("账户已注销。谢谢你来过。"), "success")
    return redirect(url_for("home.show"), 303)


def _what_is_lost() -> dict[str, int | None]:
    """How many purchases can no longer be fetched; None when catalog does not answer now."""
    try:
        found = readers.catalog().library()
    except (ServiceDown, Refused):
        return {"owned": None, "more": 0}
    return {"owned": len(found["items"]), "more": 1 if found["next_cursor"] else 0}
