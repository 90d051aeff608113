"""Walks a planned declaration over the pages, as a citizen's browser does, and says where it could not go on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from engine.form.compiled import CompiledForm, CompiledStep
from engine.form.entry import inputs_of
from engine.format.texts import Text
from engine.kinds.base import Field
from engine.kinds.files import File
from engine.kinds.groups import Group
from engine.trial.browsing import Browser, NoAnswer, Page, Pairs, SentFile
from engine.trial.filling import Plan
from engine.trial.papers import drawing, files_for
from engine.trial.samples import DRAWN_ID
from engine.trial.words import Said

OK, REFUSED = 200, 422
HIDDEN = frozenset({"csrf_token"})  # inputs that no report shows
REVIEW, DONE = "xem-lai", "hoan-tat"
MOST_WORDS = 300
LINKED = frozenset(
    {"address", "linked_choice", "group"}
)  # their inner lists are offered only once an outer one was chosen
TRACKING = "/tra-cuu"


@dataclass(frozen=True, slots=True)
class Stuck:
    """A page that could not be passed: what was expected, the page's own sentences, and what was sent to it."""

    page: Said
    status: int
    what: Said
    errors: tuple[str, ...]
    inputs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Walk:
    """One declaration as it went: the steps that were passed, and where it stuck, if it did."""

    plan: Plan
    passed: tuple[str, ...]
    stuck: Stuck | None = None


class _Stopped(Exception):
    def __init__(self, stuck: Stuck) -> None:
        super().__init__(str(stuck.what))
        self.stuck = stuck


def walk(browser: Browser, compiled: CompiledForm, plan: Plan) -> Walk:
    """Files a declaration, or has it refused where it is to be."""
    walker = _Walker(browser, compiled, plan)
    try:
        walker.run()
    except _Stopped as stopped:
        return Walk(plan, tuple(walker.passed), stopped.stuck)
    except NoAnswer as fault:
        stuck = Stuck(walker.at, 0, Said("no_answer", str(fault)), (), tuple(walker.sent))
        return Walk(plan, tuple(walker.passed), stuck)
    return Walk(plan, tuple(walker.passed))


