"""Tags, and what the dictionary says of them: each looked up once.

pydicom's tags are compared in Python, which costs more than all else of a look-up; made once, a
dictionary finds the very same object without comparing it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from pydicom.datadict import (
    dictionary_description,
    dictionary_VR,
    keyword_for_tag,
    private_dictionary_description,
    private_dictionary_VR,
)
from pydicom.tag import BaseTag

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TagEntry", "creator_tag", "dictionary_entry", "resolve_vr", "shared_tag"]

# More than the tags of an archive's headers.
_MOST: Final = 1 << 14
_LAST_CREATOR: Final = 0xFF
_AMBIGUOUS: Final = {"OB or OW": "OW", "US or OW": "US", "US or SS or OW": "US"}

shared_tag: Callable[[int], BaseTag] = lru_cache(_MOST)(BaseTag)


class TagEntry(NamedTuple):
    """What the dictionary says of a tag.

    Attributes
    ----------
    tag : str
        ``"(0010,0010)"``.
    keyword, name : str
        The keyword is empty where there is none; the name of a private element stands in
        brackets, as pydicom writes it.
    vr : str
        ``"UN"`` where nobody knows it; may be one of several, such as ``"US or SS"``.
    """

    tag: str
    keyword: str
    name: str
    vr: str


@lru_cache(_MOST)
def dictionary_entry(tag: int, creator: str | None = None) -> TagEntry:
    """Look up a tag; that of a private element in its creator's block (PS3.5 7.8.1).

    Examples
    --------
    >>> dictionary_entry(0x00100010)
    TagEntry(tag='(0010,0010)', keyword='PatientName', name="Patient's Name", vr='PN')
    >>> dictionary_entry(0x00091001, "GEMS_IDEN_01").name
    '[Full fidelity]'
    """
    key = shared_tag(tag)
    try:
        if creator is not None:
            name = f"[{private_dictionary_description(key, creator)}]"
            return TagEntry(str(key), "", name, private_dictionary_VR(key, creator))
        return TagEntry(
            str(key), keyword_for_tag(key), dictionary_description(key), dictionary_VR(key)
        )
    except KeyError:
        pass
    if not key.element:
        return TagEntry(str(key), "", "Group Length", "UL")
    if key.is_private_creator:
        return TagEntry(str(key), "", "Private Creator", "LO")
    return TagEntry(str(key), "", "Private tag data" if key.is_private else "Unknown", "UN")


def creator_tag(tag: int) -> int | None:
    """Give the tag that names the creator of a private element's block; None of others.

    Examples
    --------
    >>> hex(creator_tag(0x0019100C)), creator_tag(0x00190010)
    ('0x190010', None)
    """
    if not tag & 0x10000 or tag & 0xFFFF <= _LAST_CREATOR:
        return None
    return tag & 0xFFFF0000 | (tag & 0xFFFF) >> 8


def resolve_vr(vr: str | None, dictionary: str, *, signed: bool = False) -> str:
    """Decide on a VR: the file's, else the dictionary's, and one of those that it leaves open.

    Parameters
    ----------
    vr : str or None
        As the file has it.
    dictionary : str
        As `dictionary_entry` has it.
    signed : bool
        Whether Pixel Representation says that stored values are two's complement.

    Examples
    --------
    >>> resolve_vr("UN", "LO"), resolve_vr(None, "US or SS", signed=True)
    ('LO', 'SS')
    """
    if vr is None or vr == "UN":
        vr = dictionary
    if vr == "US or SS":
        return "SS" if signed else "US"
    return _AMBIGUOUS.get(vr, vr)
