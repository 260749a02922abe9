"""The services' words for things in the reader's words."""

from collections.abc import Mapping
from typing import Any

from services.storefront.pages.words import gettext as _

PERMISSIONS = ("commercial_use", "sell_images", "derivatives", "redistribute", "credit_required")
SORTS = ("newest", "best_selling", "price", "relevance")


def kind_name(kind: str) -> str:
    return {
        "lora": _("LoRA 模型"),
        "prompt_dictionary": _("提示词词典"),
        "presets": _("预设包"),
        "bundle": _("合集"),
    }.get(kind, kind)


def permission_line(name: str, given: bool) -> str:
    """A permission as a plain sentence, for yes and for no."""
    words = {
        "commercial_use": (_("可以商用"), _("不可商用")),
        "sell_images": (_("可以出售用它生成的图"), _("不可出售用它生成的图")),
        "derivatives": (_("可以在它之上再训练、融合"), _("不可再训练、融合")),
        "redistribute": (_("可以转发文件"), _("不可转发文件")),
        "credit_required": (_("使用时要署作者的名字"), _("不必署名")),
    }
    yes, no = words.get(name, (name, name))
    return yes if given else no


def permission_filter(name: str) -> str:
    return {
        "commercial_use": _("可以商用"),
        "sell_images": _("可以出售生成的图"),
        "derivatives": _("可以再训练、融合"),
        "redistribute": _("可以转发文件"),
        "no_credit": _("不必署名"),
    }.get(name, name)


def sort_name(sort: str) -> str:
    return {
        "newest": _("最新"),
        "best_selling": _("卖得最好"),
        "price": _("价格从低到高"),
        "relevance": _("最相关"),
    }.get(sort, sort)


def order_status(status: str) -> tuple[str, str]:
    """An order's status: words, and the token of its badge."""
    return {
        "awaiting_payment": (_("等你付款"), "waiting"),
        "paid": (_("已付款，正在交付"), "information"),
        "completed": (_("已完成"), "done"),
        "expired": (_("已过期"), ""),
        "cancelled": (_("已取消"), ""),
        "refunded": (_("已退款"), "failed"),
    }.get(status, (status, ""))


def delivery_status(delivery: str) -> tuple[str, str]:
    return {
        "waiting": (_("等待交付"), "waiting"),
        "delivered": (_("已放进我的素材"), "done"),
        "failed": (_("没能交付，款项退回"), "failed"),
    }.get(delivery, (delivery, ""))


def step_name(name: str, state: str) -> str:
    if state == "stopped":
        return {"paid": _("没有付款"), "delivered": _("不再交付")}.get(name, name)
    if state == "undone":
        return {"paid": _("款项已退回"), "delivered": _("权限已收回")}.get(name, name)
    return {"placed": _("下单"), "paid": _("付款"), "delivered": _("交付")}.get(name, name)


def turn_words(turn: str | None) -> str:
    return {
        "buyer": _("轮到你了：去付款"),
        "gateway": _("在等支付方的回音"),
        "seller": _("正在为你做一份专属的拷贝"),
    }.get(turn or "", "")


def happened(kind: str, data: Mapping[str, Any]) -> str:
    """An entry of an order's timeline in the customer's words."""
    words = {
        "placed": _("下单"),
        "payment_started": _("打开付款页"),
        "payment_processing": _("支付方正在处理"),
        "payment_failed": _("这次付款没有成功，可以再试"),
        "payment_closed": _("付款页已关闭"),
        "paid": _("收到付款"),
        "paid_late": _("订单结束后才收到付款，会自动退回"),
        "paid_twice": _("收到重复的付款，多出的会自动退回"),
        "payment_mismatch": _("收到的金额和订单对不上"),
        "closing": _("正在取消订单"),
        "cancelled": _("订单已取消"),
        "expired": _("过了付款时间，订单已关闭"),
        "line_delivered": _("已放进我的素材，可以下载"),
        "line_failed": _("没能交付，款项会自动退回"),
        "completed": _("全部交付完成"),
        "refund_started": _("退款已提交，等支付方完成"),
        "refunded": _("退款完成"),
        "refund_failed": _("退款没有成功，我们会再处理"),
        "disputed": _("付款被银行质疑，正在核实"),
        "dispute_closed": _("质疑已结束"),
        "buyer_erased": _("买家已注销账户"),
    }
    return words.get(kind, kind.replace("_", " "))


