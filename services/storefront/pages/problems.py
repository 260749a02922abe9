"""A service's refusal in words that help, beside the field it is about where it names one."""

from collections.abc import Mapping
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
        "duplicate-file": _("你已经在卖同样的文件。"),
        "not-complete": _("还有几样没准备好，看下面缺什么。"),
        "sale-not-allowed": _("这个底模的许可不允许收费出售，可以免费放出，或换一个底模。"),
        "affirmation-outdated": _("声明的文字更新了，请再读一遍。"),
        "price-out-of-range": _("这个价格不能用：免费是 0，收费的最低 5 元，最高 10,000 元。"),
        "nothing-to-publish": _("已经在卖了，也没有新版本要发布。"),
        "product-in-review": _("正在检查，等结果出来再改。"),
        "words-refused": _("文字里有不能上架的内容，请改一改。"),
        "version-closed": _("这个版本已经提交，要改请开始新版本。"),
        "version-open": _("还有一个版本没发布，先把它发布。"),
        "last-picture": _("在售的作品至少留一张图片。"),
        "too-many-files": _("一个版本最多 20 个文件。"),
        "too-many-pictures": _("一件作品最多 30 张图片。"),
        "too-many-uploads": _("还有没传完的上传，先传完或取消。"),
        "upload-not-complete": _("文件还没传完，请再传一次。"),
        "upload-gone": _("这次上传过期了，请再传一次。"),
        "upload-too-large": _("文件太大了。"),
        "base-model-contradicted": _("文件头写的底模和你选的不是同一系列。"),
        "order-not-payable": _("这个订单不能再付款，请重新下单。"),
        "payment-processing": _("支付方正在处理这次付款，请稍等。"),
        "payment-refused": _("支付方没有接受，请再试一次。"),
        "amount-not-payable": _("这个金额支付方收不了。"),
        "cart-full": _("购物袋装满了，先结账或拿出几件。"),
        "too-many": _("数量超过可买的件数。"),
        "too-many-attempts": _("试得太多了，请重新下单。"),
        "line-uncovered": _("有一件需要和别的一起买。"),
        "refund-too-large": _("不能退得比还能退的多。"),
        "order-not-paid": _("这个订单没有付过款。"),
        "not-found": _("找不到它，也许已经下架。"),
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


def file_problem(problem: Mapping[str, Any]) -> str:
    """Why a file or a picture cannot be used; the service's own sentence where we have no better one."""
    slug = str(problem.get("slug") or "")
    known = {
        "pickle-refused": _("这种格式打开时会运行代码，不能出售。请转成 .safetensors。"),
        "hdf5-refused": _("不收 HDF5 和 Keras 文件，请转成 .safetensors。"),
        "executable-refused": _("程序和脚本不能出售。"),
        "svg-refused": _("SVG 里可以藏脚本，请换成 PNG、JPEG 或 WebP。"),
        "archive-refused": _("不收这种压缩包，请用 ZIP。"),
        "type-refused": _("这种作品不收这类文件，请换一个。"),
        "file-too-large": _("文件太大了。"),
        "file-empty": _("文件是空的。"),
        "text-unreadable": _("认不出文字的编码，请存成 UTF-8。"),
        "safetensors-truncated": _("文件不完整，像是没有存完，请重新导出。"),
        "image-unreadable": _("图片打不开或不完整，请重新导出。"),
        "image-too-large": _("图片的像素太多，请缩小后再传。"),
        "image-too-small": _("图片太小，看不清作品，请换一张大的。"),
        "zip-unreadable": _("压缩包损坏，请重新打包。"),
        "zip-encrypted": _("压缩包有密码，买家打不开，请去掉密码。"),
        "zip-nested": _("压缩包里还有压缩包，请展开后再打包。"),
        "dictionary-empty": _("词典里没有词条。"),
        "pdf-encrypted": _("PDF 有密码，请去掉密码。"),
        "pdf-active": _("PDF 里有脚本或附件，请重新导出成普通 PDF。"),
        "base-model-contradicted": _("文件头写的底模和你选的不是同一系列，请改选底模后再传。"),
        "duplicate-file": _("和店里已有的文件相同。"),
        "unsupported-type": _("这种文件不能出售。"),
        "too-large": _("文件太大了。"),
    }
    if slug.startswith("safetensors-") and slug not in known:
        return _("文件头和内容对不上，像是损坏或没有存完，请重新导出。")
    return known.get(slug) or str(problem.get("detail") or _("不能用，请换一个文件。"))


def missing_words(entry: Mapping[str, Any]) -> str:
    """What a product still lacks, by the part it is about."""
    known = {
        "/title": _("给作品起个名字"),
        "/text": _("写几句作者的话"),
        "/pictures": _("至少一张检查完的图片"),
        "/files": _("至少一个检查完的文件"),
        "/parts": _("合集里至少两件作品"),
    }
    return known.get(str(entry.get("pointer"))) or str(entry.get("detail") or "")
