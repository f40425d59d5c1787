"""Where the test CA comes from: files of the user, or a CA of our own in the user's folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ocpptui.runtime.clock import now
from ocpptui.runtime.portable_files import why_not_opened, write_private
from ocpptui.session.setting_values import WrongSetting

if TYPE_CHECKING:
    from ocpptui.simulator.certificate_authority import CertificateAuthority

CHAIN_FILE, KEY_FILE, ROOT_FILE = "ca.pem", "ca.key", "root.pem"


def own_authority(folder: Path) -> CertificateAuthority:
    """The CA in a folder, which is created if it is missing, for its user alone. Raises WrongSetting."""
    from ocpptui.simulator.certificate_authority import new_authority

    chain, key, root = (folder / name for name in (CHAIN_FILE, KEY_FILE, ROOT_FILE))
    if not chain.exists() and not key.exists():
        made = new_authority(now())
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            for path, text in ((key, made.key), (root, made.root), (chain, made.chain)):
                write_private(path, text)
        except OSError as error:
            raise WrongSetting("test_ca", f"{folder}: {why_not_opened(chain, error)}") from None
    return authority_in(chain, key, "test_ca", f"{folder}, whose root is {root}")


def authority_in(chain: Path, key: Path, setting: str, place: str = "") -> CertificateAuthority:
    """The CA in two files of PEM, at a place in words. Raises WrongSetting for this setting."""
    from ocpptui.simulator.certificate_authority import CertificateAuthority, UnusableAuthority

    def text(path: Path) -> str:
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not a text in PEM"
            raise WrongSetting(setting, f"{path} cannot be read: {reason}") from None

    try:
        return CertificateAuthority(text(chain), text(key), place or str(chain))
    except UnusableAuthority as error:
        raise WrongSetting(setting, f"{chain} and {key}: {error}") from None
