"""A made citizen walks procedures over a scratch copy, and says which pages cannot be passed and why."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app import create_app
from engine.definition.loading import load_all
from engine.errors import ScratchRefused, TrialStopped
from engine.form.compiled import compile_form
from engine.format import source as yaml
from engine.platform.settings import ROOT
from engine.storage import database
from engine.trial import trials
from engine.trial.browsing import Browser, multipart, read_page
from engine.trial.covering import cover
from engine.trial.filling import Plan
from engine.trial.report import Report, lines, table
from engine.trial.scratch import Source, scratch_copy, write
from engine.trial.walking import Walk, walk
from tests import forms_cases
from tests.forms_cases import HEAD, SHIPPED, choice, step, text
from tests.trial_cases import compiled_of, source, together, with_code

NOW = datetime.now(UTC)
YES_NO: dict[str, Any] = {"name": "co", "kind": "yes_no", "label": "Có bản sao", "required": True}


def shipped() -> Source:
    return Source(SHIPPED, tuple(one.procedure for one in load_all([ROOT / "definitions"]) if one.procedure))


def only(of: Source, **more: Any) -> Report:
    (report,) = trials.run(of, now=NOW, **more)
    return report


def scratch_folders() -> set[str]:
    return {name for name in os.listdir(tempfile.gettempdir()) if name.startswith("motcua-thu-")}


# The shipped procedures


@pytest.fixture(scope="module")
def reports(database_kind: str, request: pytest.FixtureRequest) -> dict[str, Report]:
    """All of them, walked over one copy on this database."""
    new_postgres: Callable[[], str] | None = None
    if database_kind == "postgres":
        new_postgres = request.getfixturevalue("new_postgres")
    url = new_postgres() if new_postgres else ""
    return {report.code: report for report in trials.run(shipped(), now=NOW, database_url=url)}


def test_every_page_of_the_shipped_procedures_is_passed(reports: dict[str, Report]) -> None:
    assert reports.keys() == {one.code for one in shipped().procedures if one.online}
    for report in reports.values():
        assert "\n".join(lines(report)).count("NOT") == 0, "\n".join(lines(report))
        assert report.good
        sent = [one for one in report.walks if not one.refused]
        assert sent
        assert all(one.passed[-2:] == ("xem-lai", "hoan-tat") for one in sent)


def test_every_branch_of_the_shipped_procedures_is_reached_or_can_never_be(reports: dict[str, Report]) -> None:
    for report in reports.values():
        assert {one.why.code for one in report.unreached} <= {"never", "online", "beyond", "checked"}
        assert report.reached > 0.9 * report.branches


# What cannot be passed


ONLY_IF_YES = {"value": "a", "label": "A", "when": {"field": "co", "is": True}}
CONTRADICTING = [
    {"rule": {"field": "x", "at_most": 5}, "message": "Nhiều nhất 5"},
    {"rule": {"field": "x", "at_least": 10}, "message": "Ít nhất 10"},
]
NO_WHOLE = {"name": "x", "kind": "decimal", "label": "X", "places": 0, "min": Decimal("0.2"), "max": Decimal("0.8"),
            "required": True}  # fmt: skip
IMPASSABLE: dict[str, tuple[Source, str, str]] = {  # with why, and a part of what the page says
    "pattern": (
        source(text("x", required=True, pattern=r"[^\x00-\x{10FFFF}]")),
        "could not make a value for the pattern",
        "Nhập x",
    ),
    "limits": (
        source(NO_WHOLE),
        "no value was found",
        "Nhập X",
    ),
    "choices": (
        source(YES_NO, {**choice("x", required=True), "choices": [ONLY_IF_YES]}),
        "none of the choices",
        "Chọn x",
    ),
    "checks": (
        source({"name": "x", "kind": "integer", "label": "X", "required": True}, checks=CONTRADICTING),
        "",
        "Ít nhất 10",
    ),
}
NOBODY_RECEIVES = source(agencies=["kind:tinh"])


@pytest.fixture(scope="module")
def impassable() -> dict[str, Report]:
    """The reports of what cannot be passed, out of one copy."""
    of = together(*(one for one, _, _ in IMPASSABLE.values()), NOBODY_RECEIVES)
    return dict(zip([*IMPASSABLE, "nobody"], trials.run(of, now=NOW), strict=True))


@pytest.mark.parametrize("what", IMPASSABLE)
def test_a_page_that_nobody_can_pass_is_reported_with_its_own_sentence(
    what: str, impassable: dict[str, Report]
) -> None:
    report, (_, why, sentence) = impassable[what], IMPASSABLE[what]
    assert not report.good
    (stuck,) = [one.stuck for one in report.stuck if one.stuck]
    assert str(stuck.page) == 'step "mot"'
    assert stuck.status == 422
    assert sentence in stuck.errors
    assert dict(stuck.inputs)["ho_ten"]
    assert "csrf_token" not in dict(stuck.inputs)
    assert not why or any(why in str(one.why) and one.fault for one in report.unreached)
    assert "NOT PASSED" in "\n".join(lines(report))


def test_a_procedure_that_nobody_receives_cannot_be_begun(impassable: dict[str, Report]) -> None:
    assert not impassable["nobody"].good
    assert {str(one.stuck.page) for one in impassable["nobody"].stuck if one.stuck} == {"start page"}


def test_a_report_is_kept_and_read_again(impassable: dict[str, Report]) -> None:
    for report in impassable.values():
        document = json.loads(json.dumps(report.document()))
        assert Report.of(document) == report
        assert document["good"] is False
        assert all(one["words"] for one in document["unreached"])


TRIED = source(
    YES_NO,
    {"name": "tuoi", "kind": "integer", "label": "Tuổi", "min": 1, "max": 120},
    checks=[{"rule": {"field": "tuoi", "at_least": 18}, "at": "tuoi", "message": "Đủ 18 tuổi mới được nộp"}],
)
CHANGED = source({**YES_NO, "kind": "choice", "choices": {"khac": "Khác hẳn"}}, text("tuoi"))
ELSEWHERE = Source(TRIED.library, (forms_cases.procedure(step("khac", text("ho_ten", required=True))),))
TRIED_CODE, CHANGED_CODE, ELSEWHERE_CODE = "9.000001", "9.000002", "9.000003"


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """A copy with a procedure, and two that have come to look otherwise."""
    with scratch_copy(together(TRIED, CHANGED, ELSEWHERE)) as address:
        yield address


@pytest.fixture(scope="module")
def plans() -> tuple[Plan, Plan]:
    """A declaration that is sent, and one that is refused."""
    found = cover(trials.model_of(TRIED, compiled_of(TRIED), NOW.date())).plans
    return next(one for one in found if not one.refused), next(one for one in found if one.refused)


def walked(address: str, plan: Plan, code: str = TRIED_CODE) -> Walk:
    """The way of a declaration that was planned for the first procedure, at this one."""
    with closing(Browser(address)) as browser:
        return walk(browser, compile_form(with_code(TRIED.procedures[0], code)), plan)


def stuck_at(found: Walk) -> str:
    assert found.stuck is not None
    return str(found.stuck.what)


def test_a_declaration_is_sent_and_found_again(site: str, plans: tuple[Plan, Plan]) -> None:
    assert walked(site, plans[0]).passed == ("mot", "xem-lai", "hoan-tat")


def test_a_check_refuses_in_its_own_words(site: str, plans: tuple[Plan, Plan]) -> None:
    found = walked(site, plans[1])
    assert found.stuck is None
    assert found.passed == ()


def test_a_check_that_lets_pass_what_it_should_refuse_is_noticed(site: str, plans: tuple[Plan, Plan]) -> None:
    good, refused = plans
    found = walked(site, replace(good, refused=refused.refused))
    assert stuck_at(found) == 'it should have refused: "Đủ 18 tuổi mới được nộp"'


def test_another_refusal_than_the_expected_one_is_noticed(site: str, plans: tuple[Plan, Plan]) -> None:
    found = walked(site, replace(plans[1], values={**plans[1].values, "tuoi": 200}))
    assert stuck_at(found) == 'it refused without the sentence "Đủ 18 tuổi mới được nộp"'
    assert found.stuck is not None
    assert any("120" in sentence for sentence in found.stuck.errors)


def test_a_value_that_the_page_does_not_offer_is_noticed(site: str, plans: tuple[Plan, Plan]) -> None:
    assert stuck_at(walked(site, plans[0], CHANGED_CODE)).startswith('the page does not offer "co=')


def test_a_step_that_is_not_where_it_is_expected_is_noticed(site: str, plans: tuple[Plan, Plan]) -> None:
    assert stuck_at(walked(site, plans[0], ELSEWHERE_CODE)) == 'the page of step "mot" was expected'


def test_a_procedure_that_is_not_there_is_noticed(site: str, plans: tuple[Plan, Plan]) -> None:
    found = walked(site, plans[0], "9.000009")
    assert stuck_at(found) == "the start page was expected"
    assert found.stuck is not None
    assert found.stuck.status == 404


# The copy


def test_it_leaves_nothing_behind(plans: tuple[Plan, Plan]) -> None:
    before = scratch_folders()
    with scratch_copy(TRIED) as address:
        assert len(scratch_folders() - before) == 1
        assert walked(address, plans[0]).stuck is None
    assert scratch_folders() == before
    assert "did not answer" in stuck_at(walked(address, plans[0]))


def test_it_ends_when_the_one_who_began_it_is_gone(tmp_path: Path) -> None:
    write(source(), tmp_path / "definitions")
    variables = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    variables["MOTCUA_DATA_DIR"] = str(tmp_path / "data")
    copy = subprocess.Popen(
        [sys.executable, "-m", "engine.trial.site", str(tmp_path)],
        cwd=ROOT, env=variables, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert copy.stdin is not None
    assert copy.stdout is not None
    assert "address" in json.loads(copy.stdout.readline())
    copy.stdin.close()
    assert copy.wait(20) == 0
    copy.stdout.close()
    assert not tmp_path.exists()


def test_a_trial_that_is_stopped_takes_it_down_too() -> None:
    before = scratch_folders()

    def stop() -> bool:
        return scratch_folders() != before  # once the copy is up

    with pytest.raises(TrialStopped) as stopped:
        list(trials.run(TRIED, now=NOW, stop=stop))
    assert stopped.value.code == HEAD["code"]
    assert scratch_folders() == before


def test_what_it_is_made_of_reads_back_as_it_was(tmp_path: Path) -> None:
    of = shipped()
    write(of, tmp_path / "all")
    again = list(load_all([tmp_path / "all"]))
    assert [fault for one in again for fault in one.faults if not fault.warning] == []
    assert [one.procedure for one in again] == list(of.procedures)


@pytest.mark.postgres
def test_a_database_that_somebody_uses_is_left_alone(new_postgres: Callable[[], str]) -> None:
    url = new_postgres()
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO agency (code, name, kind, parent, ward, address, phone, email, hours) "
                           "VALUES ('A', 'A', 'phuong', '', '', '', '', '', '')")  # fmt: skip
    with pytest.raises(ScratchRefused, match="not empty"), scratch_copy(TRIED, database_url=url):
        pass
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM agency").fetchone() == (1,)


@pytest.mark.postgres
def test_a_given_database_is_left_empty(new_postgres: Callable[[], str]) -> None:
    url = new_postgres()
    with scratch_copy(TRIED, database_url=url):
        pass
    with psycopg.connect(url) as connection:
        left = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert left == (0,)


# Pages and posts


def test_a_page_is_read_as_a_browser_reads_it() -> None:
    page = read_page("http://x/nop-ho-so/1/mot?d=1", 422, PAGE)
    assert page.step == "mot"
    assert page.errors == ("Nhập tuổi & tên", "Chọn nơi ở")
    assert page.form is not None
    assert page.form.pairs == [
        ("csrf_token", "t"), ("ten", ""), ("loai", "b"), ("tinh", "52"), ("xa", "1"), ("dai", "một\nhai <b>"),
    ]  # fmt: skip
    assert page.form.offered == {"loai": {"a", "b"}, "ky": {"true"}, "tinh": {"", "52"}, "xa": {"1", "2"}}
    assert page.form.inputs >= {"ten", "tep", "dai"}
    assert page.marks["data-dossier-code"] == "H1"


PAGE = """<!doctype html><html><body data-dossier-code="H1"><form action="/tim"><input name="q" value="x"></form>
<div data-errors><ul><li><a href="#tuoi">Nhập tuổi &amp; <b>tên</b></a></li><li><a href="#o">Chọn nơi ở</a></ul></div>
<form data-form="step" action="?d=1"><input type="hidden" name="csrf_token" value="t"><input name="ten">
<input type="radio" name="loai" value="a"><input type="radio" name="loai" value="b" checked>
<input type="checkbox" name="ky" value="true"><input type="file" name="tep">
<select name="tinh"><option value="">Chọn</option><option value="52" selected>Gia Lai</option></select>
<select name="xa"><option value="1">A</option><option value="2">B</option></select>
<textarea name="dai">
một
hai &lt;b&gt;</textarea><button name="_action" value="save">Lưu</button></form>
<form action="/sau"><input name="khac" value="y"></form></body></html>"""


def test_a_post_is_written_as_the_standard_says() -> None:
    body = multipart([("a", "ă"), ("a", "")], [], "ranh")
    assert body.decode() == (
        '--ranh\r\nContent-Disposition: form-data; name="a"\r\n\r\nă\r\n'
        '--ranh\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n--ranh--\r\n'
    )


# The report and the command


def test_the_table_has_a_line_for_each_procedure() -> None:
    report = Report("9.000001", "Thử", 12, (), ())
    heading, line = table([report])
    assert heading.split()[:2] == ["procedure", "walks"]
    assert line.split() == ["9.000001", "0", "0", "12/12", "0", "0", "good"]


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """A command's exit status and what it printed."""
    result = create_app({"DATA_DIR": folder}).test_cli_runner().invoke(args=list(arguments))
    database.disconnect()
    return result.exit_code, result.output


