"""The signed list of hashes of a copy: what `sha256sum -c` and `openssl` can check without us.

`SHA256SUMS` names every file of the copy; `SHA256SUMS.sig` is the Ed25519 signature (RFC 8032) of that list, `signing-key.pem` the
public key. Whoever has been told the key's fingerprint knows that the list is this installation's; without it, only that the
copy is as whoever signed it left it.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.kernel.settings import Settings

LIST, SIGNATURE, KEY = "SHA256SUMS", "SHA256SUMS.sig", "signing-key.pem"
PIECE = 1 << 20  # bytes


class NotWhole(Exception):
    """A copy is not as it was made; the lines name what is wrong."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def own_key(settings: Settings) -> Ed25519PrivateKey:
    """The installation's signing key: made from its secret key, so that there is nothing more to keep and to back up."""
    seed = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"mainstay signs copies").derive(settings.secret_key.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the raw public key, in hex."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()


def sign(folder: Path, settings: Settings) -> str:
    """Sign the list that is in a folder; the key's fingerprint."""
    key = own_key(settings)
    (folder / SIGNATURE).write_bytes(key.sign((folder / LIST).read_bytes()))
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (folder / KEY).write_bytes(pem)
    return fingerprint(key.public_key())


def verify(folder: Path, expected: str = "") -> str:
    """The fingerprint of who signed a copy that is whole. Raises NotWhole with a line for each file that is not as it was listed, is
    missing, or is not listed; or where the list is not signed, or not by the `expected` key."""
    signer = _signer(folder, expected)
    wrong, listed = [], set()
    for sha256, name in _listed(folder):
        listed.add(name)
        path = folder / name
        if not _inside(folder, path) or not path.is_file():
            wrong.append(f"{name}: is missing")
        elif digest_of(path) != sha256:
            wrong.append(f"{name}: was altered")
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()}
    wrong += [f"{name}: is not in the list" for name in sorted(there - listed - {LIST, SIGNATURE, KEY})]
    if wrong:
        raise NotWhole(wrong)
    return signer


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _signer(folder: Path, expected: str) -> str:
    try:
        key = serialization.load_pem_public_key((folder / KEY).read_bytes())
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError
        key.verify((folder / SIGNATURE).read_bytes(), (folder / LIST).read_bytes())
    except FileNotFoundError as missing:
        raise NotWhole([f"{Path(missing.filename).name}: is missing"]) from missing
    except (InvalidSignature, ValueError) as bad:
        raise NotWhole([f"{LIST}: its signature does not hold"]) from bad
    if expected and fingerprint(key) != expected.lower():
        raise NotWhole([f"{KEY}: signed by {fingerprint(key)}, not by the key you expect"])
    return fingerprint(key)


def _listed(folder: Path) -> Iterator[tuple[str, str]]:
    """(hash, name), as sha256sum writes them."""
    with (folder / LIST).open(encoding="utf-8") as file:
        for line in file:
            sha256, _space, name = line.rstrip("\n").partition("  ")
            yield sha256, name


def _inside(folder: Path, path: Path) -> bool:
    return not path.is_symlink() and path.resolve().is_relative_to(folder.resolve())
