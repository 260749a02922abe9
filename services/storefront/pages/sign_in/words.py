"""What Flask-Security says, in our words. Sources are Chinese; `_` only marks them for the catalogue."""

from typing import Any


def _(words: str) -> str:
    return words


MESSAGES: dict[str, tuple[str, str]] = {
    "GENERIC_AUTHN_FAILED": (_("邮箱或密码不对，请再试一次。"), "error"),
    "GENERIC_RECOVERY": (_("如果这个邮箱注册过，我们已经寄出重设密码的信。"), "info"),
    "PASSWORD_RESET_REQUEST": (_("如果 %(email)s 注册过，我们已经寄出重设密码的信。"), "info"),
    "CONFIRMATION_REQUEST": (_("如果 %(email)s 注册过且还没确认，我们已经寄出确认信。"), "info"),
    "CONFIRM_REGISTRATION": (_("谢谢。确认信已寄到 %(email)s，点开里面的链接就能登录。"), "success"),
    "EMAIL_CONFIRMED": (_("邮箱已确认，现在可以登录了。"), "success"),
    "ALREADY_CONFIRMED": (_("这个邮箱已经确认过，直接登录就好。"), "info"),
    "INVALID_CONFIRMATION_TOKEN": (_("这个确认链接不对，请重新寄一封确认信。"), "error"),
    "CONFIRMATION_EXPIRED": (_("确认链接过了 %(within)s 的有效期，请重新寄一封确认信。"), "error"),
    "CONFIRMATION_REQUIRED": (_("先点开确认信里的链接，再来登录。"), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (_("这个链接用过了或不对，请重新寄一封信。"), "error"),
    "PASSWORD_RESET_EXPIRED": (_("这个链接过了 %(within)s 的有效期，请重新寄一封信。"), "error"),
    "PASSWORD_RESET_NO_LOGIN": (_("密码已经换好，请用新密码登录。"), "success"),
    "PASSWORD_CHANGE": (_("密码已经换好，其他设备上的登录都已结束。"), "success"),
    "PASSWORD_IS_THE_SAME": (_("新密码要和原来的不一样。"), "error"),
    "PASSWORD_INVALID_LENGTH": (_("密码至少要 %(length)s 个字符，最多 128 个。"), "error"),
    "PASSWORD_TOO_SIMPLE": (_("这个密码太常见，容易被猜到，换一个吧。"), "error"),
    "PASSWORD_NOT_PROVIDED": (_("请填写密码。"), "error"),
    "PASSWORD_MISMATCH": (_("密码不对。"), "error"),
    "RETYPE_PASSWORD_MISMATCH": (_("两次填写的密码不一样。"), "error"),
    "INVALID_PASSWORD": (_("密码不对。"), "error"),
    "EMAIL_NOT_PROVIDED": (_("请填写邮箱。"), "error"),
    "INVALID_EMAIL_ADDRESS": (_("这个邮箱地址写得不对。"), "error"),
    "EMAIL_ALREADY_ASSOCIATED": (_("%(email)s 已经注册过。"), "error"),
    "USER_DOES_NOT_EXIST": (_("邮箱或密码不对，请再试一次。"), "error"),
    "DISABLED_ACCOUNT": (_("这个账户已停用。"), "error"),
    "INVALID_CODE": (_("验证码不对，请填写应用里正在显示的那一个。"), "error"),
    "TWO_FACTOR_INVALID_TOKEN": (_("验证码不对，请填写应用里正在显示的那一个。"), "error"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (_("验证码正确，已登录。"), "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (_("两步验证已设好。"), "success"),
    "TWO_FACTOR_DISABLED": (_("两步验证已关闭。"), "success"),
    "TWO_FACTOR_PERMISSION_DENIED": (_("请先登录。"), "error"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (_("请选一种方式。"), "error"),
    "TWO_FACTOR_SETUP_EXPIRED": (_("设置要在 %(within)s 内完成，请从头再来。"), "error"),
    "INVALID_RECOVERY_CODE": (_("这个备用码不对或已经用过。"), "error"),
    "NO_RECOVERY_CODES_SETUP": (_("还没有备用码。"), "info"),
    "UNAUTHENTICATED": (_("请先登录。"), "info"),
    "UNAUTHORIZED": (_("你的账户不能看这一页。"), "error"),
    "LOGIN": (_("请先登录。"), "info"),
    "REFRESH": (_("请再输入一次密码。"), "info"),
    "REAUTHENTICATION_REQUIRED": (_("这一步需要再输入一次密码。"), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (_("好，请继续。"), "info"),
    "ANONYMOUS_USER_REQUIRED": (_("你已经登录了。"), "info"),
    "INVALID_REDIRECT": (_("这个地址不在本站。"), "error"),
    "API_ERROR": (_("填写的内容不对。"), "error"),
    "INVALID_INPUT": (_("填写的内容不对。"), "error"),
}


def message_settings() -> dict[str, Any]:
    """The messages as Flask-Security's configuration wants them."""
    return {f"SECURITY_MSG_{key}": value for key, value in MESSAGES.items()}