class _Walker:
    """One walk: what was passed, and what was sent last."""

    def __init__(self, browser: Browser, compiled: CompiledForm, plan: Plan) -> None:
        self.browser, self.compiled, self.plan = browser, compiled, plan
        self.passed: list[str] = []
        self.sent: Pairs = []
        self.at = Said("start")

    def run(self) -> None:
        """From the start page to the look-up."""
        page = self.begin()
        for name in self.plan.expected:
            step = self.compiled.step(name)
            assert step is not None
            if page.step != name:
                self.stop(page, Said("wants_step", name))
            page = self.fill(page, step)
            if self.plan.refused is not None and name == self.plan.refused.step:
                return
        self.look_up(self.send(page))

    def begin(self) -> Page:
        """The start page, posted."""
        page = self.browser.get(f"/nop-ho-so/{self.compiled.procedure.code}")
        if page.form is None or page.form.name != "start":
            self.stop(page, Said("wants_start"))
        pairs = [pair for pair in self.form_pairs(page) if pair[0] != "agency"]
        return self.post(page, [*pairs, ("agency", self.plan.agency)], ())

    def fill(self, page: Page, step: CompiledStep) -> Page:
        """A step, filled and posted; the page that follows."""
        self.at = Said("step", step.name)
        relevant = [item for item in step.fields if item.name in self.plan.walked.relevant]
        page = self.with_rows(page, relevant)
        for item in relevant:
            self.raise_if_not_offered(page, item)
        ours = {name for item in relevant for name, _ in typed_pairs(item, self.plan)}
        ours |= {name for item in relevant for name in inputs_of(item)}
        pairs = [pair for pair in self.form_pairs(page) if pair[0] not in ours]
        pairs += [pair for item in relevant for pair in typed_pairs(item, self.plan)]
        files = [file for item in relevant for file in files_of(item, self.plan)]
        answer = self.post(page, pairs, files)
        refused = self.plan.refused
        if refused is not None and refused.step == step.name:
            self.expect_refusal(answer, refused.check.message)
        elif answer.status != OK or answer.step == step.name:
            self.stop(answer, Said("not_accepted"))
        else:
            self.passed.append(step.name)
        return answer

    def with_rows(self, page: Page, relevant: Iterable[Field]) -> Page:
        """The page with as many rows in its tables as are to be filled, each added by its button."""
        for item in (item for item in relevant if isinstance(item, Group)):
            for number in range(len(self.plan.values.get(item.name) or ())):
                if page.form is not None and item.at(number) not in page.form.inputs:
                    page = self.post(page, [*self.form_pairs(page), ("_action", f"add:{item.name}")], ())
                if page.status != OK or page.form is None or item.at(number) not in page.form.inputs:
                    self.stop(page, Said("no_row", item.name))
        return page

    def raise_if_not_offered(self, page: Page, item: Field) -> None:
        """Stops where a page has no such input, or does not offer the value to choose."""
        assert page.form is not None
        for name, value in typed_pairs(item, self.plan):
            if value and name not in page.form.inputs:
                self.stop(page, Said("no_input", name))
            offered = page.form.offered.get(name)
            if value and offered is not None and value not in offered and item.KIND not in LINKED:
                self.stop(page, Said("no_offer", f"{name}={value}"))

    def expect_refusal(self, answer: Page, message: Text) -> None:
        """A check that is to refuse must say so, in its own words."""
        if answer.status != REFUSED:
            self.stop(answer, Said("no_refusal", message.vi))
        if "{" not in message.vi and not any(" ".join(message.vi.split()) in sentence for sentence in answer.errors):
            self.stop(answer, Said("other_refusal", message.vi))

    def send(self, page: Page) -> Page:
        """The review page, posted with consent."""
        self.at = Said("review")
        if page.form is None or page.form.name != "review":
            self.stop(page, Said("wants_review"))
        pairs = [pair for pair in self.form_pairs(page) if pair[0] != "consent"]
        done = self.post(page, [*pairs, ("consent", "true")], ())
        if done.status != OK or not done.marks.get("data-dossier-code"):
            self.stop(done, Said("not_sent"))
        self.passed.append(REVIEW)
        return done

    def look_up(self, done: Page) -> None:
        """The dossier must be found by the codes of the success page."""
        self.at = Said("tracking")
        code, secret = done.marks["data-dossier-code"], done.marks.get("data-lookup-code", "")
        page = self.browser.get(TRACKING)
        pairs = [pair for pair in self.form_pairs(page) if not pair[0].startswith("ma_")]
        found = self.post(page, [*pairs, ("ma_ho_so", code), ("ma_tra_cuu", secret)], ())
        if found.status != OK or found.step != code:
            self.stop(found, Said("not_found"))
        self.passed.append(DONE)

    def form_pairs(self, page: Page) -> Pairs:
        """What the form of a page would post as it stands."""
        if page.form is None:
            self.stop(page, Said("wants_form"))
        return list(page.form.pairs)

    def post(self, page: Page, pairs: Pairs, files: tuple[SentFile, ...] | list[SentFile]) -> Page:
        """Posts, and remembers what was sent."""
        self.sent = [pair for pair in pairs if pair[0] not in HIDDEN] + [(file.input, file.name) for file in files]
        return self.browser.post(page, pairs, files)

    def stop(self, page: Page, what: Said) -> NoReturn:
        """Ends the walk here."""
        errors = page.errors or ((page.words[:MOST_WORDS],) if page.status not in (OK, REFUSED) else ())
        raise _Stopped(Stuck(self.at, page.status, what, errors, tuple(self.sent)))


def typed_pairs(item: Field, plan: Plan) -> Iterator[tuple[str, str]]:
    """What is typed for a field."""
    if item.none is not None and plan.values.get(item.none_key):
        yield item.none_input, "true"
    for name, typed in item.typed(plan.values.get(item.name)).items():
        if name == f"{item.name}-keep":
            continue  # files come beside the inputs
        for value in [typed] if isinstance(typed, str) else typed:
            if value or isinstance(typed, str):
                yield name, drawing() if value == DRAWN_ID else value


def files_of(item: Field, plan: Plan) -> list[SentFile]:
    """The files that are sent for a field."""
    value = plan.values.get(item.name)
    return files_for(item, len(value)) if isinstance(item, File) and isinstance(value, list) else []
