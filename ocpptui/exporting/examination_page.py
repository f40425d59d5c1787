"""An examination of a central system as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from ocpptui.doctor.examination_report import MARKS, ExaminationReport
from ocpptui.doctor.examined_step import ExaminedStep, StepState
from ocpptui.exporting.html_page import page_cell, page_head
from ocpptui.ocpp.date_times import date_time

_CLASSES = {StepState.FAILED: "error", StepState.WARNING: "warning"}


def examination_page(report: ExaminationReport) -> Iterator[str]:
    """The lines of the page: the verdict, then each step, what it means and what to do; what was seen can be opened."""
    yield from page_head(f"Examination of {page_cell(report.url)}")
    yield f"<h1>Examination of {page_cell(report.url)}</h1>"
    yield f'<p class="{_CLASSES.get(report.state, "")}"><b>{page_cell(report.verdict)}</b></p>'
    yield f"<p><i>{date_time(report.began)}, {page_cell(report.effort)}</i></p>"
    yield "<table><tr><th>state</th><th>step</th><th>what it means, and what to do</th></tr>"
    yield from chain.from_iterable(map(_rows, report.steps))
    yield "</table></body></html>"


def _rows(step: ExaminedStep) -> Iterator[str]:
    yield f'<tr><td class="{_CLASSES.get(step.state, "")}">{MARKS[step.state]}</td><td>{page_cell(step.title)}</td><td>'
    for remark in sorted(step.remarks, key=lambda one: -one.state):
        yield f'<div class="{_CLASSES.get(remark.state, "")}">{page_cell(remark.sentence)}</div>'
        if remark.advice:
            yield f"<div>→ {page_cell(remark.advice)}</div>"
    if step.seen:
        lines = "<br>".join(map(page_cell, step.seen))
        yield f"<details><summary>what was seen</summary>{lines}</details>"
    yield "</td></tr>"
