# SPDX-License-Identifier: Apache-2.0
"""The teacher's key, which signs what students do: a file that only root reads. Nothing prints what is in it."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from .. import _core

_OTHERS = 0o077
_LEAST = 32  # bytes


def place(home: Path) -> Path:
    """$XCONN_TRAIN_KEY, or beside the attempts."""
    return Path(os.environ.get("XCONN_TRAIN_KEY") or home / ".key")


def make(home: Path) -> None:
    """If there is none yet. Attempts that another key has signed are left to it: then a missing key stays missing."""
    file = place(home)
    if file.exists() or any(home.glob("*/log.jsonl")):
        return
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=".key.") as made:  # mode 0600
        made.write(secrets.token_hex(32) + "\n")
        made.flush()
        with suppress(FileExistsError):  # another start was first
            os.link(made.name, file)


def demand(home: Path) -> None:
    """Before anything is made that it has to sign. Raises Error as `read` does."""
    make(home)
    read(home)


def read(home: Path) -> bytes:
    """Raises Error where it is missing or short, or others could have read it."""
    file = place(home)
    if not file.is_file():
        raise _core.Error(
            f"{file}: the key that signs the attempts in {home} is missing; put it back from a copy, or name it in "
            "XCONN_TRAIN_KEY: without it no attempt can be continued or verified"
        )
    if file.stat().st_mode & _OTHERS:
        raise _core.Error(f"{file}: others than its owner may read this key; chmod 600 {file}")
    secret = file.read_bytes().strip()
    if len(secret) < _LEAST:
        raise _core.Error(
            f"{file}: this key has {len(secret)} bytes, and at least {_LEAST} are needed; put the right one back"
        )
    return secret
