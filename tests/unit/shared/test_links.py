import pytest

from shared.links import LinkExpired, open_link, sign_link
from shared.problems import NotFound

TOKEN = sign_link("secret" * 8, "download", {"file": "1"})


def test_a_link_opens_for_its_purpose() -> None:
    token = sign_link("secret" * 8, "download", {"file": "1"})
    assert open_link("secret" * 8, "download", token, 300) == {"file": "1"}


@pytest.mark.parametrize(
    ("secret", "purpose", "token"),
    [("other" * 8, "download", TOKEN), ("secret" * 8, "reset", TOKEN), ("secret" * 8, "download", TOKEN + "x")],
    ids=["other secret", "other purpose", "edited"],
)
def test_a_forged_link_opens_nothing(secret: str, purpose: str, token: str) -> None:
    with pytest.raises(NotFound):
        open_link(secret, purpose, token, 300)


def test_an_old_link_says_that_it_has_expired() -> None:
    with pytest.raises(LinkExpired):
        open_link("secret" * 8, "download", TOKEN, -1)
