"""Typed settings, read from the environment. A service's own settings extend `ServiceSettings`."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

INSECURE = "insecure-"


class ServiceSettings(BaseSettings):
    """What every service is told from outside. Names are the environment variables', in capitals."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", hide_input_in_errors=True)

    environment: Literal["production", "demo", "test"] = "production"
    database_url: str
    database_pool_size: int = 5
    broker_url: str = "memory://"
    broker_exchange: str = Field(default="huafang.events", description="the topic exchange; queues are named after it")
    storage_url: str = Field(description="file:///folder or s3://bucket")
    storage_endpoint: str = ""
    storage_access_key: str = ""
    storage_secret_key: SecretStr = SecretStr("")
    token_public_keys: str = Field(description="JWKS that checks tokens: the JSON itself or a file's path")
    signing_secret: SecretStr = Field(description="signs this service's links and cursors, 32 characters or more")
    otlp_endpoint: str = Field(default="", description="where traces go; none are sent when empty")
    worker_port: int = Field(default=0, description="metrics and health of the worker process; 0 for none")
    worker_host: str = "127.0.0.1"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    proxies: int = Field(default=1, description="how many proxies stand before the service; 0 trusts no header")
    public_url: str = Field(default="http://127.0.0.1:8000", description="the front's address as a browser sees it")

    @model_validator(mode="after")
    def _secrets_are_strong_in_production(self) -> "ServiceSettings":
        secret = self.signing_secret.get_secret_value()
        if len(secret) < 32 or (self.environment == "production" and secret.startswith(INSECURE)):
            raise ValueError("SIGNING_SECRET must be 32 characters or more and not a sample value")
        return self

    def token_keys_json(self) -> str:
        """The JWKS document itself, whether the setting holds it or names a file."""
        value = self.token_public_keys.strip()
        return value if value.startswith("{") else Path(value).read_text(encoding="utf-8")
