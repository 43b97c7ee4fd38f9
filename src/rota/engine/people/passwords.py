"""Passwords as Argon2id hashes, and keys as hashes that need no cost: nobody can guess 256 bits."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache
from typing import TYPE_CHECKING, Any

from rota.errors import Refused

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = ("LONGEST", "SHORTEST", "check_password", "hashed", "key_hash", "new_key")

SHORTEST, LONGEST = 12, 1_000  # characters of a password
KEY = 32  # bytes
COST: dict[str, Any] = {}  # of a hash; nothing said is what RFC 9106 asks for where memory is dear


@cache
def hasher() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher
    except ImportError:
        raise Refused("passwords need argon2-cffi", part="password",
                      hint="install it with: pip install 'rota[web]'") from None  # fmt: skip
    return PasswordHasher(**COST)


def hashed(password: str) -> str:
    """The password's hash, with a salt and the cost in it."""
    if not isinstance(password, str) or not SHORTEST <= len(password) <= LONGEST:
        raise Refused(f"a password has {SHORTEST} to {LONGEST} characters", part="password",
                      hint="three or four words do")  # fmt: skip
    return hasher().hash(password)


@cache
def of_nobody() -> str:
    return hasher().hash(secrets.token_urlsafe(KEY))


def check_password(digest: str | None, password: str) -> bool:
    """Whether the password is the one of this hash; None stands for nobody, and takes as long."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        fits = hasher().verify(digest or of_nobody(), password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return fits and digest is not None


def new_key(prefix: str = "") -> str:
    """A key that nobody guesses."""
    return prefix + secrets.token_urlsafe(KEY)


def key_hash(key: str) -> str:
    """What is kept of a key.

    >>> key_hash("rota_x") == key_hash("rota_x"), len(key_hash(""))
    (True, 64)
    """
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
