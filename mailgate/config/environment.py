"""MAILGATE_<SECTION>__<KEY>: settings that the environment overrides."""

from collections.abc import Mapping
from dataclasses import dataclass

from mailgate.config.sections import LISTS, setting_names
from mailgate.toml_text.problems import Place, Problem, nearest

PREFIX = "MAILGATE_"
MARK = "__"


@dataclass(frozen=True, slots=True)
class Override:
    """A variable and its text, not yet read as the setting's kind."""

    variable: str
    text: str


def variable_for(section: str, key: str) -> str:
    """The name of the variable that overrides a setting."""
    return f"{PREFIX}{section}{MARK}{key}".upper()


def overrides(environ: Mapping[str, str]) -> tuple[dict[tuple[str, str], Override], list[Problem]]:
    """The overrides by section and key, and a problem for each variable that means no setting.

    Without `__` a variable is not ours to judge: MAILGATE_HOME may belong to a script.
    """
    known = {variable_for(section, key): (section, key) for section, key in setting_names()}
    found: dict[tuple[str, str], Override] = {}
    problems: list[Problem] = []
    for variable, text in sorted(environ.items()):
        if not variable.upper().startswith(PREFIX) or MARK not in variable:
            continue
        if variable in known:
            found[known[variable]] = Override(variable, text)
            continue
        section = variable[len(PREFIX) :].partition(MARK)[0].lower()
        reason = f"[[{section}]] is a list and can be set in the file only" if section in LISTS else "unknown setting"
        problems.append(Problem(Place(variable=variable), reason, () if section in LISTS else nearest(variable, known)))
    return found, problems
