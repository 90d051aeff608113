"""The page on which a procedure's draft is tried: asked for, followed while it runs, its report read."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin import access
from admin.procedures import of_code
from admin.words import clock
from engine.errors import NotOnline, NotPublishable, TrialRunning
from engine.platform.language import language
from engine.platform.paging import paged
from engine.storage.models import Trial
from engine.trial import jobs
from engine.trial.report import Report, Unreached, Walked
from engine.trial.words import Said, joined

PAGE = 50
MOST_STUCK = 20
MOST_INPUTS = 40


def trial(code: str) -> ResponseReturnValue:
    """The latest trial of a procedure; a POST asks for another one."""
    row = of_code(code)
    if request.method == "POST":
        return asked(code)
    last = jobs.latest(code)
    report = jobs.report_of(last) if last else None
    page = request.args.get("trang", 1, type=int)
    return render_template(
        "back/trial.html",
        row=row,
        trial=last and shown(last),
        changed=last is not None and last.revision != row.revision,
        report=report and shown_report(report, page),
    )


def asked(code: str) -> ResponseReturnValue:
    """Has the saved draft tried, or says why it cannot be."""
    try:
        jobs.ask(code, by=access.me().email, now=access.now())
    except TrialRunning:
        flash(_("Thủ tục này đang được chạy thử. Chờ xong rồi chạy lại."), "wait")
    except NotOnline:
        flash(_("Thủ tục này không nộp trực tuyến nên không có gì để chạy thử."), "wait")
        return redirect(url_for(".procedure", code=code), 303)
    except NotPublishable as refused:
        flash(_("Chưa chạy thử: bản nháp còn %(number)s lỗi, bấm Kiểm tra để xem.", number=len(refused.faults)), "bad")
        return redirect(url_for(".procedure", code=code), 303)
    return redirect(url_for(".trial", code=code), 303)


def shown(last: Trial) -> dict[str, Any]:
    """A trial as the page says it."""
    return {
        "state": last.state,
        "done": last.done,
        "walks": last.walks,
        "digest": last.digest,
        "asked_by": last.asked_by,
        "asked_at": clock(last.asked_at),
        "ended_at": clock(last.ended_at),
        "why": Said.of(json.loads(last.why)).in_(language()) if last.why else "",
    }


def shown_report(report: Report, number: int) -> dict[str, Any]:
    """A page of a report: what was not passed first, then a page of the branches that were not reached."""
    listed = sorted(report.unreached, key=lambda one: not one.fault)
    number, pages = paged(len(listed), PAGE, number)
    return {
        "good": report.good,
        "walks": len(report.walks),
        "passed": sum(len(walk.passed) for walk in report.walks),
        "reached": report.reached,
        "branches": report.branches,
        "stuck_count": len(report.stuck),
        "stuck": [shown_stuck(walk) for walk in report.stuck[:MOST_STUCK]],
        "unreached": [shown_unreached(one) for one in listed[(number - 1) * PAGE : number * PAGE]],
        "number": number,
        "pages": pages,
    }


def shown_stuck(walk: Walked) -> dict[str, Any]:
    """A page that was not passed."""
    assert walk.stuck is not None
    return {
        "number": walk.number,
        "page": walk.stuck.page.in_(language()),
        "what": walk.stuck.what.in_(language()),
        "errors": walk.stuck.errors,
        "inputs": walk.stuck.inputs[:MOST_INPUTS],
    }


def shown_unreached(one: Unreached) -> dict[str, Any]:
    """A branch that was not reached."""
    lang = language()
    return {
        "place": joined(one.place, lang),
        "what": one.what.in_(lang),
        "why": one.why.in_(lang),
        "fault": one.fault,
    }


def add_to(blueprint: Blueprint) -> None:
    """Adds the page."""
    blueprint.add_url_rule("/thu-tuc/<code>/nop-thu", view_func=trial, methods=["GET", "POST"])
