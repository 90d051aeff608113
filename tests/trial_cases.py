"""What the tests of the made citizen share: a model of a small form, and the source of a small procedure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.definition.areas import Area
from engine.definition.procedure import Procedure
from engine.form.compiled import CompiledForm, compile_form
from engine.kinds import Context
from engine.trial.covering import Cover
from engine.trial.model import Model
from engine.trial.samples import ATTACHED
from engine.trial.scratch import Source
from engine.trial.words import joined
from tests import forms_cases
from tests.forms_cases import SHIPPED, step, text
from tests.kinds_cases import CONTEXT as OF_KINDS

HOME_PROVINCE = "52"
CONTEXT: Context = replace(OF_KINDS, attachments={one: one for one in ATTACHED})


def model(compiled: CompiledForm, *agencies: str) -> Model:
    """A form as the solver sees it, on the day of the kinds' cases."""
    return Model(compiled, CONTEXT, agencies or ("H21.52.01",))


def form(*fields: dict[str, Any], **more: Any) -> Model:
    """The model of one step with these fields."""
    return model(forms_cases.compiled(step("mot", *fields), **more))


def _near(area: Area) -> bool:
    return (area.parent or area.code) == HOME_PROVINCE


# The copy of a small procedure comes up in half the time with the wards of one province.
SMALL = replace(SHIPPED, areas=tuple(filter(_near, SHIPPED.areas)))


def source(*fields: dict[str, Any], **more: Any) -> Source:
    """One procedure of one step, after a name that is always there."""
    return Source(SMALL, (forms_cases.procedure(step("mot", text("ho_ten", required=True), *fields), **more),))


def together(*sources: Source) -> Source:
    """Several in one copy, with codes of their own."""
    found = [procedure for of in sources for procedure in of.procedures]
    return Source(SMALL, tuple(with_code(one, f"9.{number:06}") for number, one in enumerate(found, 1)))


def with_code(procedure: Procedure, code: str) -> Procedure:
    """The procedure under another code."""
    return replace(procedure, code=code, document={**procedure.document, "code": code})


def compiled_of(of: Source) -> CompiledForm:
    """The form of a source's only procedure."""
    return compile_form(of.procedures[0])


def said(cover: Cover) -> dict[str, str]:
    """Why each branch that is not reached is not, by what it is."""
    return {f"{joined(one.branch.place[1:], 'en')}: {one.branch.what}": str(one.why) for one in cover.missed}
