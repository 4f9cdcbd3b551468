from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest

from dicomkit import errors
from dicomkit.errors import DicomKitError, ReadError, TruncatedError

BUILTINS: dict[str, tuple[str, type[Exception]]] = {
    "NotDicomError": ("not_dicom", ValueError),
    "TruncatedError": ("truncated", EOFError),
    "InconsistentError": ("inconsistent", ValueError),
    "LimitError": ("limit", ValueError),
    "NoPixelsError": ("no_pixels", ValueError),
    "UnitsError": ("units", ValueError),
    "UnsupportedError": ("unsupported", NotImplementedError),
    "DecodeError": ("decode", RuntimeError),
    "ReadError": ("read", OSError),
    "WriteError": ("write", OSError),
    "UnsafePathError": ("unsafe_path", ValueError),
}
KINDS: list[type[DicomKitError]] = [getattr(errors, name) for name in BUILTINS]
every_kind = pytest.mark.parametrize("kind", [DicomKitError, *KINDS])


def test_the_module_offers_these_and_no_others() -> None:
    assert set(errors.__all__) == {"DicomKitError", *BUILTINS}


@pytest.mark.parametrize("name", BUILTINS)
def test_codes_are_stable_and_each_is_a_fitting_builtin(name: str) -> None:
    code, builtin = BUILTINS[name]
    kind = getattr(errors, name)
    assert kind.code == code
    assert issubclass(kind, builtin)
    assert issubclass(kind, DicomKitError)
    # A KeyError prints the repr of its message, and is what a mapping's user swallows.
    assert not issubclass(kind, LookupError)


def test_codes_are_distinct() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)


@every_kind
def test_fields(kind: type[DicomKitError]) -> None:
    error = kind("it is so", path=Path("folder") / "file.dcm", frame=0)
    assert error.message == "it is so"
    assert error.path == str(Path("folder/file.dcm"))
    assert error.frame == 0
    assert error.args == ("it is so",)
    bare = kind("it is so")
    assert (bare.path, bare.frame) == (None, None)


@every_kind
def test_the_text_says_where_then_what(kind: type[DicomKitError]) -> None:
    assert str(kind("it is so")) == "it is so"
    assert str(kind("it is so", path="a.dcm")) == "a.dcm: it is so"
    assert str(kind("it is so", frame=0)) == "frame 0: it is so"
    assert str(kind("it is so", path="a.dcm", frame=2)) == "a.dcm, frame 2: it is so"


@every_kind
def test_pickling_and_copying_keep_everything(kind: type[DicomKitError]) -> None:
    error = kind("it is so", path="a.dcm", frame=2)
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):  # noqa: S301
        assert type(other) is kind
        assert (other.message, other.path, other.frame) == ("it is so", "a.dcm", 2)
        assert str(other) == str(error)
        assert other.args == error.args


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_pickle_protocol_serves(protocol: int) -> None:
    error = pickle.loads(pickle.dumps(ReadError("no", path="x"), protocol))  # noqa: S301
    assert str(error) == "x: no"


@every_kind
def test_the_place_is_added_once_on_the_way_up(kind: type[DicomKitError]) -> None:
    error = kind("it is so")
    assert error.at(frame=0) is error
    error.at(path=Path("inner.dcm"), frame=7).at(path="outer.dcm")
    assert (error.path, error.frame) == ("inner.dcm", 0)
    assert error.at().path == "inner.dcm"


def test_one_clause_catches_all_and_the_builtin_catches_its_own() -> None:
    for caught in (EOFError, DicomKitError):
        message = "it is so"
        with pytest.raises(caught):
            raise TruncatedError(message)


def test_an_operating_systems_error_has_no_false_number() -> None:
    assert ReadError("no", path="x").errno is None
    assert ReadError("no", path="x").filename is None
