"""The fixed parts of the HTML report: style, script, and the head that forbids everything else."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from ocpptui.jsontext.unsafe_characters import RANGES


@cache
def head() -> str:
    """Everything before the contents. The policy allows only this script, so nothing else in the page can run."""
    style = _text("style.css")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; base-uri 'none'; form-action 'none'; \
style-src {_source(style)}; script-src {_source(_script())}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>OCPP recording</title>
<style>{style}</style>
</head>
<body>
"""


CONTROLS = """<div id="bar">
<form id="filter">
<input type="search" id="text" placeholder="Search ( / )" aria-label="Search">
<select id="charge-point" aria-label="Charge point"><option value="">every charge point</option></select>
<select id="action" aria-label="Action"><option value="">every action</option></select>
<select id="kind" aria-label="Kind"><option value="">every kind</option></select>
<label><input type="checkbox" id="wrong"> problems only</label>
<button type="button" id="next" title="n">next problem</button>
<button type="button" id="expand">expand all</button>
<button type="button" id="collapse">collapse all</button>
<span id="shown" class="soft"></span>
</form>
<div id="timeline"><svg role="img" aria-label="Traffic over time of each charge point"></svg></div>
<div id="under" class="soft"><span class="legend up">from the charge point</span>
<span class="legend down">to it</span><span class="legend event">connection</span>
<span class="legend bad">problem</span>
<span>click: go to this time · drag: select a time range</span>
<button type="button" id="whole" hidden>entire time</button><output id="pointed"></output></div>
</div>
<noscript><p class="none">The records are in this page, but it needs JavaScript to show them.</p></noscript>
<main></main>
<p id="none" class="none" hidden>No record matches.</p>
"""


def tail() -> str:
    """Everything after the records: the script that shows them."""
    return f"<script>{_script()}</script>\n</body>\n</html>\n"


def _script() -> str:
    code = "".join(_text(f"{part}.js") for part in ("rows", "timeline", "controls"))
    return code.replace("UNSAFE_RANGES", _unsafe_ranges())


def _unsafe_ranges() -> str:
    """The unsafe characters as a class of a regular expression with the flag `u`, inside of a string."""
    return "".join(f"\\\\u{{{first:x}}}-\\\\u{{{last:x}}}" for first, last in RANGES)


def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text("utf-8")


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
