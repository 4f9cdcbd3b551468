"""Discs in the style of real ones: what is wrong with them, and what is on them all the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from tests.fileset.discs import (
    DIRECTORY,
    Node,
    directory_of,
    element,
    image,
    make_image,
    patient,
    series,
    study,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["STYLES", "Disc"]


@dataclass
class Disc:
    """A disc.

    Attributes
    ----------
    files : dict
        Every file by its path, the DICOMDIR too.
    directory : str
        The DICOMDIR in the root, if it is of use.
    found : dict
        The instances that are there: the patient's ID, by SOP Instance UID.
    listed : set
        The UIDs of those that `directory`, or a DICOMDIR that it names, stands for.
    others : dict
        What is said of files that are no instances: the code by path.
    lost : list
        Records that no file accounts for: the path that they are put down to, and the code.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    directory: str = ""
    found: dict[str, str] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    others: dict[str, str] = field(default_factory=dict)
    lost: list[tuple[str, str]] = field(default_factory=list)

    def add(self, path: str, uid: str, number: int, owner: str = "P1", **said: object) -> None:
        """Put an image on the disc; its study and series are its owner's."""
        own = {"study": f"{uid.rpartition('.')[0]}.0", "series": f"{uid.rpartition('.')[0]}.1"}
        chosen: dict[str, Any] = {"patient_id": owner, "instance": number, **own, **said}
        self.files[path] = make_image(uid, **chosen)
        self.found[uid] = owner


def _listing(uid: str, *leaves: Node, owner: bytes = b"P1") -> Node:
    """Make the records of a patient with one series."""
    below = series(*leaves, uid=f"{uid}.1".encode())
    return patient(study(below, uid=f"{uid}.0".encode()), number=owner)


def complete(uid: str) -> Disc:
    """Everything as it should be."""
    disc = Disc()
    leaves = []
    for number in (1, 2, 3):
        disc.add(f"DICOM/IM{number}", f"{uid}.{number}", number)
        leaves.append(image(f"DICOM\\IM{number}", number, f"{uid}.{number}"))
        disc.listed.add(f"{uid}.{number}")
    disc.files["DICOMDIR"] = directory_of(_listing(uid, *leaves))
    disc.directory = "DICOMDIR"
    return disc


def plain(uid: str) -> Disc:
    """No DICOMDIR, a text beside the images, two patients."""
    disc = Disc({"README": b"not a scan"}, others={"README": "not_dicom"})
    disc.add("a/1", f"{uid}.1", 1)
    disc.add("a/2", f"{uid}.2", 2)
    disc.add("b/1", f"{uid}9.1", 1, "P2")
    return disc


def empty(uid: str) -> Disc:
    """A DICOMDIR that lists nothing."""
    disc = Disc({"DICOMDIR": directory_of()}, "DICOMDIR")
    disc.add("IM1", f"{uid}.1", 1)
    disc.add("IM2", f"{uid}.2", 2)
    return disc


def partial(uid: str) -> Disc:
    """A DICOMDIR that names some of the images."""
    disc = complete(uid)
    disc.add("DICOM/IM4", f"{uid}.4", 4)
    disc.add("MORE/IM5", f"{uid}.5", 5)
    disc.files["MORE/notes.txt"] = b"not a scan"
    disc.others["MORE/notes.txt"] = "not_dicom"
    return disc


def stale(uid: str) -> Disc:
    """A DICOMDIR of before: one image is gone, one was replaced, one has come."""
    disc = complete(uid)
    del disc.files["DICOM/IM1"], disc.found[f"{uid}.1"], disc.found[f"{uid}.2"]
    disc.lost.append(("DICOM/IM1", "missing_file"))
    disc.add("DICOM/IM2", f"{uid}8.2", 2, "P2")
    disc.add("DICOM/IM4", f"{uid}.4", 4)
    disc.listed = {f"{uid}8.2", f"{uid}.3"}
    return disc


def foreign(uid: str) -> Disc:
    """A DICOMDIR of another exam, whose files have the same names."""
    disc = complete(uid)
    disc.found.clear()
    disc.listed.clear()
    for number in (1, 2, 3):
        disc.add(f"DICOM/IM{number}", f"{uid}7.{number}", number, "P3")
        disc.listed.add(f"{uid}7.{number}")
    return disc


