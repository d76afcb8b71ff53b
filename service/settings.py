"""What an operator can set, all through ``LIFTMARK_…`` environment variables; every setting has a safe default."""

import os
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from service.webhooks.allowed import AllowedOrigin, read_origins

MEGABYTE: Final = 1_000_000
GIGABYTE: Final = 1_000_000_000


class Settings(BaseSettings):
    """The service's settings. ``LIFTMARK_DATA`` alone is enough; the others move parts of it elsewhere."""

    model_config = SettingsConfigDict(env_prefix="LIFTMARK_", frozen=True)

    data: Path = Path("data")
    """Folder of everything that is kept: database, blobs, master key. Made when it is missing."""
    database_url: str | None = None
    """``sqlite:///…`` or ``postgresql://…``; an SQLite file under ``data`` when unset."""
    blobs_url: str | None = None
    """``s3://bucket/prefix``, ``gs://…``, ``az://…`` or a folder; a folder under ``data`` when unset."""
    master_key: SecretStr | None = None
    """256 bits, base64; kept in ``data/master.key`` (readable by the owner alone) when unset."""
    other_master_keys: SecretStr | None = None
    """Further ones, with commas between them, that open what they have sealed, while the master key is replaced."""
    upload_limit_mb: float = Field(default=50, gt=0)
    """Largest accepted photo, in megabytes."""
    receive_idle_s: float = Field(default=30, gt=0)
    """A client that sends nothing for so long is told to try again; one that asks or reads nothing is cut off."""
    receive_deadline_s: float = Field(default=300, gt=0)
    """A request must have arrived by then, and an answer be read, however steadily it trickles."""
    audit_anchor_s: float = Field(default=600, gt=0)
    """So often the heads of the audit's chains are kept outside the database."""
    reconcile_s: float = Field(default=86400, ge=0)
    """So often one of the service's processes compares rows and blobs, and repairs what can be; 0: never by itself."""
    workers: int = Field(default=min(4, os.cpu_count() or 1), ge=0)
    """Analyses that run at once in this process; 0 leaves them to ``liftmark worker``."""
    log_format: Literal["text", "json"] = "text"
    """One line an event on stderr, for a person or for a program."""
    metrics_token: SecretStr | None = Field(default=None, min_length=16)
    """Whoever sends it may read ``/metrics``, from anywhere; when unset, only clients on this machine may."""
    webhook_hosts: str = ""
    """Where webhooks may go: ``https://host[:port]``, blanks between them, ``private:`` before one that is inside."""

    c2pa_cert: Path | None = None
    """The operator's certificate for content credentials with those above it (PEM, the signer's first); needs a key."""
    c2pa_key: Path | None = None
    """Its private key (PEM, without a password). Without both, one is made for this installation."""

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.c2pa_cert is None) != (self.c2pa_key is None):
            raise ValueError("LIFTMARK_C2PA_CERT and LIFTMARK_C2PA_KEY go together")
        return self

    @field_validator("webhook_hosts")
    @classmethod
    def _are_origins(cls, written: str) -> str:
        read_origins(written)
        return written

    @property
    def webhook_origins(self) -> tuple[AllowedOrigin, ...]:
        """``webhook_hosts``, read."""
        return read_origins(self.webhook_hosts)

    requests_per_minute: int = Field(default=3000, gt=0)
    """Of one clinic, unless it has a limit of its own."""
    key_requests_per_minute: int = Field(default=2400, gt=0)
    """Of one key, so that a script that runs wild leaves the clinic's other keys some."""
    heavy_per_minute: int = Field(default=600, gt=0)
    """What a clinic's uploads, comparisons, series and PDFs may cost, an upload being 1."""
    requests_at_once: int = Field(default=16, gt=0)
    """Of one clinic; further ones wait for their turn."""
    failed_keys_per_minute: int = Field(default=60, gt=0)
    """From one address; then it is answered no more unless with a key that was right before."""
    failed_sign_ins_per_minute: int = Field(default=10, gt=0)
    """From one address, and for one person; then no password is looked at until the minute is over."""
    photos_limit: int | None = Field(default=None, ge=0)
    """Photos that a clinic may have; any number when unset."""
    storage_limit_gb: float | None = Field(default=None, ge=0)
    """What they may take together, as uploaded, in gigabytes; any amount when unset."""
    trusted_proxies: str | None = None
    """Addresses or networks, with commas between them, whose ``X-Forwarded-For`` is believed; nobody's when unset."""

    @property
    def storage_limit_bytes(self) -> int | None:
        """``storage_limit_gb`` in bytes."""
        return None if self.storage_limit_gb is None else int(self.storage_limit_gb * GIGABYTE)

    @property
    def upload_limit_bytes(self) -> int:
        """``upload_limit_mb`` in bytes."""
        return int(self.upload_limit_mb * MEGABYTE)

    @property
    def database_address(self) -> str:
        """SQLAlchemy's address of the database, with the driver that this project uses."""
        url = self.database_url or f"sqlite:///{self.data.resolve() / 'liftmark.db'}"
        scheme, _, rest = url.partition("://")
        return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else url

    @property
    def blobs_address(self) -> str:
        """The folder or the object store's address where photos are kept."""
        return self.blobs_url or str(self.data.resolve() / "blobs")

    @property
    def blobs_are_elsewhere(self) -> bool:
        """Whether photos are in an object store and not in a folder."""
        return "://" in self.blobs_address

    @property
    def master_key_file(self) -> Path:
        """Where the master key is kept when it is not set."""
        return self.data.resolve() / "master.key"

    @property
    def other_master_keys_file(self) -> Path:
        """Where those before it are kept, while the master key is."""
        return self.data.resolve() / "other-master.keys"

    @property
    def audit_anchors(self) -> Path:
        """The file that the heads of the audit's chains are appended to."""
        return self.data.resolve() / "audit-anchors.jsonl"

    @property
    def incoming(self) -> Path:
        """Where uploads in progress wait in files without a name, which vanish with the process."""
        return self.data.resolve() / "incoming"
