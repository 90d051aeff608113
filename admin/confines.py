"""Who is signed in is only asked inside the back office: citizens' pages know no sign-in, and pay nothing for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, request

from admin.access import PREFIX

LIBRARIES = ("flask_login.", "flask_principal")


def init_app(app: Flask) -> None:
    """Confines the hooks that the sign-in libraries put around every request; call it after theirs."""
    app.before_request_funcs[None] = [_confined(hook) for hook in app.before_request_funcs[None]]
    app.after_request_funcs[None] = [_confined(hook) for hook in app.after_request_funcs[None]]
    processors = app.template_context_processors
    processors[None] = [_confined(hook, outside=dict) for hook in processors[None]]


def _confined(hook: Callable[..., Any], *, outside: Callable[[], Any] | None = None) -> Callable[..., Any]:
    if not f"{hook.__module__}.".startswith(LIBRARIES):
        return hook

    @wraps(hook)
    def inside(*arguments: Any) -> Any:
        if request and request.path.startswith(PREFIX):
            return hook(*arguments)
        return outside() if outside else (arguments[0] if arguments else None)

    return inside