def written(path: Path, of: Source) -> Path:
    path.write_text(yaml.dump(of.procedures[0].document), "utf-8")
    return path


def test_a_file_is_tried_before_anything_is_loaded(tmp_path: Path) -> None:
    code, output = run(tmp_path / "data", "definitions", "try", str(written(tmp_path / "x.yaml", source(YES_NO))))
    assert code == 0, output
    assert "9.000001 Thủ tục thử" in output
    assert output.rstrip().endswith("good")


def test_a_draft_of_the_back_office_is_tried_by_its_code(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run(data, "db", "upgrade")
    run(data, "agencies", "load", str(ROOT / "definitions" / "agencies.yaml"))
    run(data, "definitions", "load", str(written(tmp_path / "x.yaml", IMPASSABLE["pattern"][0])))
    code, output = run(data, "definitions", "try", "9.000001", "--json")
    assert code == 1
    (report,) = json.loads(output[output.index("[") :])
    assert report["good"] is False
    assert any(one["stuck"] for one in report["walks"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Say which: codes, files or folders"),
        (("9.999999",), "9.999999: no file and no procedure"),
        ((str(ROOT / "CHANGELOG.md"),), "CHANGELOG.md:"),
        ((str(ROOT / "definitions" / "1.012812.yaml"),), "not filed online"),
    ],
)
def test_what_cannot_be_tried_is_said(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    _, output = run(tmp_path / "data", "definitions", "try", *arguments)
    assert sentence in output


def test_an_interrupted_command_leaves_nothing_behind(tmp_path: Path) -> None:
    before = scratch_folders()
    running = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "definitions", "try", "--all"],
        cwd=ROOT, env=os.environ | {"MOTCUA_DATA_DIR": str(tmp_path)}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while scratch_folders() == before and running.poll() is None:
        time.sleep(0.05)
    running.send_signal(signal.SIGTERM)
    assert running.wait(30) == 1
    assert scratch_folders() == before
