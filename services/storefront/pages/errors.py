"""Errors as pages: what happened, what to do, and the number under which we find it in the logs."""

from flask import Flask, Response, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError

from services.storefront.clients.errors import Refused, ServiceDown
from services.storefront.pages.words import gettext as _
from services.storefront.usecases.count_attempt import TooManyAttempts
from shared.application import as_problem
from shared.problems import Forbidden, NotFound, Problem, Unavailable


def show_errors(app: Flask) -> None:
    """Replace the APIs' problem+json with pages."""
    app.register_error_handler(Exception, _answer)


def _answer(error: Exception) -> Response:
    problem = _as_page_problem(error)
    heading, advice = _words(problem)
    page = render_template(
        "error.html",
        status=problem.status,
        heading=heading,
        advice=advice,
        request_id=g.get("request_id", ""),
        retry=problem.status == 503 and request.method == "GET",
    )
    response = make_response(page, problem.status)
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _as_page_problem(error: Exception) -> Problem:
    if isinstance(error, ServiceDown):
        return Unavailable()
    if isinstance(error, CSRFError):
        return Forbidden(_("这一页开得太久，表单已失效。回到上一页刷新后再试，填写的内容可以先复制下来。"))
    if isinstance(error, Refused):
        if error.status in (404, 410):
            return NotFound()
        return Forbidden() if error.status in (401, 403) else Problem(error.detail)
    return as_problem(error)


def _words(problem: Problem) -> tuple[str, str]:
    if isinstance(problem, TooManyAttempts):
        minutes = -(-problem.retry_after // 60)
        return _("试得太多了，歇一会儿"), _("请在 %(minutes)s 分钟后再试。", minutes=minutes)
    known = {
        403: (_("这一页不对你开放"), _("也许需要换一个账户登录，或者回到首页。")),
        404: (_("这里什么也没有"), _("地址可能写错了，或者作品已经下架。去逛逛别的吧。")),
        405: (_("这个地址不能这样打开"), _("请从页面上的按钮进来。")),
        413: (_("文件太大了"), _("请选小一点的文件，或者打开脚本后用分段上传。")),
        503: (_("画坊在歇一口气"), _("有一部分暂时没有回应，什么也没有丢。请过一会儿刷新这一页。")),
    }
    heading, advice = known.get(problem.status, (_("出了点问题"), _("是我们这边的错，已经记下。请再试一次。")))
    if isinstance(problem, Forbidden) and problem.detail != problem.title:
        advice = problem.detail
    return heading, advice
