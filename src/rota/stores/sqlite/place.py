"""Whether a path can hold the store, judged before anything is opened, made or changed.

An existing file is never opened here: closing any descriptor of a file drops all of this process's
POSIX locks on it, those of SQLite's connections included, the host's own among them. What the file
holds is SQLite's to say.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from rota.stores.sqlite.faults import refused

__all__ = ("check", "create", "filesystem", "identity", "looks_truncated")

SMALLEST = 512  # bytes of a SQLite database
MOUNTS = Path("/proc/mounts")
REMOTE = frozenset({
    "nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "coda", "ceph", "glusterfs",
    "lustre", "gpfs", "fuse.sshfs", "fuse.ceph", "fuse.glusterfs", "fuse.smbnetfs", "fuse.s3fs",
    "fuse.rclone", "fuse.gcsfuse", "fuse.davfs2", "davfs",
})  # fmt: skip
OCTAL = re.compile(r"\\([0-7]{3})")


def check(path: Path) -> None:
    """Refuse a path that cannot hold the store: every reason in one sentence."""
    folder = path.parent
    if not folder.is_dir():
        raise refused(path, "its folder does not exist", f"make the folder {folder}")
    if path.is_dir():
        raise refused(path, "it is a folder", "name a file in it, such as rota.db")
    if (kind := filesystem(folder)) in REMOTE:
        raise refused(
            path,
            f"it lies on a network file system ({kind}), where SQLite's locks cannot be trusted",
            "use a local disk, or PostgreSQL for several machines",
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise refused(path, "its folder is not writable", f"let this user write to {folder}")
    if path.exists():
        check_file(path)


def check_file(path: Path) -> None:
    """Refuse a file that cannot be written."""
    if not os.access(path, os.R_OK | os.W_OK):
        raise refused(path, "it is read-only for this user", "let this user write to the file")
    if 0 < path.stat().st_size < SMALLEST:  # SQLite would take it for an empty one
        raise refused(path, "it is not a SQLite database", "name another file; it was left alone")


def create(path: Path) -> None:
    """Make an empty file that only its owner can read; one that exists is left alone.

    SQLite gives the files it puts beside it, -wal and -shm, the same mode.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        reason = f"it cannot be made ({error.strerror})"
        raise refused(path, reason, f"let this user write to {path.parent}") from error


def looks_truncated(path: Path, pages: int, page_size: int) -> bool:
    """Whether the file is shorter than the pages that SQLite counts in it, and no write-ahead log
    holds the rest.
    """
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size > 0:
        return False
    return pages * page_size > path.stat().st_size


def filesystem(folder: Path, mounts: Path = MOUNTS) -> str:
    """The type of the file system a folder lies on; empty where the system does not say."""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return ""
    real = folder.resolve()
    found, depth = "", -1
    for line in lines:
        _, _, rest = line.partition(" ")
        point, _, rest = rest.partition(" ")
        mounted = Path(OCTAL.sub(lambda match: chr(int(match[1], 8)), point))
        if real.is_relative_to(mounted) and len(mounted.parts) >= depth:
            found, depth = rest.partition(" ")[0], len(mounted.parts)
    return found


def identity(path: Path) -> str:
    """What a copy of the file has otherwise, and what stays when the file is moved: which file of
    which file system it is.
    """
    found = path.stat()
    system = os.statvfs(path).f_fsid if hasattr(os, "statvfs") else found.st_dev
    return f"sqlite-{system:x}-{found.st_ino:x}"