def nested(uid: str) -> Disc:
    """A DICOMDIR of studies, whose DIRFILEs are of series, whose DIRFILEs are of images."""
    disc = Disc(directory="DICOMDIR")
    studies = []
    for place, folder in enumerate(("S1", "S2")):
        own = f"{uid}{place}"
        leaves = []
        for number in (1, 2):
            path = f"{folder}/A/I{number}0"
            disc.add(path, f"{own}.{number}", number)
            disc.listed.add(f"{own}.{number}")
            leaves.append(image(path.replace("/", "\\"), number, f"{own}.{number}"))
        below = Node("SERIES", series(uid=f"{own}.1".encode()).said)
        below.file_id = f"{folder}\\A\\DIRFILE".encode()
        said = patient(number=b"P1").said + study(uid=f"{own}.0".encode()).said
        studies.append(Node("STUDY", said, file_id=f"{folder}\\DIRFILE".encode()))
        # Such discs have no links between their records.
        disc.files[f"{folder}/DIRFILE"] = directory_of(below, first=0)
        disc.files[f"{folder}/A/DIRFILE"] = directory_of(*leaves, first=0)
        disc.others |= {f"{folder}/DIRFILE": "dicomdir", f"{folder}/A/DIRFILE": "dicomdir"}
    disc.files["DICOMDIR"] = directory_of(*studies, first=0)
    return disc


def several(uid: str) -> Disc:
    """Discs in folders of one, without a DICOMDIR of their own."""
    disc = Disc()
    for number, make in enumerate((complete, partial, stale, empty, plain)):
        folder, part = f"D{number}", make(f"{uid}{number}")
        disc.files |= {f"{folder}/{path}": data for path, data in part.files.items()}
        disc.found |= part.found
        disc.others |= {f"{folder}/{path}": code for path, code in part.others.items()}
        disc.lost += [(f"{folder}/{path}", code) for path, code in part.lost]
        if part.directory:
            disc.others[f"{folder}/{part.directory}"] = "dicomdir"
    return disc


def lower_case(uid: str) -> Disc:
    """Names as some systems show those of a disc."""
    disc = complete(uid)
    disc.files = {f"{path.lower()};1": data for path, data in disc.files.items()}
    disc.directory = "dicomdir;1"
    return disc


def impostor(uid: str) -> Disc:
    """Images that call themselves Media Storage Directory, one by the DICOMDIR's name."""
    disc = Disc()
    for number, name in enumerate(("DICOMDIR", "IM1", "IM2"), 1):
        disc.add(name, f"{uid}.{number}", number, media_class=DIRECTORY)
    return disc


def useless(uid: str) -> Disc:
    """A DICOMDIR that was overwritten."""
    disc = complete(uid)
    disc.files["DICOMDIR"] = b"overwritten"
    disc.directory = ""
    disc.listed.clear()
    disc.others["DICOMDIR"] = "not_dicom"
    return disc


def cut_off(uid: str) -> Disc:
    """A DICOMDIR without its last record."""
    disc = complete(uid)
    disc.files["DICOMDIR"] = disc.files["DICOMDIR"][:-20]
    disc.listed.remove(f"{uid}.3")
    # The record before it points to where it would be.
    disc.lost += [("DICOMDIR", "bad_offset"), ("DICOMDIR", "truncated")]
    return disc


def study_file(uid: str) -> Disc:
    """A study's record names a file of its own, an image's record next to nothing."""
    disc = Disc(directory="DICOMDIR")
    management = b"1.2.840.10008.3.1.2.3.1"
    disc.add("STD", f"{uid}.5", 5, sop_class=management, pixels=None)
    disc.add("IM1", f"{uid}.1", 1)
    disc.listed = set(disc.found)
    leaf = Node("IMAGE", element(0x00200013, "IS", b"1"), file_id=b"IM1")
    top = _listing(uid, leaf)
    top.below[0].file_id = b"STD"
    top.below[0].said += element(0x00041510, "UI", management)
    top.below[0].said += element(0x00041511, "UI", f"{uid}.5".encode())
    disc.files["DICOMDIR"] = directory_of(top)
    return disc


def double(uid: str) -> Disc:
    """Two records for one file, one for what is not there, one for what is no file."""
    disc = complete(uid)
    leaves = [
        *(image(f"DICOM\\IM{number}", number, f"{uid}.{number}") for number in (1, 2, 3)),
        image("DICOM\\IM1", 1, f"{uid}.1"),
        image("DICOM\\IM9", 9, f"{uid}.9"),
        image("DICOM", 8, f"{uid}.8"),
        image("..\\IM7", 7, f"{uid}.7"),
        image("", 6, f"{uid}.6"),
    ]
    disc.files["DICOMDIR"] = directory_of(_listing(uid, *leaves))
    disc.lost = [
        ("DICOMDIR", "duplicate"),
        ("DICOM/IM9", "missing_file"),
        ("DICOMDIR", "not_a_file"),
        ("DICOMDIR", "unsafe_path"),
        ("DICOMDIR", "no_file"),
    ]
    return disc


STYLES: Final[tuple[Callable[[str], Disc], ...]] = (
    complete,
    plain,
    empty,
    partial,
    stale,
    foreign,
    nested,
    several,
    lower_case,
    impostor,
    useless,
    cut_off,
    study_file,
    double,
)
"""Each makes a disc whose UIDs begin with what it is given."""
