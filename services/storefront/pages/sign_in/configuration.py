"""How accounts behave: Flask-Security's settings, and why they are what they are."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from services.storefront.pages.sign_in.words import message_settings
from services.storefront.settings import StorefrontSettings

SHORTEST_PASSWORD = 10


def account_settings(settings: StorefrontSettings) -> dict[str, Any]:
    """The Flask configuration of sessions, CSRF and accounts."""
    return {
        **_cookies(settings),
        **_addresses(),
        **_passwords(settings),
        **_second_factor(settings),
        **message_settings(),
        "SECURITY_REGISTERABLE": True,
        "SECURITY_CONFIRMABLE": True,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_PASSWORD_CONFIRM_REQUIRED": False,
        # The same words whether an address is known or not (OWASP ASVS 5.0, 6.3.8).
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        # What a signed link holds of the address and the password's hash; the signature is what protects it.
        "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_EMAIL_PLAINTEXT": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {
            # The shop need not reach DNS to register somebody; the confirmation letter is the proof.
            "check_deliverability": False,
            "test_environment": settings.environment != "production",
        },
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_DATETIME_FACTORY": lambda: datetime.now(UTC),
        "SECURITY_CONFIRM_EMAIL_WITHIN": timedelta(days=2),
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=2),
        "SECURITY_FRESHNESS": timedelta(minutes=30),
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=10),
        "SECURITY_I18N_DIRNAME": [],
    }


def _cookies(settings: StorefrontSettings) -> dict[str, Any]:
    before = settings.session_secret_before.get_secret_value()
    return {
        "SECRET_KEY": settings.session_secret.get_secret_value(),
        "SECRET_KEY_FALLBACKS": [before] if before else [],
        # A __Host- cookie is Secure, has no domain and the path /, so no other host can set it (RFC 6265bis).
        "SESSION_COOKIE_NAME": "__Host-huafang" if settings.is_secure else "huafang",
        "SESSION_COOKIE_SECURE": settings.is_secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
        # A form left open over lunch still works; the token lives as long as its session.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "SECURITY_TWO_FACTOR_VALIDITY_COOKIE": {
            "httponly": True,
            "secure": settings.is_secure,
            "samesite": "Strict",
        },
    }


def _addresses() -> dict[str, Any]:
    return {
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_REGISTER_URL": "/register",
        "SECURITY_RESET_URL": "/recover",
        "SECURITY_CHANGE_URL": "/account/password",
        "SECURITY_CONFIRM_URL": "/confirm",
        "SECURITY_VERIFY_URL": "/verify",
        "SECURITY_TWO_FACTOR_SETUP_URL": "/account/second-factor",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/second-factor",
        "SECURITY_TWO_FACTOR_SELECT_URL": "/second-factor/choice",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/second-factor/help",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/second-factor/recovery",
        "SECURITY_POST_REGISTER_VIEW": "/register/sent",
        "SECURITY_POST_CHANGE_VIEW": "/account",
        "SECURITY_POST_CONFIRM_VIEW": "/sign-in",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account",
        "SECURITY_LOGOUT_METHODS": ["POST"],
    }


def _passwords(settings: StorefrontSettings) -> dict[str, Any]:
    configuration: dict[str, Any] = {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SALT": settings.password_pepper.get_secret_value(),
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
    }
    if settings.environment == "test":
        configuration["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] = {
            "argon2__time_cost": 1,
            "argon2__memory_cost": 1024,
            "argon2__parallelism": 1,
        }
    return configuration


def _second_factor(settings: StorefrontSettings) -> dict[str, Any]:
    secret = settings.totp_secret.get_secret_value()
    key = hashlib.sha256(b"huafang recovery codes\0" + secret.encode()).digest()
    return {
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TOTP_SECRETS": {"1": secret},
        "SECURITY_TOTP_ISSUER": "Huafang",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [base64.urlsafe_b64encode(key)],
    }
