"""Few declarations that reach many branches: each takes on as many of those still open as go together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice

from engine import rules
from engine.definition.checks.checking import facts_of
from engine.form.compiled import CompiledCheck
from engine.form.journey import Journey
from engine.rules import Condition
from engine.trial.branches import Branch, branches_of, undecided, worded
from engine.trial.filling import Contradicted, NoValue, Plan, completed, failing, filled, passes, usual, why_no_value
from engine.trial.model import Model, Variable
from engine.trial.samples import Sample
from engine.trial.solver import Asked, Filled, GaveUp, Goal, Known, Solver
from engine.trial.words import Said

TRIES = 20_000  # ways tried for one branch
TRIES_TO_JOIN = 300  # ways tried to take another branch into the same declaration
SOLUTIONS = 12  # of the conditions, before what else is asked is held to be in the way

SHOULD_BE_REACHED = frozenset({"gave_up", "pattern", "not_offered", "no_value", "not_passed"})


class NotAlone(Exception):
    """A check that is to refuse, and is passed over or comes too late in every declaration that was found."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A branch that no declaration reaches, and why."""

    branch: Branch
    why: Said

    @property
    def fault(self) -> bool:
        """Whether it should have been reached."""
        return self.why.code in SHOULD_BE_REACHED


@dataclass(frozen=True, eq=False)
class Cover:
    """The declarations to walk, the branches there are, and those that none of them reaches.

    `blocked` are declarations that cannot be whole: they are walked to see what the page says of it.
    """

    plans: tuple[Plan, ...]
    branches: tuple[Branch, ...]
    missed: tuple[Missed, ...]
    blocked: tuple[Plan, ...] = ()


def cover(model: Model, *, tries: int = TRIES) -> Cover:
    """Plans declarations until every branch is reached or known to be out of reach; `tries` for each branch."""
    branches = branches_of(model)
    search = _Search(model, branches, tries)
    for branch in branches:
        search.reach(branch)
    if all(plan.refused is not None for plan in search.plans) and not search.blocked:
        search.blocked[""] = filled(model, {}, lenient=True)
    return Cover(tuple(search.plans), branches, tuple(search.missed), tuple(search.blocked.values()))


