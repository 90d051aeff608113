"""Answers as rows hold them: what may be read in the open beside what is sealed for its own row."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from typing import Any

from engine.form.answers import Answers
from engine.platform.running import keyring
from engine.storage.models import Dossier, Draft, dumps


def draft_parts(answers: Answers, sensitive: Set[str], draft_id: int) -> tuple[str, bytes | None]:
    """A draft's answers as its two columns hold them."""
    opened, hidden = answers.parts(sensitive)
    return dumps(opened), keyring().seal_json(hidden, context=_draft(draft_id)) if hidden else None


def draft_answers(draft: Draft) -> Answers:
    """The answers of a draft's row; raises `SealBroken` where the sealed part is not its own."""
    sealed = draft.sealed
    hidden = {} if sealed is None else keyring().open_json(sealed, context=_draft(draft.id))
    return Answers.of(json.loads(draft.answers), hidden)


def view_parts(view: Mapping[str, Any], sensitive: Set[str], code: str) -> tuple[dict[str, Any], bytes | None]:
    """The view of a dossier as filed, as its two columns hold it."""
    hidden = {name: value for name, value in view.items() if name in sensitive}
    opened = {name: value for name, value in view.items() if name not in sensitive}
    return opened, keyring().seal_json(hidden, context=_dossier(code)) if hidden else None


def dossier_view(dossier: Dossier) -> dict[str, Any]:
    """The view as filed of a dossier's row; raises `SealBroken` where the sealed part is not its own."""
    sealed = dossier.sealed
    hidden = {} if sealed is None else keyring().open_json(sealed, context=_dossier(dossier.code))
    return {**dossier.answers, **hidden}


def seal_lookup(code: str, draft_id: int) -> bytes:
    """A lookup code, to be shown again to its draft's own browser."""
    return keyring().seal(code.encode(), context=_lookup(draft_id))


def open_lookup(draft: Draft) -> str:
    """The lookup code that was sealed with a draft, or an empty text."""
    sealed = draft.lookup
    return "" if sealed is None else keyring().open_sealed(sealed, context=_lookup(draft.id)).decode()


def lookup_hash(normalised: str, code: str) -> str:
    """What a dossier keeps of its lookup code; of no use for another dossier."""
    return keyring().keyed_hash(normalised, f"lookup:{code}")


def _draft(draft_id: int) -> bytes:
    return f"draft:{draft_id}".encode()


def _dossier(code: str) -> bytes:
    return f"dossier:{code}".encode()


def _lookup(draft_id: int) -> bytes:
    return f"draft:{draft_id}:lookup".encode()
