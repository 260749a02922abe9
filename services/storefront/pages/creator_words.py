"""Words for what creators and operators read: refused files, missing things, alerts, lines of the access log."""

from collections.abc import Mapping
from typing import Any

from services.storefront.pages.words import gettext as _


def file_problem(problem: Mapping[str, Any]) -> str:
    """Why a file or a picture cannot be used, and what to do about it; catalog's own words for a rare reason."""
    known = {
        "pickle-refused": _("这是 pickle 格式，加载时会运行代码，不能出售。请另存为 .safetensors。"),
        "hdf5-refused": _("不收 HDF5 和 Keras 文件。请另存为 .safetensors。"),
        "executable-refused": _("程序和脚本不能出售。"),
        "html-refused": _("网页文件不能出售。"),
        "svg-refused": _("SVG 里可以藏脚本，请换成 PNG、JPEG 或 WebP。"),
        "archive-refused": _("不收这种压缩包，请用 ZIP。"),
        "type-refused": _("这种作品不收这类文件，请换一个。"),
        "file-too-large": _("文件太大了。"),
        "file-empty": _("文件是空的。"),
        "polyglot-refused": _("文件同时是两种格式，请重新导出。"),
        "text-unreadable": _("认不出文字的编码，请存成 UTF-8。"),
        "safetensors-truncated": _("文件不完整，像是没有传完或没有存完。请重新导出后再传。"),
        "image-unreadable": _("图片打不开或不完整，请重新导出。"),
        "image-too-large": _("图片的像素太多，请缩小后再传。"),
        "image-too-small": _("图片太小，看不清作品，请换一张大的。"),
        "image-too-many-frames": _("动图的帧数太多。"),
        "zip-unreadable": _("压缩包损坏，请重新打包。"),
        "zip-bomb": _("压缩包展开后太大。"),
        "zip-encrypted": _("压缩包有密码，买家打不开。请去掉密码。"),
        "zip-nested": _("压缩包里还有压缩包，请展开后再打包。"),
        "zip-duplicate": _("压缩包里有两个同名的文件。"),
        "dictionary-unreadable": _("读不出词条，请检查格式。"),
        "dictionary-empty": _("词典里没有词条。"),
        "dictionary-too-large": _("词条太多，请分成几件作品。"),
        "pdf-encrypted": _("PDF 有密码，请去掉密码。"),
        "pdf-active": _("PDF 里有脚本或附件，请重新导出成普通 PDF。"),
        "base-model-contradicted": _("文件头写的底模系列和你选的不一样，请改选底模后再传。"),
    }
    slug, detail = str(problem.get("slug") or ""), str(problem.get("detail") or "")
    if slug.startswith("safetensors-") and slug not in known:
        return _("文件头有错，不能安全地加载。请重新导出。") + (f" {detail}" if detail else "")
    return known.get(slug) or detail or _("这个文件不能用。")


def missing_words(missing: Mapping[str, Any]) -> tuple[str, str]:
    """What publication still wants, and the stage at which it is given."""
    detail = str(missing.get("detail", ""))
    being_checked = "still" in detail
    return {
        "/title": (_("作品的名字"), "details"),
        "/text": (_("作者的话"), "details"),
        "/pictures": (_("图片还在检查") if being_checked else _("至少一张图片"), "pictures"),
        "/files": (_("文件还在检查") if being_checked else _("至少一个文件"), "files"),
        "/price": (_("价格"), "terms"),
    }.get(str(missing.get("pointer", "")), (detail, "details"))


def generation_facts(generation: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The generation parameters that are worth a line, in words."""
    named = [
        ("model", _("模型")),
        ("sampler", _("采样器")),
        ("scheduler", _("调度器")),
        ("steps", _("步数")),
        ("cfg_scale", "CFG"),
        ("seed", _("种子")),
        ("size", _("尺寸")),
        ("tool", _("工具")),
    ]
    return [(words, str(generation[name])) for name, words in named if generation.get(name) not in (None, "")]


def alert_name(kind: str) -> str:
    return {
        "payment_mismatch": _("收到的金额和订单对不上"),
        "unmatched_notice": _("支付方的通知找不到对应的订单"),
        "paid_late": _("订单结束后才收到付款"),
        "paid_twice": _("收到重复的付款"),
        "refund_failed": _("退款没有成功"),
        "foreign_refund": _("支付方那边有一笔不是这里发起的退款"),
        "dispute_opened": _("付款被银行质疑"),
        "dispute_lost": _("银行质疑已输，款项被收回"),
    }.get(kind, kind.replace("_", " "))


def access_event(kind: str) -> str:
    """A line of the access log in words."""
    return {
        "link_given": _("给出下载链接"),
        "started": _("开始下载"),
        "ended": _("下载结束"),
        "refused": _("拒绝下载"),
    }.get(kind, kind)


FOR_TEMPLATES = {
    "file_problem": file_problem,
    "missing_words": missing_words,
    "generation_facts": generation_facts,
    "alert_name": alert_name,
    "access_event": access_event,
}
