"""The registration and sign-in forms, beyond what Flask-Security brings."""

from typing import Any

from flask_security.forms import LoginForm, RegisterFormV2
from wtforms import StringField, ValidationError

from services.storefront.domain.person import LONGEST_NAME
from services.storefront.pages.words import gettext as _


def check_display_name(_form: Any, field: Any) -> None:
    """A name of 1 to 40 characters, none of them invisible; the value is trimmed."""
    field.data = " ".join((field.data or "").split())
    if not field.data:
        raise ValidationError(_("请填写名字，别人会看到它。"))
    if len(field.data) > LONGEST_NAME or not field.data.isprintable():
        raise ValidationError(_("名字最多 %(most)s 个字，不要用特殊符号。", most=LONGEST_NAME))


class Registration(RegisterFormV2):  # type: ignore[misc]  # the library is untyped
    display_name = StringField(validators=[check_display_name])


class SignInForm(LoginForm):  # type: ignore[misc]
    """No second cookie that remembers: the session itself lasts, and can be ended from the account page."""

    remember = None