def actor_name(kind: str) -> str:
    return {"buyer": _("你"), "operator": _("画坊客服"), "publisher": _("创作者"), "gateway": _("支付方")}.get(kind, "")


def product_state(state: str) -> tuple[str, str]:
    return {
        "draft": (_("草稿"), ""),
        "in_review": (_("审核中"), "waiting"),
        "published": (_("在售"), "done"),
        "rejected": (_("没有通过"), "failed"),
        "withdrawn": (_("已下架"), ""),
        "released": (_("已发布"), "done"),
        "received": (_("已收到"), "waiting"),
        "inspecting": (_("正在检查"), "waiting"),
        "processing": (_("正在处理"), "waiting"),
        "ready": (_("可以发布"), "done"),
        "held": (_("等人工查看"), "waiting"),
        "refused": (_("不能用"), "failed"),
    }.get(state, (state, ""))


def review_reason(code: str) -> str:
    return {
        "licence_unknown": _("基础模型的许可不明"),
        "keyword": _("文字里有需要留意的词"),
        "text_moderation": _("文字检查有疑问"),
        "picture_moderation": _("图片检查有疑问"),
        "duplicate_file": _("文件和别人的作品相同"),
        "moderation_unavailable": _("自动检查没有回应"),
    }.get(code, code)


def line_problem(problem: str | None) -> str:
    return {
        "unknown": _("这件作品刚上架，稍等再试"),
        "withdrawn": _("已经下架，不能再买"),
        "ended": _("出售时间已过"),
        "too_many": _("数量超过可买的件数"),
        "already_bought": _("你已经买过，在我的素材里"),
    }.get(problem or "", "")


def access_reason(reason: Mapping[str, Any]) -> str:
    """Why somebody has a product, or has it not."""
    number = reason.get("order_number") or ""
    return {
        "purchase": _("你在订单 %(number)s 中买下了它", number=number),
        "bundle": _("你买的合集里有它（订单 %(number)s）", number=number),
        "creator": _("这是你自己的作品"),
        "revoked": _("订单 %(number)s 已退款，权限已收回", number=number),
        "failed": _("订单 %(number)s 没能交付，款项已退回", number=number),
        "taken_down": _("因为有人主张权利，作品暂时不能下载"),
        "not_bought": _("你还没有买它"),
    }.get(str(reason.get("kind")), "")


def loads(answer: str) -> tuple[str, str]:
    return {
        "yes": (_("可以直接用"), "done"),
        "differs": (_("能加载，同系列不同底模，效果可能有差别"), "waiting"),
        "no": (_("不能用：底模不是同一系列"), "failed"),
        "unknown": (_("还不能确定"), ""),
    }.get(answer, (answer, ""))


def review_reasons(review: Mapping[str, Any]) -> str:
    """A review's reasons in one line."""
    return "、".join(review_reason(str(reason.get("code"))) for reason in review.get("reasons") or [])


def alert_name(kind: str) -> str:
    return {
        "payment_mismatch": _("收到的金额和订单对不上"),
        "unmatched_notice": _("收到不认识的付款通知"),
        "paid_late": _("订单结束后才收到付款"),
        "paid_twice": _("同一个订单付了两次"),
        "refund_failed": _("退款没有成功"),
        "foreign_refund": _("有人在支付方那里直接退了款"),
        "dispute_opened": _("付款被银行质疑"),
        "dispute_lost": _("质疑没有打赢，款项被收回"),
    }.get(kind, kind)


def access_event(kind: str) -> str:
    """A line of the access log in words."""
    return {
        "link_given": _("给出下载链接"),
        "started": _("开始下载"),
        "ended": _("下载结束"),
        "refused": _("拒绝下载"),
    }.get(kind, kind)


FOR_TEMPLATES = {
    "access_event": access_event,
    "review_reasons": review_reasons,
    "alert_name": alert_name,
    "kind_name": kind_name,
    "order_status": order_status,
    "delivery_status": delivery_status,
    "line_problem": line_problem,
    "product_state": product_state,
    "review_reason": review_reason,
    "permission_line": permission_line,
}
