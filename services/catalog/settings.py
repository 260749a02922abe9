"""Catalog's settings; the environment variables are the names in capitals."""

from typing import Literal, cast

from pydantic import Field, SecretStr, model_validator

from shared.service import this_service
from shared.settings import ServiceSettings

MIB, GIB = 1024**2, 1024**3


class CatalogSettings(ServiceSettings):
    """What catalog is told from outside."""

    # Publishing
    price_minimum: int = Field(default=500, description="fen; below it payment costs eat the price (free is 0)")
    price_maximum: int = Field(default=1_000_000, description="fen; a larger price is taken for a slip")
    upload_file_limit: int = Field(default=4 * GIB, description="bytes of one pack file")
    upload_picture_limit: int = Field(default=20 * MIB, description="bytes of one picture")
    upload_quota: int = Field(default=100 * GIB, description="bytes one creator may keep, open uploads included")
    upload_hours: int = Field(default=24, description="an upload that gets no byte for so long is removed")
    platform_name: str = Field(default="画坊 Huafang", description="ContentPropagator of the AI label (GB 45438-2025)")

    # Moderation
    moderation: Literal["local", "aliyun", "tencent"] = "local"
    moderation_timeout: float = Field(default=10.0, description="seconds for one call to an outside provider")
    aliyun_endpoint: str = "https://green-cip.cn-shanghai.aliyuncs.com"
    aliyun_access_key_id: str = ""
    aliyun_access_key_secret: SecretStr = SecretStr("")
    tencent_image_endpoint: str = "https://ims.tencentcloudapi.com"
    tencent_text_endpoint: str = "https://tms.tencentcloudapi.com"
    tencent_region: str = "ap-guangzhou"
    tencent_secret_id: str = ""
    tencent_secret_key: SecretStr = SecretStr("")

    # Delivery
    download_link_seconds: int = Field(default=300, description="a download link lives so long, real time")
    download_limit: int = Field(default=20, description="downloads of one file by one buyer before an operator asks")

    @model_validator(mode="after")
    def _the_moderator_has_its_keys(self) -> "CatalogSettings":
        keys = {
            "local": True,
            "aliyun": self.aliyun_access_key_id and self.aliyun_access_key_secret.get_secret_value(),
            "tencent": self.tencent_secret_id and self.tencent_secret_key.get_secret_value(),
        }
        if not keys[self.moderation]:
            raise ValueError(f"MODERATION={self.moderation} needs that provider's keys")
        return self


def catalog_settings() -> CatalogSettings:
    """The settings of the catalog that answers the present request."""
    return cast(CatalogSettings, this_service().settings)
