"""An examination as a page: what a server said can be read, and does nothing."""

from __future__ import annotations

from ocpptui.doctor.examination_report import ExaminationReport
from ocpptui.doctor.examined_step import StepName, examined, failed, fine, skipped, warning
from ocpptui.exporting.examination_page import examination_page

HOSTILE = 'nginx<script>alert(1)</script>\x1b]0;title\x07 "&'


def test_no_text_of_a_server_acts_on_the_page() -> None:
    """A report is mailed to people who open it in a browser."""
    steps = [
        examined(StepName.UPGRADE, [failed("http-status", HOSTILE, HOSTILE)], [HOSTILE], HOSTILE),
        examined(StepName.PING, [fine("ping", "It answered."), warning("ping-slow", "It was slow.", "Look why.")]),
        examined(StepName.IDLE, [skipped("It was not tried.")]),
    ]
    report = ExaminationReport(f"ws://user:hunter22@csms.test/{HOSTILE}", 0, steps)
    page = "\n".join(examination_page(report))
    assert "<script" not in page
    assert "\x1b" not in page
    assert "hunter22" not in page
    assert "nginx&lt;script&gt;" in page
    assert page.count("<tr>") == 1 + len(steps)
    assert [page.index(state) for state in (">FAILED<", ">WARNING<", ">skipped<")] == sorted(
        page.index(state) for state in (">FAILED<", ">WARNING<", ">skipped<")
    )