class _Search:
    """What is planned so far."""

    def __init__(self, model: Model, branches: Iterable[Branch], tries: int) -> None:
        self.model = model
        self.tries = tries
        self.todo = dict.fromkeys(branches)
        self.plans: list[Plan] = []
        self.missed: list[Missed] = []
        self.blocked: dict[str, Plan] = {}

    def reach(self, branch: Branch) -> None:
        """Plans a declaration for a branch that no other one reaches yet."""
        if branch not in self.todo:
            return
        solver = Solver(self.model, self.tries)
        try:
            plan = self._plan(branch, solver)
        except GaveUp as gave_up:
            self._miss(branch, Said("gave_up", str(gave_up.tries)))
        except NoValue as fault:
            self._block(branch, fault)
        except Contradicted as fault:
            self._miss(branch, Said("checked", fault.words.vi))
        except NotAlone:
            self._miss(branch, Said("not_alone"))
        else:
            if plan is None:
                self._miss(branch, self._why(branch))
            else:
                self._take(plan)

    def _take(self, plan: Plan) -> None:
        self.plans.append(plan)
        for branch in [one for one in self.todo if one.reached(plan)]:
            del self.todo[branch]
        self.missed = [one for one in self.missed if not one.branch.reached(plan)]

    def _miss(self, branch: Branch, why: Said) -> None:
        del self.todo[branch]
        self.missed.append(Missed(branch, why))

    def _block(self, branch: Branch, fault: NoValue) -> None:
        self._miss(branch, fault.why)
        if fault.name not in self.blocked and self.model.variables[fault.name].required:
            known = Solver(self.model, self.tries).first(branch.goals, {}) or {}
            self.blocked[fault.name] = filled(self.model, known, lenient=True)

    def _plan(self, branch: Branch, solver: Solver) -> Plan | None:
        """The declaration for a branch, nothing where its goals exclude each other; raises what was last in the way."""
        last: Exception | None = None
        for known in chain(
            islice(solver.solutions(branch.goals, {}), SOLUTIONS),
            islice(solver.solutions((*branch.goals, *self._passing(branch)), {}), SOLUTIONS),
        ):
            for attempt in self._attempts(branch, known):
                try:
                    plan = attempt()
                except (Contradicted, NoValue, GaveUp, NotAlone) as fault:
                    last = fault
                    continue
                if branch.reached(plan):
                    return plan
        if last is not None:
            raise last
        self._raise_if_no_value(branch)
        return None

    def _passing(self, branch: Branch) -> tuple[Goal, ...]:
        """That no check refuses but the one that is to: asked beforehand where nothing else leads to a branch."""
        errors = [check for check in self.model.compiled.checks if check.check.severity == "error"]
        return tuple(passes(self.model, check) for check in errors if check is not branch.refused)

    def _raise_if_no_value(self, branch: Branch) -> None:
        """Raises `NoValue` where a field that leads to a branch has no valid value at all."""
        names = [goal.name for goal in branch.goals if isinstance(goal, Asked | Filled)]
        names += [name for condition in self._all(branch.conditions) for name in rules.names(condition)]
        for name in names:
            variable = self.model.variables.get(name)
            if variable is not None and not variable.samples and not variable.computed:
                raise NoValue(name, why_no_value(variable))

    def _attempts(self, branch: Branch, known: Known) -> Iterator[Callable[[], Plan]]:
        # Each attempt has its own patience, so that a hard one leaves enough to a plain one.
        if branch.refused is not None:
            yield partial(refusing, self.model, Solver(self.model, self.tries), branch.refused, known)
            return
        joined = self._joined(branch, known)
        for chosen, prefer in ((joined, self.prefer), (joined, usual), (known, self.prefer), (known, usual)):
            yield partial(completed, self.model, Solver(self.model, self.tries), chosen, prefer)

    def _joined(self, branch: Branch, known: Known) -> Known:
        """What is known with every other open branch that can be had beside it."""
        known = self._with_one_of(known)
        plain = [other.goals for other in self.todo if not other.sample and other.refused is None]
        # Which value a field is to have is left to `prefer`; that it is asked at all is arranged here.
        samples = {name: (Asked(name),) for other in self.todo if other.sample for name in [other.place[-1].about]}
        for goals in (*plain, *(goals for name, goals in samples.items() if name not in known)):
            try:
                found = Solver(self.model, TRIES_TO_JOIN).first(goals, known)
            except GaveUp:
                continue
            known = known if found is None else found
        return known

    def _with_one_of(self, known: Known) -> Known:
        """What is known with one paper of several, before blanks leave none of them."""
        for part in (part for step in self.model.compiled.steps for part in step.parts if part.one_of):
            for item in part.fields:
                found = Solver(self.model, TRIES_TO_JOIN).first((Filled(item.field.name),), known)
                if found is not None:
                    known = found
                    break
        return known

    def prefer(self, variable: Variable) -> Iterator[Sample]:
        """The boundaries of a field that nothing has reached yet, then its values as they come."""
        here = Said("field", variable.item.name)
        open_ = {branch.what for branch in self.todo if branch.sample and branch.place[-1] == here}
        yield from (sample for sample in variable.samples if sample.branch in open_)
        yield from usual(variable)

    def _why(self, branch: Branch) -> Said:
        """The reason that no answers at all lead to a branch."""
        facts = {name: facts_of(variable.item) for name, variable in self.model.variables.items()}
        worded_ = _worded(branch.conditions)
        if any("channel" in rules.names(condition) for condition in branch.conditions):
            return Said("online", worded_)
        if rules.verdict(branch.conditions, facts) != "never":
            beyond = next(filter(None, (undecided(self.model, one) for one in self._all(branch.conditions))), "")
            if beyond:
                return Said("beyond", beyond)
        return Said("never", worded_)

    def _all(self, conditions: Iterable[Condition]) -> Iterable[Condition]:
        """These conditions, and those under which what they look at is asked or offered."""
        found = dict.fromkeys(conditions)
        todo = list(found)
        while todo:
            for name in rules.names(todo.pop()):
                variable = self.model.variables.get(name)
                above = (*variable.chain, *variable.offered.values()) if variable else ()
                todo += [one for one in above if one not in found]
                found |= dict.fromkeys(above)
        return found


def _worded(conditions: Iterable[Condition]) -> str:
    return "; ".join(map(worded, conditions))


def refusing(model: Model, solver: Solver, check: CompiledCheck, known: Known) -> Plan:
    """A declaration that is good up to the step of a check, where this check refuses it.

    Raises `NotAlone` where another one does so first, and what `completed` raises.
    """
    plan = completed(model, solver, known, spare=check)
    at = [step.name for step in model.compiled.steps].index(check.step)
    walked = up_to(model, plan, at)
    if check not in failing(model, replace(plan, walked=walked)):
        raise NotAlone
    return replace(plan, walked=walked, expected=walked.steps, refused=check)


def up_to(model: Model, plan: Plan, at: int) -> Journey:
    """What the pages will have seen when the walk ends at this step."""
    later = {item.name for step in model.compiled.steps[at + 1 :] for item in step.fields}
    view = {name: value for name, value in plan.view.items() if name not in later}
    steps = tuple(name for name in plan.walked.steps if name in {step.name for step in model.compiled.steps[: at + 1]})
    rows = {name: listed for name, listed in plan.walked.rows.items() if name not in later}
    return replace(plan.walked, view=view, relevant=plan.walked.relevant - later, steps=steps, rows=rows)
