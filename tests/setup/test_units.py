"""The units of docs/scaling.md are such as systemd takes."""

import re
import subprocess
from pathlib import Path
from shutil import which

import pytest

SCALING = Path(__file__).parents[2] / "docs" / "scaling.md"
_UNIT = re.compile(r"^```ini\n# (?P<path>/etc/systemd/system/\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def units() -> dict[str, str]:
    """The text of each by its name; what is added to another's stands under its path."""
    begin = len("/etc/systemd/system/")
    return {found["path"][begin:]: found["text"] for found in _UNIT.finditer(SCALING.read_text())}


@pytest.mark.skipif(which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("name", [name for name in units() if "/" not in name])
def test_systemd_finds_no_mistake_in_a_unit(tmp_path: Path, name: str) -> None:
    """The program that it starts is not installed here, and so it is another one."""
    installed = tmp_path / name.replace("@.", "@1.")
    installed.write_text(units()[name].replace("/opt/mailgate/bin/mailgate", "/bin/true"))

    done = subprocess.run(["systemd-analyze", "verify", str(installed)], capture_output=True, text=True, check=False)

    assert (done.returncode, [line for line in done.stderr.splitlines() if "mailgate" in line]) == (0, [])


def test_each_program_has_its_unit() -> None:
    started = {found for text in units().values() for found in re.findall(r"config\.toml (.+)$", text, re.MULTILINE)}

    assert started == {"serve --no-workers", "worker", "web", "schedule"}
