"""The settings of the program: read once, checked all together, explained when wrong."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import click

from engine.platform.keys import KeyFault, data_keys, parse_data_keys, secret_key

logger = logging.getLogger(__name__)

PREFIX = "MOTCUA_"
ROOT = Path(__file__).resolve().parents[2]
ON = {"1", "true", "yes", "on"}
OFF = {"0", "false", "no", "off"}
SECRET_LENGTH = 32  # characters; shorter secrets are for a try on one's own machine


class SettingsError(click.ClickException):
    """Wrong settings: `faults` holds one sentence for each, which says what to set.

    The command line ends with these sentences alone instead of a traceback.
    """

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = tuple(faults)

    def show(self, file: IO[Any] | None = None) -> None:
        """Prints the sentences to standard output, as all faults are."""
        click.echo(self.message, file)


@dataclass(frozen=True)
class Setting:
    """One setting: how it is read, what it is when not given (None: made from the others), what it does."""

    read: Callable[[str], Any]
    default: str | None
    doc: str


def _text(value: str) -> str:
    return value.strip()


def _folder(value: str) -> Path:
    return Path(value).expanduser().absolute()


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.strip().isdecimal() or not low <= int(value) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(value)

    return read


def _switch(value: str) -> bool:
    if value.strip().lower() not in ON | OFF:
        raise ValueError("must be on or off")
    return value.strip().lower() in ON


def _one_of(*choices: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be {' or '.join(choices)}")
        return value

    return read


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("must be the site's address, such as https://dichvucong.example.vn")
    return f"{parts.scheme}://{parts.netloc}"


def _database(value: str) -> str:
    scheme, _, rest = value.partition("://")
    if scheme == "sqlite" and rest.startswith("/") and rest.strip("/") and ":memory:" not in rest:
        return value
    if scheme in {"postgresql", "postgres"} and rest:
        return f"postgresql://{rest}"
    raise ValueError("must be sqlite:////path/to/file.db or postgresql://user:password@host/name")


def _mailbox(value: str) -> str:
    if "@" not in parseaddr(value)[1]:
        raise ValueError("must be a mail address, such as 'Một Cửa <mot-cua@example.vn>'")
    return value


def _keys(value: str) -> Mapping[str, bytes]:
    return parse_data_keys(value.split(","))


SETTINGS: dict[str, Setting] = {
    "DATA_DIR": Setting(_folder, str(ROOT / "var"), "The folder of keys, files and the embedded database."),
    "DATABASE_URL": Setting(_database, None, "`sqlite:////file` or `postgresql://…`; not given: a file in `DATA_DIR`."),
    "DATABASE_POOL": Setting(_whole(1, 200), "20", "How many PostgreSQL connections one process may hold."),
    "SECRET_KEY": Setting(_text, None, "Signs sessions; not given: made once in `DATA_DIR`."),
    "DATA_KEYS": Setting(
        _keys,
        None,
        "`id:base64,…` of 32 bytes each, newest last, seal sensitive answers; not given: made once.",
    ),
    "PORT": Setting(_whole(1, 65535), "8000", "The port of `make run`, on 127.0.0.1."),
    "BASE_URL": Setting(
        _address,
        None,
        "The site's address; not given: `http://127.0.0.1:$PORT`. With http, cookies are not Secure.",
    ),
    "CAPTCHA": Setting(_one_of("image", "off"), "image", "`off`: no confirmation code, on a loopback `BASE_URL` only."),
    "RATELIMIT_ENABLED": Setting(_switch, "on", "`off` turns off every throttle."),
    "MAIL_SERVER": Setting(_text, "127.0.0.1", "The SMTP server."),
    "MAIL_PORT": Setting(_whole(1, 65535), "25", "Its port."),
    "MAIL_USERNAME": Setting(_text, "", "The name to sign in with, where it asks for one."),
    "MAIL_PASSWORD": Setting(str, "", "The password for it."),
    "MAIL_USE_TLS": Setting(_switch, "off", "`on` for STARTTLS."),
    "MAIL_DEFAULT_SENDER": Setting(_mailbox, None, "The sender; not given: `mot-cua@` and the host of `BASE_URL`."),
    "TRUSTED_PROXIES": Setting(_whole(0, 10), "0", "How many proxies in front set X-Forwarded-For, -Proto, -Host."),
    "MAX_REQUEST_MB": Setting(_whole(1, 1000), "60", "How large one request may be, files and all."),
    "DRAFT_DAYS": Setting(_whole(1, 365), "30", "How long an unfinished declaration is kept after its last change."),
    "DRAFT_MB": Setting(_whole(1, 10_000), "200", "How much the files of one unfinished declaration take."),
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the program was told; keys and passwords never show in its `repr`.

    `data_keys` maps a key's id to its 32 bytes, the current one last. `base_url` has no slash at its end.
    """

    data_dir: Path
    database_url: str = field(repr=False)  # may hold a password
    database_pool: int
    secret_key: str = field(repr=False)
    data_keys: Mapping[str, bytes] = field(repr=False)
    port: int
    base_url: str
    captcha: str
    ratelimit_enabled: bool
    mail_server: str
    mail_port: int
    mail_username: str
    mail_password: str = field(repr=False)
    mail_use_tls: bool
    mail_default_sender: str
    trusted_proxies: int
    max_request_mb: int
    draft_days: int
    draft_mb: int

    @property
    def secure(self) -> bool:
        """Whether people reach the site by https, so that cookies are Secure."""
        return self.base_url.startswith("https:")

    @property
    def loopback(self) -> bool:
        """Whether only this machine reaches the site."""
        return is_loopback(self.base_url)

    @property
    def sqlite_file(self) -> Path | None:
        """The file of the embedded database; None on PostgreSQL."""
        scheme, _, path = self.database_url.partition(":///")
        return Path(path) if scheme == "sqlite" else None


