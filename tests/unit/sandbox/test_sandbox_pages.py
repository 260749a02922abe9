"""The payment page, as a browser without scripts meets it."""

import re

import pytest

from tests.unit.sandbox.till import Till

CARD = {"number": "4242 4242 4242 4242", "expires": "12 / 34", "cvc": "123"}


def page(till: Till, path: str, **query: str) -> str:
    """A page's text."""
    return till.app.test_client().get(path, query_string=query or None).get_data(as_text=True)


def test_the_page_shows_what_is_bought_and_how_to_pay(till: Till) -> None:
    text = page(till, f"/c/pay/{till.open_session().id}", lang="zh")
    for wanted in ("沙盒环境", "水墨山水 LoRA", "¥39.90", "银行卡", "支付宝", "微信支付", "http://shop.test/left"):
        assert wanted in text


@pytest.mark.parametrize(
    ("locale", "accepted", "asked", "language"),
    [
        ("zh", "en", None, "zh-CN"),
        ("en", "zh-CN", None, "en"),
        ("auto", "en-US,en", None, "en"),
        ("auto", "zh-CN,zh", None, "zh-CN"),
        ("zh-TW", "en", None, "zh-CN"),
        ("auto", "fr", None, "zh-CN"),
        ("zh", "zh", "en", "en"),
    ],
)
def test_the_page_speaks_the_customers_language(
    till: Till, locale: str, accepted: str, asked: str | None, language: str
) -> None:
    session = till.open_session(locale=locale)
    text = till.app.test_client().get(
        f"/c/pay/{session.id}",
        query_string={"lang": asked} if asked else {},
        headers={"Accept-Language": accepted},
    )
    assert f'<html lang="{language}">' in text.get_data(as_text=True)


def test_only_the_methods_of_the_session_are_offered(till: Till) -> None:
    session = till.open_session(payment_method_types=["alipay"], payment_method_options={})
    text = page(till, f"/c/pay/{session.id}", method="card")
    assert "pay-card-number" not in text
    assert till.call("POST", f"/c/pay/{session.id}/card", data=CARD).status_code == 303
    assert till.types() == []


def test_what_a_merchant_writes_is_shown_and_not_run(till: Till) -> None:
    lines = [
        {
            "price_data": {
                "currency": "cny",
                "unit_amount": 500,
                "product_data": {"name": "<script>alert(1)</script>"},
            },
            "quantity": 1,
        }
    ]
    text = page(till, f"/c/pay/{till.open_session(line_items=lines).id}")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_a_card_pays_and_leads_back_to_the_merchant(till: Till) -> None:
    session = till.open_session()
    answer = till.call("POST", f"/c/pay/{session.id}/card", data=CARD)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"http://shop.test/done?session={session.id}")
    assert "已经付过" in page(till, f"/c/pay/{session.id}")
    assert till.call("POST", f"/c/pay/{session.id}/card", data=CARD).status_code == 200
    assert len(till.stripe.v1.charges.list().data) == 1


