"""The one entry to every check: ``nox`` runs them all, ``nox -s NAME`` runs one."""

from __future__ import annotations

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["tests", "lint", "typing", "docs"]

PROJECT = nox.project.load_toml("pyproject.toml")


def group(name: str) -> list[str]:
    """Give the requirements of a dependency group."""
    return list(nox.project.dependency_groups(PROJECT, name))


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests and the doctests, and hold the coverage gate."""
    # Editable, so that the doctests that are collected are the modules that are imported.
    session.install("-e", ".[all]", *group("tests"))
    session.run("pytest", *(session.posargs or ["-n", "auto", "--cov", "--durations=10"]))


@nox.session
def lowest(session: nox.Session) -> None:
    """Run the tests with the oldest packages and codecs that pyproject.toml allows."""
    project = PROJECT["project"]
    bounds = [*project["dependencies"], *project["optional-dependencies"]["codecs"]]
    oldest = [bound.replace(">=", "==") for bound in bounds]
    session.install("-e", ".[all]", *oldest, *group("tests"))
    # Where packages matter: the rest would be run a second time for nothing. What is old may warn
    # of what is new.
    floors = ("display", "image", "regions", "stacking", "streams", "transforms", "volume")
    places = [f"tests/{name}" for name in floors]
    session.run("pytest", *(session.posargs or ["-n", "auto", "-W", "default", *places]))


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format and the floor plan."""
    session.install("-e", ".", *group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports", "--no-cache")


@nox.session
def typing(session: nox.Session) -> None:
    """Check the types of the code, of all that tests or measures it, and of what users import."""
    # From a wheel, so that py.typed and the public names are those that users get.
    session.install(".[all]", *group("typing"))
    session.run("mypy")
    session.run("pyright")
    session.run("pyright", "--verifytypes", "dicomkit", "--ignoreexternal")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation; every code block runs, every warning is an error."""
    session.install(".[all]", *group("docs"))
    session.run(
        "sphinx-build", "-j", "auto", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html"
    )


@nox.session
def links(session: nox.Session) -> None:
    """Follow the documentation's links to other sites, which needs the network."""
    session.install(".[all]", *group("docs"))
    session.run(
        "sphinx-build",
        "-D",
        "nb_execution_mode=off",
        "-b",
        "linkcheck",
        "docs",
        "docs/_build/links",
    )


@nox.session
def browser(session: nox.Session) -> None:
    """Open notebooks' HTML and the built documentation in Chromium; run `docs` before it."""
    session.install("-e", ".[all]", *group("browser"))
    session.run("pytest", "-q", *(session.posargs or ["browser"]))


@nox.session
def reference(session: nox.Session) -> None:
    """Compare with DCMTK, highdicom, SimpleITK and dcm2niix; needs the first and the last."""
    session.install("-e", ".[all]", *group("reference"))
    session.run("pytest", "-q", *(session.posargs or ["reference"]))


@nox.session
def fuzz(session: nox.Session) -> None:
    """Mutate real files 200,000 times, which takes hours; ``-- --mutants 2000`` is a taste."""
    session.install("-e", ".[all]", *group("tests"))
    session.run("python", "-m", "tests.fuzz", *(session.posargs or ["--mutants", "200000"]))


@nox.session
def guided(session: nox.Session) -> None:
    """Fuzz headers and streams by the code that they reach, for ten minutes; needs Linux."""
    session.install("-e", ".[all]", *group("guided"))
    session.run("python", "-m", "tests.fuzz.guided", *(session.posargs or ["--seconds", "600"]))


@nox.session
def bench(session: nox.Session) -> None:
    """Compare speed and memory with the goals; prints one table."""
    session.install(".[all]", *group("bench"))
    session.run("python", "-m", "benchmarks", *session.posargs)
