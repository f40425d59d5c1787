"""The report of a large recording beside its index.

    python -m tests.benchmarks.report [RECORDS] [ROUNDS]

Prints seconds of the processor for each round and last the ratio of the best report to the best index. The goal is 2.
"""

from __future__ import annotations

import sys
from time import process_time

from ocpptui.exporting.report_formats import Reported, ReportFormat
from ocpptui.reporting.operating_report import OperatingReport
from ocpptui.session.file_session import FileSession
from tests.benchmarks.large_recording import large_recording


def main() -> None:
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    best_index = best_report = float("inf")
    with large_recording(records) as path:
        for _ in range(rounds):
            started = process_time()
            opening = FileSession([path], diagnoses=False)
            while not opening.advance(1):
                pass
            indexed = process_time()
            report = OperatingReport(opening.session.timeline)
            while not report.advance(1):
                pass
            lines = sum(1 for _ in ReportFormat.TEXT.lines(Reported(report, str(path))))
            reported = process_time()
            print(f"index {indexed - started:.2f} s, report {reported - indexed:.2f} s, {lines:,} lines")
            best_index, best_report = min(best_index, indexed - started), min(best_report, reported - indexed)
    print(f"ratio {best_report / best_index:.2f}")


if __name__ == "__main__":
    main()
