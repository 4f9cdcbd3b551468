"""dicomkit's pictures and values held against independent software.

`python -m pytest reference` compares; `python -m reference` writes docs/fidelity.md.
Both need DCMTK's ``dcmj2pnm`` and ``dcml2pnm`` on the path, and GDCM, highdicom and
SimpleITK in the environment; ``nox -s reference`` sets that up.
"""
