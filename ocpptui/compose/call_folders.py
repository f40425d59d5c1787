"""The folders where saved calls and sequences are: the name of each is its path there, without the suffix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ocpptui.compose.call_sequence import CallSequence, call_sequence
from ocpptui.compose.saved_calls import SavedCall, WrongCallFile, saved_call, saved_call_text, table_of
from ocpptui.jsontext.unsafe_characters import UNSAFE
from ocpptui.ocpp.did_you_mean import suggestion
from ocpptui.runtime.portable_files import path_of_user, why_not_opened, write_private
from ocpptui.workspace.folders import saved_calls_folder

SUFFIX = ".toml"
LARGEST_FILE = 1_000_000
"""Bytes of a file that is read."""
MOST_FILES = 1000
"""Files of a folder that are listed."""
DEEPEST = 5
"""Folders within folders that are looked into."""


@dataclass(frozen=True, slots=True)
class CallFile:
    """One file, as a list shows it."""

    name: str
    path: Path
    content: SavedCall | CallSequence | None
    problem: str = ""
    """Why it cannot be used, as a sentence."""


class CallFolders:
    """Reads from all its folders, the first one that has a name; writes into the first one."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = tuple(folders)

    def files(self) -> list[CallFile]:
        """All files, by name; of two with one name the one that `find` finds."""
        found: dict[str, CallFile] = {}
        for folder in self.folders:
            for path in _toml_files(folder):
                name = path.relative_to(folder).with_suffix("").as_posix()
                if name not in found:
                    found[name] = self._file(name, path)
        return [found[name] for name in sorted(found, key=str.casefold)]

    def _file(self, name: str, path: Path) -> CallFile:
        try:
            return CallFile(name, path, self._read(path))
        except WrongCallFile as wrong:
            return CallFile(name, path, None, str(wrong))

    def call(self, name: str) -> SavedCall:
        """The call that is saved under a name. Raises WrongCallFile."""
        path = self._find(name)
        try:
            return saved_call(_text(path))
        except WrongCallFile as wrong:
            raise WrongCallFile(f"{path}: {wrong}") from None

    def sequence(self, name: str) -> CallSequence:
        """The sequence in a file, or under a name. Raises WrongCallFile."""
        path = path_of_user(name)
        if not path.is_file():
            path = self._find(name)
        try:
            return call_sequence(_text(path), path.stem, self.call)
        except WrongCallFile as wrong:
            raise WrongCallFile(f"{path}: {wrong}") from None

    def save(self, name: str, call: SavedCall, *, replace: bool = False) -> Path:
        """Write a call under a name and return where it is.

        Raises WrongCallFile; FileExistsError if the name is taken, unless `replace`.
        """
        if problem := why_not_a_name(name):
            raise WrongCallFile(problem)
        path = self._place(self.folders[0], name)
        if path.exists() and not replace:
            raise FileExistsError(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_private(path, saved_call_text(call))
        except OSError as error:
            raise WrongCallFile(f"{path} cannot be written: {why_not_opened(path, error)}.") from None
        return path

    def _find(self, name: str) -> Path:
        """Raises WrongCallFile if nothing has this name."""
        if problem := why_not_a_name(name):
            raise WrongCallFile(problem)
        for folder in self.folders:
            if (path := self._place(folder, name)).is_file():
                return path
        names = [path.relative_to(f).with_suffix("").as_posix() for f in self.folders for path in _toml_files(f)]
        where = " or ".join(map(str, self.folders))
        raise WrongCallFile(f"Nothing is saved as {name!r} in {where}{suggestion(name, names)}.")

    def _read(self, path: Path) -> SavedCall | CallSequence:
        text = _text(path)
        return call_sequence(text, path.stem, self.call) if "step" in table_of(text) else saved_call(text)

    @staticmethod
    def _place(folder: Path, name: str) -> Path:
        return folder.joinpath(*PurePosixPath(name.removesuffix(SUFFIX) + SUFFIX).parts)


def call_folders(given: str | None) -> CallFolders:
    """The folder that the user has given, then the user's own."""
    return CallFolders([*([path_of_user(given)] if given else []), saved_calls_folder()])


def why_not_a_name(name: str) -> str:
    """Why nothing can be saved under a name on any system, as a sentence; empty if it can."""
    if not name.strip():
        return "A name has at least a letter."
    if len(name) > _LONGEST_NAME:
        return f"A name has at most {_LONGEST_NAME} characters."
    if name != name.strip() or UNSAFE.search(name) or any(letter in _NOT_IN_NAMES for letter in name):
        return f"A name has none of {' '.join(_NOT_IN_NAMES)}, and no space at its ends; / separates folders."
    for part in name.split("/"):
        if not part or part != part.strip() or part.startswith(".") or part.endswith("."):
            return f"{name!r} is not a name: folders and names neither are empty nor begin or end with a dot."
        if part.split(".")[0].upper() in _DEVICES:
            return f"{part!r} is the name of a device on Windows."
    return ""


def _toml_files(folder: Path) -> list[Path]:
    return sorted(path for _, path in zip(range(MOST_FILES), _walk(folder, DEEPEST), strict=False))


def _walk(folder: Path, depth: int) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for path in entries:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            if depth and not path.is_symlink():
                yield from _walk(path, depth - 1)
        elif path.suffix == SUFFIX:
            yield path


def _text(path: Path) -> str:
    """The text of a file. Raises WrongCallFile."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise WrongCallFile(f"It cannot be read: {error.strerror or error}.") from None
    if len(content) > LARGEST_FILE:
        raise WrongCallFile(f"It is larger than {LARGEST_FILE / 1e6:g} MB.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongCallFile("It is not text in UTF-8.") from None


_NOT_IN_NAMES = '\\:*?"<>|'
_LONGEST_NAME = 200
_DEVICES = frozenset(
    {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(1, 10))}
)
