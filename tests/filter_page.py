"""The page of the filter language: where it is used, its terms as the help has them, and examples."""

from __future__ import annotations

from ocpptui.tui.screens.help_screen import TERMS

_HEAD = """# Filter

A filter chooses messages. It is one language wherever a filter can be given.

| where | what it chooses |
|---|---|
| `/` in the log | the records that are shown |
| `ocpptui convert --filter` | the records that are written |
| `ocpptui replay --from`, `--until`, `--only`, `--skip`, `--break` | where it begins, ends and pauses; its calls |
| `ocpptui proxy --break`, `H` on its screen, `ocpptui control NAME break` | the messages that are held |
| `ocpptui control NAME wait` | the record that is waited for |
| `filter` in a [rules file](FAULTS.md) or a [sequence](CALLS.md) | the calls with a fault; the message to wait for |

## Terms

| term | the record |
|---|---|
"""
_FOOT = """
- Terms side by side must all match. `or` binds less than that; brackets group.
- Names and words are case-insensitive. `*` stands for any text: `cp:CP*`, `idTag=04*`.
- In double quotation marks, a value may have spaces and brackets, and `*` is a star: `cp:"Garage 7"`, `errorCode=""`.
- A field is found at any depth; a path has points, and lists in it do not count: `sampledValue.measurand=Voltage`.
  `!=` and `>` demand that the field is there; `idTag=*` finds every message that has it.
- Times without a zone are local; `Z` means UTC. `after` includes its time, `before` does not. A time without
  a date is one of each day.
- `latency` is that of an answer, and finds its call too.

A filter that cannot be read is refused with a sentence and exit code 2. On the screen, `tab` completes words.

## Examples

```sh
ocpptui convert recordings/charge-1.6.jsonl - --to text --filter 'action:*Transaction'
ocpptui convert recordings/charge-1.6.jsonl - --to text --filter 'latency>4ms or action:SetChargingProfile'
ocpptui convert recordings/charge-1.6.jsonl - --to text --filter 'transaction:4711 not action:MeterValues'
ocpptui convert recordings/malformed-1.6.jsonl - --to text --filter 'problem -kind:malformed'
ocpptui convert recordings/malformed-1.6.jsonl - --to text --filter 'action:StatusNotification errorCode!=NoError'
```
"""


def filter_page() -> str:
    """The text of docs/FILTER.md."""
    rows = [f"| {_terms(terms)} | {meaning} |\n" for terms, meaning in TERMS]
    return f"{_HEAD}{''.join(rows)}{_FOOT}"


def _terms(terms: str) -> str:
    return " ".join(f"`{term}`" for term in terms.split("  "))