@pytest.mark.parametrize(
    ("typed", "words", "traces"),
    [
        ({"number": "4000 0000 0000 0002"}, "银行拒绝了这张卡", 3),
        ({"number": "4000 0000 0000 9995"}, "卡内余额不足", 3),
        ({"number": "4012 8888 8888 1881"}, "沙盒只接受测试卡号", 3),
        ({"number": "4242 4242 4242 4241"}, "卡号不对", 0),
        ({"expires": "01 / 20"}, "有效期不对", 0),
        ({"number": ""}, "卡号不对", 0),
    ],
)
def test_a_card_that_does_not_pay_says_why_and_may_be_tried_again(
    till: Till, typed: dict[str, str], words: str, traces: int
) -> None:
    session = till.open_session()
    answer = till.call("POST", f"/c/pay/{session.id}/card", data={**CARD, **typed, "name": "画坊"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 402
    assert words in text
    assert 'value="画坊"' in text
    assert len(till.types()) == traces
    assert till.call("POST", f"/c/pay/{session.id}/card", data=CARD).status_code == 303


def test_a_real_cards_number_is_not_kept(till: Till) -> None:
    session = till.open_session()
    till.call("POST", f"/c/pay/{session.id}/card", data={**CARD, "number": "4012 8888 8888 1881"})
    with till.sandbox.store.reading() as tx:
        kept = " ".join(str(row["body"]) for row in tx.execute("SELECT body FROM objects"))
    assert "4012888888881881" not in kept
    assert "1881" in kept


def test_a_bank_may_ask_first(till: Till) -> None:
    session = till.open_session()
    answer = till.call("POST", f"/c/pay/{session.id}/card", data={**CARD, "number": "4000002500003155"})
    question = answer.headers["Location"].removeprefix("http://till.test")
    assert "银行验证" in page(till, question)
    answer = till.call("POST", question.split("?")[0], data={"answer": "yes"})
    assert answer.headers["Location"].startswith("http://shop.test/done")


def test_alipay_may_be_refused_and_then_paid(till: Till) -> None:
    session = till.open_session()
    for reply, target in (("no", f"/c/pay/{session.id}"), ("yes", "http://shop.test/done")):
        answer = till.call("POST", f"/c/pay/{session.id}/wallet", data={"method": "alipay"})
        question = answer.headers["Location"].removeprefix("http://till.test").split("?")[0]
        answer = till.call("POST", question, data={"answer": reply})
        assert answer.headers["Location"].startswith(target)


def test_the_code_of_wechat_pay_leads_to_a_page_that_pays(till: Till) -> None:
    session = till.open_session()
    till.call("POST", f"/c/pay/{session.id}/wallet", data={"method": "wechat_pay"})
    text = page(till, f"/c/pay/{session.id}", method="wechat_pay")
    code = re.search(r'data-address="http://till.test(/authorise/[^"]+)"', text)
    assert code is not None
    assert "<svg" in text
    assert till.types()[-1] == "payment_intent.requires_action"
    page(till, code[1])
    assert till.types()[-1] == "payment_intent.requires_action"
    done = till.call("POST", code[1], data={"answer": "yes", "via": "phone"})
    assert "付款成功" in done.get_data(as_text=True)
    assert till.types()[-1] == "checkout.session.completed"
    assert till.app.test_client().get(code[1]).status_code == 410
    assert till.app.test_client().get(code[1] + "/qr.png").data.startswith(b"\x89PNG")
    state = till.app.test_client().get(f"/c/pay/{session.id}/state").get_json()
    assert state["status"] == "complete"


def test_choosing_another_way_makes_the_code_worthless(till: Till) -> None:
    session = till.open_session()
    till.call("POST", f"/c/pay/{session.id}/wallet", data={"method": "wechat_pay"})
    code = re.search(
        r'data-address="http://till.test(/authorise/[^"]+)"',
        page(till, f"/c/pay/{session.id}", method="wechat_pay"),
    )
    assert code is not None
    till.call("POST", f"/c/pay/{session.id}/wallet", data={"method": "alipay"})
    assert till.call("POST", code[1], data={"answer": "yes", "via": "phone"}).status_code == 410
    assert till.stripe.v1.checkout.sessions.retrieve(session.id).status == "open"


def test_a_code_that_was_guessed_is_worth_nothing(till: Till) -> None:
    intent = till.paid("alipay", "decline")
    assert till.call("POST", f"/authorise/{intent.id}/guessed", data={"answer": "yes"}).status_code == 410
    assert till.call("GET", "/authorise/pi_nobody/guessed").status_code == 410


def test_paying_later_leads_back_at_once(till: Till) -> None:
    session = till.open_session()
    answer = till.call("POST", f"/c/pay/{session.id}/later", data={"outcome": "pay"})
    assert answer.headers["Location"].startswith("http://shop.test/done")
    assert "付款处理中" in page(till, f"/c/pay/{session.id}")


@pytest.mark.parametrize(("path", "status", "words"), [("expired", 410, "付款已过期"), ("nobody", 404, "没有这笔付款")])
def test_a_page_without_a_payment_says_why(till: Till, path: str, status: int, words: str) -> None:
    session = till.open_session()
    till.stripe.v1.checkout.sessions.expire(session.id)
    answer = till.call("GET", f"/c/pay/{session.id if path == 'expired' else path}")
    assert answer.status_code == status
    assert words in answer.get_data(as_text=True)


@pytest.mark.parametrize("form", ["card", "wallet", "later"])
def test_a_forms_address_opened_as_a_page_leads_to_the_page(till: Till, form: str) -> None:
    session = till.open_session()
    answer = till.call("GET", f"/c/pay/{session.id}/{form}")
    assert answer.headers["Location"].startswith(f"/c/pay/{session.id}")
    assert till.types() == []


def test_pages_load_nothing_from_elsewhere(till: Till) -> None:
    answer = till.call("GET", f"/c/pay/{till.open_session().id}")
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    sources = re.findall(r'(?:src|href|action)="([^"]*)"', answer.get_data(as_text=True))
    assert all(one.startswith(("/", "?", "#", "http://shop.test/")) for one in sources)


def test_a_front_may_serve_the_pages_below_a_path(till: Till, tmp_path_factory: pytest.TempPathFactory) -> None:
    fronted = Till(tmp_path_factory.mktemp("fronted"), public_url="http://front.test/pay/")
    session = fronted.open_session()
    assert session.url == f"http://front.test/pay/c/pay/{session.id}"
    for path in (f"/pay/c/pay/{session.id}", f"/c/pay/{session.id}"):
        text = page(fronted, path)
        assert 'href="/pay/c/static/page.css"' in text
        assert f'action="/pay/c/pay/{session.id}/card"' in text
    fronted.close()