def read_settings(config: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of `environ` (names with the prefix), overridden by `config` (names without).

    Makes the data folder, and in it the keys that were not given. Raises `SettingsError` with every fault.
    """
    given = _given(config or {}, os.environ if environ is None else environ)
    faults: list[str] = []
    values = {name.lower(): _read(name, setting, given, faults) for name, setting in SETTINGS.items()}
    if not faults:
        _complete(values)
        faults += _across(values)
    if not faults:
        faults += _prepare(values)
    if faults:
        raise SettingsError(faults)
    if values["captcha"] == "off":
        logger.warning("%sCAPTCHA is off: no confirmation code is asked for.", PREFIX)
    return Settings(**values)


def unknown_settings(environ: Mapping[str, str]) -> list[str]:
    """The variables that bear the prefix and are no settings, probably mistyped."""
    known = {PREFIX + name for name in SETTINGS}
    return sorted(name for name in environ if name.startswith(PREFIX) and name not in known)


def is_loopback(url: str) -> bool:
    """Whether an address leads to this machine itself."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _given(config: Mapping[str, Any], environ: Mapping[str, str]) -> dict[str, str]:
    """What was set, as text; an empty variable counts as not set."""
    found = {name: environ[PREFIX + name] for name in SETTINGS if environ.get(PREFIX + name, "").strip()}
    return found | {name: str(config[name]) for name in SETTINGS if config.get(name) is not None}


def _read(name: str, setting: Setting, given: Mapping[str, str], faults: list[str]) -> Any:
    value = given.get(name, setting.default)
    if value is None:
        return None
    try:
        return setting.read(value)
    except ValueError as fault:
        found = "" if name in SECRETS else f", not {value!r}"
        faults.append(f"{PREFIX}{name} {fault}{found}.")
        return None


SECRETS = {"SECRET_KEY", "DATA_KEYS", "MAIL_PASSWORD", "DATABASE_URL"}  # their values are never repeated


def _complete(values: dict[str, Any]) -> None:
    """What follows from the other settings where it was not given."""
    values["base_url"] = values["base_url"] or f"http://127.0.0.1:{values['port']}"
    values["database_url"] = values["database_url"] or f"sqlite:///{values['data_dir'] / 'motcua.db'}"
    host = "localhost" if is_loopback(values["base_url"]) else urlsplit(values["base_url"]).hostname
    values["mail_default_sender"] = values["mail_default_sender"] or f"Một Cửa <mot-cua@{host}>"


def _across(values: Mapping[str, Any]) -> list[str]:
    """Faults of settings that do not go together."""
    faults = []
    loopback = is_loopback(values["base_url"])
    if values["captcha"] == "off" and not loopback:
        faults.append(f"{PREFIX}CAPTCHA must be image, as {PREFIX}BASE_URL is not this machine alone.")
    if values["secret_key"] is not None and len(values["secret_key"]) < SECRET_LENGTH and not loopback:
        faults.append(f"{PREFIX}SECRET_KEY must have {SECRET_LENGTH} characters; left out, it is made.")
    if bool(values["mail_username"]) != bool(values["mail_password"]):
        faults.append(f"{PREFIX}MAIL_USERNAME and {PREFIX}MAIL_PASSWORD must be set together.")
    return faults


def _prepare(values: dict[str, Any]) -> list[str]:
    """Makes the data folder and the keys that were not given; the faults met."""
    folder: Path = values["data_dir"]
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # answers, files and keys are nobody else's
        values["secret_key"] = values["secret_key"] or secret_key(folder)
        values["data_keys"] = values["data_keys"] or data_keys(folder)
    except OSError as fault:
        return [f"{PREFIX}DATA_DIR must be a folder to write to, which {folder} is not ({fault.strerror})."]
    except KeyFault as fault:
        return [str(fault)]
    return []
