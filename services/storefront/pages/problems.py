"""A service's refusal in words that help, beside the field it is about where it names one."""

from typing import Any

from services.storefront.clients.errors import Refused
from services.storefront.pages.words import gettext as _


def words_for(error: Refused) -> str:
    """What happened and what to do, for the problems a form can meet."""
    known = {
        "price-changed": _("价格在你查看之后变了，请看一看新的总价再下单。"),
        "offer-withdrawn": _("有一件作品刚刚下架，不能再买。把它拿出购物袋就可以继续。"),
        "offer-unknown": _("这件作品刚刚上架，几秒钟后再试。"),
        "offer-ended": _("这件作品的出售时间已过。"),
        "already-bought": _("你已经买过这件作品，它在我的素材里。"),
        "terms-not-accepted": _("请先勾选同意每一条约定。"),
        "illegal-move": _("订单的状态已经变了，请刷新后再看。"),
        "request-in-progress": _("同样的请求正在处理，稍等片刻。"),
        "idempotency-key-reused": _("这个表单已经用过，请刷新后再试。"),
        "access-revoked": _("这份素材的权限已经收回。"),
        "taken-down": _("因为有人主张权利，作品暂时不能下载。"),
        "download-limit-reached": _("这个文件已经下载到上限，写信给我们就可以重新开放。"),
        "duplicate-file": _("同样的文件已经上传过。"),
        "unsupported-type": _("这种文件不能出售。"),
        "too-large": _("文件太大了。"),
        "quota-exceeded": _("你的空间用满了，先删掉不用的上传。"),
    }
    return known.get(error.slug) or _plain(error)


def _plain(error: Refused) -> str:
    if error.errors:
        return _("有几处填写得不对，请看下面标出的地方。")
    return error.detail or _("没有成功，请再试一次。")


def field_errors(error: Refused) -> dict[str, str]:
    """The refusal's errors by the last part of their JSON pointer, which is the form field's name."""
    found: dict[str, str] = {}
    for entry in error.errors:
        name = str(entry.get("pointer", "")).strip("/").rpartition("/")[2]
        found.setdefault(name, field_words(entry))
    return found


def field_words(entry: dict[str, Any]) -> str:
    code = str(entry.get("code", ""))
    known = {
        "required": _("请填写这一项。"),
        "too-low": _("数字太小了。"),
        "too-high": _("数字太大了。"),
        "too-long": _("太长了。"),
    }
    return known.get(code) or str(entry.get("detail") or _("这一项填得不对。"))
