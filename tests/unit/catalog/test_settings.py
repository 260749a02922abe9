"""Settings that would only be missed once pictures wait for a judgement are missed at the start."""

import pytest
from pydantic import ValidationError

from services.catalog.settings import CatalogSettings

GIVEN = {
    "environment": "test",
    "database_url": "postgresql://nowhere",
    "storage_url": "file:///nowhere",
    "token_public_keys": "{}",
    "signing_secret": "insecure-test-secret-of-32-characters",
}


@pytest.mark.parametrize("provider", ["aliyun", "tencent"])
def test_a_moderation_provider_without_its_keys_is_not_started(provider: str) -> None:
    with pytest.raises(ValidationError, match="needs that provider's keys"):
        CatalogSettings.model_validate(GIVEN | {"moderation": provider})


def test_the_local_moderator_needs_no_key() -> None:
    assert CatalogSettings.model_validate(GIVEN).moderation == "local"
