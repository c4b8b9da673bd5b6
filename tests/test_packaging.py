"""The wheel holds all that the program needs and runs away from the checkout; no file names a machine or a registry."""

import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PACKAGES = ("mailgate", "store", "workers", "webview")
LOCKS = ("requirements.lock", "requirements-dev.lock")
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"

_REQUIREMENT = re.compile(r"^[A-Za-z0-9][^ ]*==\S+", re.MULTILINE)
_HASH = r" \\\n    --hash=sha256:[0-9a-f]{64}"
_LOCKED = re.compile(rf"^[A-Za-z0-9._\[\]-]+==[^\s;]+(?: ; [^\\\n]+)?(?:{_HASH})+\n", re.MULTILINE)

# Written so that no line of this file is what it looks for.
_REGISTRY = re.compile(
    r"pypi[.]org|pythonhosted[.]org|npmjs[.]org|registry[.]yarnpkg|proxy[.]golang|crates[.]io|(?:deb|security)[.]debian"
    r"|archive[.]ubuntu|[a-z]://[^\s\"'<>]*/(?:simple|pypi|artifactory|nexus|npm|devpi)\b"
    r"|(?:index[-_]url|find-links|registry)[\s\"':=]+[a-z]+://",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Installed:
    """The wheel in an environment of its own: its declared dependencies beside it, and nothing of the checkout."""

    environment: Path
    directory: Path

    def runs(self, *command: str, within_seconds: float = 120) -> str:
        """Run a program of the environment from an empty directory; it must exit 0. Returns what it printed."""
        done = subprocess.run(
            [str(self.environment / "bin" / command[0]), *command[1:]],
            cwd=self.directory,
            env={"PATH": SYSTEM_PATH, "HOME": str(self.directory), "LANG": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=within_seconds,
            check=False,
        )
        assert done.returncode == 0, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout by what is installed here."""
    directory = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(directory), str(ROOT))
    [built] = directory.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An empty environment, the dependencies that the wheel declares linked into it, and the wheel installed by pip."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, with_pip=False, symlinks=True)
    packages = Path(
        sysconfig.get_path("purelib", "venv", vars={"base": str(environment), "platbase": str(environment)})
    )
    for needed in dependencies(wheel):
        link(needed, packages)
    # Without --no-deps: pip refuses when a dependency is missing or its version is not one that the wheel allows.
    pip("--python", str(environment / "bin" / "python"), "install", "--no-index", str(wheel))
    return Installed(environment, tmp_path_factory.mktemp("elsewhere"))


def test_the_wheel_holds_all_code_the_templates_and_the_settings_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = {name: archive.read(name) for name in archive.namelist() if ".dist-info/" not in name}

    expected = {name: (ROOT / package / path).read_bytes() for package in PACKAGES for name, path in files_of(package)}
    expected |= {f"mailgate/_{name}": (ROOT / name).read_bytes() for name, _ in files_of("templates")}
    expected["mailgate/_config.toml"] = (ROOT / "config.toml").read_bytes()
    assert "mailgate/_templates/mail/base.html" in expected
    assert sorted(held) == sorted(expected)
    assert [name for name, content in expected.items() if held[name] != content] == []


def test_the_wheel_runs_away_from_the_checkout(installed: Installed) -> None:
    names = ", ".join(PACKAGES)
    found = installed.runs("python", "-c", f"import sys, {names}\nfor m in {names}: print(m.__file__)\nprint(sys.path)")

    *files, path = found.splitlines()
    assert all(Path(file).is_relative_to(installed.environment) for file in files), files
    assert str(ROOT) not in path


def test_the_installed_command_explains_itself(installed: Installed) -> None:
    assert "Support and billing over plain mail." in installed.runs("mailgate", "--help")


def test_the_installed_command_finds_its_templates(installed: Installed) -> None:
    assert "templates, no mistakes" in installed.runs("mailgate", "template", "check")


def test_the_installed_command_makes_a_store(installed: Installed) -> None:
    (installed.directory / "config.toml").write_text("")

    installed.runs("mailgate", "customer", "add", "Anne Miller", "anne@customer.example")

    assert "anne@customer.example" in installed.runs("mailgate", "customer", "list")


def test_the_installed_command_plays_the_demo(installed: Installed) -> None:
    assert "from end to end" in installed.runs("mailgate", "demo", "--script", "--part", "support")


def test_the_installed_command_tells_the_year(installed: Installed) -> None:
    told = installed.runs("mailgate", "demo", "--script", "--part", "money", within_seconds=300)

    assert "from end to end" in told


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address_and_every_requirement_has_hashes(name: str) -> None:
    lock = (ROOT / name).read_text()

    assert "://" not in lock
    assert _REQUIREMENT.findall(lock)
    assert _LOCKED.sub("", lock) == ""


def test_the_locks_agree() -> None:
    run_time, develop = (set(_REQUIREMENT.findall((ROOT / name).read_text())) for name in LOCKS)

    assert run_time - develop == set()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout: what is committed is not known")
def test_no_file_names_a_machine_path_or_a_package_registry() -> None:
    here = machine_paths()

    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in committed()
        for number, line in enumerate(text.splitlines(), start=1)
        if _REGISTRY.search(line) or here.search(line)
    ]

    assert found == []


def pip(*words: str) -> None:
    """Run pip; `--isolated` keeps settings of this machine, such as a registry's address, out of it."""
    command = [sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check", "--quiet", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"


def files_of(package: str) -> Iterator[tuple[str, Path]]:
    """The files of a folder of the checkout: the name from the root, and the path inside the folder."""
    for path in sorted((ROOT / package).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(ROOT).as_posix(), path.relative_to(ROOT / package)


def dependencies(wheel: Path) -> list[Distribution]:
    """What the wheel requires, and what that requires: only declared dependencies, as installed here."""
    with zipfile.ZipFile(wheel) as archive:
        [metadata] = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        declared = BytesHeaderParser().parsebytes(archive.read(metadata)).get_all("Requires-Dist", [])
    found: dict[tuple[str, str], Distribution] = {}
    waiting = [(Requirement(text), "") for text in declared]
    while waiting:
        requirement, of_extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": of_extra}):
            continue
        for extra in ("", *requirement.extras):
            key = (canonicalize_name(requirement.name), extra)
            if key not in found:
                found[key] = distribution(requirement.name)
                waiting += [(Requirement(text), extra) for text in found[key].requires or ()]
    return list(dict.fromkeys(found.values()))


def link(needed: Distribution, packages: Path) -> None:
    """Let an environment see one distribution of this one, and no other."""
    tops = {file.parts[0] for file in needed.files or ()} - {"..", "__pycache__"}
    for top in tops:
        target = packages / top
        if not target.exists():
            target.symlink_to(Path(str(needed.locate_file(top))))


def committed() -> Iterator[tuple[str, str]]:
    """The files that are, or would be, committed, with their text."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():  # not one that was just removed
            yield name, (ROOT / name).read_text(encoding="latin-1")


def machine_paths() -> "re.Pattern[str]":
    """Where this checkout, its neighbour with the sample mails and its owner's home stand, and homes of anybody."""
    places = (ROOT, ROOT.parent / "shared", Path.home())
    named = "|".join(re.escape(str(place)) for place in places if len(place.parts) > 1)
    return re.compile(rf"(?<![\w.-])(?:(?:{named})(?=[/\s\"'`]|$)|/(?:home|Users)/\w+/)")
