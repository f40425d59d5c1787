"""Values of settings as the user writes them: on the command line, in the configuration file, on the start screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from ocpptui.network.problems import NetworkProblem
from ocpptui.ocpp.version import Version
from ocpptui.runtime.portable_files import is_inherited_pipe, path_of_user

T = TypeVar("T")


class WrongSetting(ValueError):
    """A setting cannot be used; the message is a sentence, and `name` is the name of the setting."""

    def __init__(self, name: str, sentence: str, problem: NetworkProblem | None = None) -> None:
        super().__init__(sentence)
        self.name = name
        self.problem = problem
        """Set if it is a problem of the network, for which a front end may know a remedy."""


ALIASES = {
    "id": "charge_point",
    "version": "versions",
    "header": "headers",
    "reject_token": "rejected",
    "break": "breakpoints",
    "upstream_header": "upstream_headers",
}
"""Options whose settings have another name."""


def canonical(values: Mapping[str, object]) -> dict[str, object]:
    """Settings by their own names; `values` may use option names."""
    return {ALIASES.get(name, name): value for name, value in values.items()}


class PlainValues:
    """Settings by name, each a plain text, number, boolean or list; an empty text counts as not set.

    An unreadable value raises WrongSetting.
    """

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = canonical(values)

    def text(self, name: str) -> str | None:
        value = self._values.get(name)
        return None if value in (None, "") else str(value)

    def is_blank(self, name: str) -> bool:
        """Whether it is given, but empty."""
        return self._values.get(name) == ""

    def texts(self, name: str) -> list[object]:
        value = self._values.get(name)
        if isinstance(value, list | tuple):
            return list(value)
        return [] if value in (None, "") else [value]

    def flag(self, name: str) -> bool:
        value = self._values.get(name)
        found = value if isinstance(value, bool) else _FLAGS.get(str(value or "").strip().lower())
        if found is None:
            raise WrongSetting(name, f"{value!r} is neither yes nor no")
        return found

    def is_on(self, name: str) -> bool:
        """Like `flag`, for display: an unreadable value is off."""
        try:
            return self.flag(name)
        except WrongSetting:
            return False

    def port(self, name: str, default: int) -> int:
        return self.number(name, default, 0, 65535, "port", "; 0 picks a free one")

    def number(
        self, name: str, default: int, least: int, most: int | None = None, noun: str = "number", note: str = ""
    ) -> int:
        text = (self.text(name) or str(default)).strip()
        number = int(text) if text.isascii() and text.removeprefix("-").isdecimal() else least - 1
        if number < least or (most is not None and number > most):
            limits = f"from {least} to {most}" if most is not None else f"of at least {least}"
            what = f"a {noun} is a number" if noun != "number" else "write a number"
            raise WrongSetting(name, f"{text!r} is not a {noun}; {what} {limits}{note}")
        return number

    def seconds(self, name: str, default: float, *, zero: bool = False) -> float:
        text = self.text(name) or str(default)
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not 0 <= number < float("inf") or (number == 0 and not zero):
            raise WrongSetting(name, f"{text!r} is not a time; write seconds, {'0 or more' if zero else 'more than 0'}")
        return number

    def room(self, name: str) -> int | None:
        """In bytes, 0 included; None if it is not given."""
        value = self._values.get(name)
        return None if value in (None, "") else _of(name, room_of, value)

    def size(self, name: str, default: int) -> int:
        """In bytes."""
        value = self._values.get(name)
        return default if value in (None, "") else _of(name, size_of, value)

    def versions(self, name: str, otherwise: tuple[Version, ...]) -> tuple[Version, ...]:
        """In their order, each once; if none is named, all of `otherwise`, newest first."""
        words = [word for one in self.texts(name) for word in str(one).replace(",", " ").split()]
        found = dict.fromkeys(_of(name, spoken_version, word) for word in words)
        return tuple(found) or tuple(reversed(otherwise))

    def version(self, name: str) -> Version | None:
        text = self.text(name)
        return None if text is None else _of(name, spoken_version, text)

    def headers(self, name: str) -> tuple[tuple[str, str], ...]:
        return tuple(_of(name, header_of, one) for one in self.texts(name))

    def file(self, name: str, *, may_be_piped: bool = False) -> str | None:
        """The path of an existing file; `may_be_piped` if it is read only once, so that a shell's pipe will do."""
        text = self.text(name)
        if text is None:
            return None
        path = path_of_user(text)
        if path.is_dir():
            raise WrongSetting(name, f"{path} is a folder; name a file in it")
        if not path.exists():
            raise WrongSetting(name, f"there is no file {path}")
        if path.is_file() or (may_be_piped and is_inherited_pipe(path)):
            return str(path)
        raise WrongSetting(name, f"{path} is a pipe or a device, which cannot be read here; name a file")


_FLAGS = {"": False, "no": False, "false": False, "off": False, "0": False} | dict.fromkeys(
    ("yes", "true", "on", "1"), True
)


def _of(name: str, read: Callable[[object], T], value: object) -> T:
    try:
        return read(value)
    except ValueError as error:
        raise WrongSetting(name, str(error)) from None


def spoken_version(value: object) -> Version:
    """A version of OCPP, all of which ocpptui speaks. Raises ValueError with a sentence."""
    version = Version.parse(str(value))
    choices = ", ".join(one.as_choice for one in Version)
    if version is None:
        raise ValueError(f"{str(value)!r} is not an OCPP version; choose one of {choices}")
    return version


def size_of(value: object) -> int:
    """A size in bytes, with `k` or `M` for KiB and MiB; more than 0. Raises ValueError with a sentence."""
    size = _bytes(value)
    if size <= 0:
        raise ValueError(f"{value!r} is not a size; write 65536, 64k or 16M")
    return size


def room_of(value: object) -> int:
    """What stays free of a disk in bytes, written as a size, or 0 for nothing. Raises ValueError with a sentence."""
    room = _bytes(value)
    if room < 0:
        raise ValueError(f"{value!r} is not a size; write 500M, 2G, or 0 to fill the disk")
    return room


def _bytes(value: object) -> int:
    """The bytes of a size as it is written; -1 if it is not one."""
    text = str(value).strip().lower().removesuffix("ib").removesuffix("b")
    factor = {"k": 1024, "m": 1024**2, "g": 1024**3}.get(text[-1:], 1)
    try:
        size = float(text.rstrip("kmg")) * factor
        return int(size) if size >= 0 else -1
    except (ValueError, OverflowError):
        return -1


def header_of(value: object) -> tuple[str, str]:
    """An HTTP header, written `Name: value`, as name and value. Raises ValueError with a sentence."""
    if isinstance(value, tuple):
        return str(value[0]), str(value[1])
    name, colon, content = str(value).partition(":")
    if not colon or not name.strip() or any(c in str(value) for c in "\r\n"):
        raise ValueError("this is not a header; write 'Name: value'")  # unquoted: it may be a secret
    return name.strip(), content.strip()
