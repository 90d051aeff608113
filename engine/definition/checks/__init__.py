"""Everything that must stand in a procedure beyond the shape of its keys, all at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from engine.definition.checks import computed, conditions, mail_words, names, office, publishing, reach, texts, values
from engine.definition.checks.checking import Checking
from engine.definition.outline import Outline
from engine.format.faults import MOST_FAULTS, Fault, TooManyFaults, errors

# The checks of a form, which a block's file can be put to as well, and those of a whole procedure.
OF_FORMS: tuple[Callable[[Checking], None], ...] = (
    names.unique,
    names.reserved,
    conditions.of_form,
    conditions.of_row_checks,
    computed.of_fields,
    values.of_fields,
    texts.names_in_texts,
    names.filled,
)
OF_PROCEDURES: tuple[Callable[[Checking], None], ...] = (
    *OF_FORMS,
    conditions.of_papers,
    conditions.of_officer_fields,
    conditions.of_checks,
    conditions.of_fees,
    values.of_papers,
    publishing.level,
    publishing.heading,
    publishing.methods,
    publishing.templates,
    publishing.applicant,
    publishing.mail,
    mail_words.of_mails,
    publishing.rates,
    publishing.retention,
    publishing.links,
    office.agencies,
    office.units,
    office.stages,
    office.times,
    office.code_format,
    texts.empty,
    texts.languages,
)
# What is said of a definition with faults would only follow from those.
OF_SOUND: tuple[Callable[[Checking], None], ...] = (publishing.promises, reach.conditions)


def check(outline: Outline) -> tuple[Fault, ...]:
    """The faults and warnings of a procedure as far as it was read."""
    if len(outline.reading.faults) > MOST_FAULTS and errors(outline.reading.faults):
        return ()  # it was not read to its end
    checking = _run(Checking(outline), OF_PROCEDURES)
    if not errors((*outline.reading.faults, *checking.faults)):
        _run(checking, OF_SOUND)
    return tuple(checking.faults)


def check_form(outline: Outline) -> tuple[Fault, ...]:
    """The faults of a form alone, such as a block's."""
    return tuple(_run(Checking(outline), OF_FORMS).faults)


def _run(checking: Checking, checks: tuple[Callable[[Checking], None], ...]) -> Checking:
    with suppress(TooManyFaults):
        for one in checks:
            one(checking)
    return checking
