"""The moderator that the settings name."""

from services.catalog.gateways.moderation import Moderator
from services.catalog.gateways.moderation.aliyun import AliyunModerator
from services.catalog.gateways.moderation.local import LocalModerator
from services.catalog.gateways.moderation.tencent import TencentModerator
from services.catalog.settings import CatalogSettings


def open_moderator(settings: CatalogSettings) -> Moderator:
    """The provider of MODERATION; the local one costs nothing until its first picture."""
    match settings.moderation:
        case "aliyun":
            return AliyunModerator(settings)
        case "tencent":
            return TencentModerator(settings)
    return LocalModerator()
