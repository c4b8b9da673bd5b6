"""Fields: lines `name: value` directly below the command that takes them, as mail programs and people write them."""

import pytest

from mailgate.commands.misread import Fault
from mailgate.commands.verb import Argument
from tests.commands.house import reading


def fields(body: str) -> dict[str, str | None]:
    """What the last command is given, where nothing was misread."""
    found = reading(body)
    assert found.misread == ()
    return {name: value.words if value else None for name, value in found.commands[-1].fields.items()}


def faults(body: str) -> list[tuple[str, Fault]]:
    return [(one.line, one.fault) for one in reading(body).misread]


def test_the_lines_directly_below_a_command_are_its_fields_and_no_words() -> None:
    found = reading("!order business-linux\ndomain: x.org\nbilling cycle: yearly\n\nThank you.\ncopy to: a@x.example\n")

    [command] = found.commands
    assert command.argument == Argument("business-linux")
    assert command.fields == {"domain": Argument("x.org"), "billing cycle": Argument("yearly")}
    assert (found.words, found.misread) == ("Thank you.\ncopy to: a@x.example", ())


def test_the_first_line_that_is_no_field_ends_them() -> None:
    found = reading("!order business-linux\ndomain: x.org\nAs soon as you can, please.\nremark: none of yours\n")

    assert set(found.commands[0].fields) == {"domain"}
    assert found.words == "As soon as you can, please.\nremark: none of yours"


@pytest.mark.parametrize("name", ["billing cycle", "Billing-Cycle", "BILLING_CYCLE", "billing  cycle", "billing‐cycle"])
def test_names_are_read_without_case_and_with_dash_and_blank_alike(name: str) -> None:
    assert fields(f"!order basic\n{name}: yearly\n") == {"billing cycle": "yearly"}


def test_a_field_without_a_value_is_not_given_and_none_empties_it() -> None:
    assert fields("!order basic\ndomain:\ncopy to: None\nremark:   \n") == {"copy to": None}


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("domain:\u00a0x.org", "domain", "x.org"),
        ("domain\u00a0: x.org", "domain", "x.org"),
        ("domain:x.org", "domain", "x.org"),
        ("domain：x.org", "domain", "x.org"),
        ("domain: x.org<http://x.org>", "domain", "x.org"),
        ("domain: x.org<http://x.org/>", "domain", "x.org"),
        ("domain: x.org [http://x.org]", "domain", "x.org"),
        ("domain: x.org <https://x.org/>.", "domain", "x.org"),
        ("domain: X.org<http://x.org/>", "domain", "X.org"),
        ("domain: x.org.", "domain", "x.org"),
        ("domain: x.org,", "domain", "x.org"),
        ("domain: \u200bx.org\ufeff", "domain", "x.org"),
        ("domain: x\u200b.org", "domain", "x.org"),
        ("copy to: a@x.example<mailto:a@x.example>", "copy to", "a@x.example"),
        ("copy to: a@x.example [mailto:a@x.example],", "copy to", "a@x.example"),
        ("copy to: a@x.example.", "copy to", "a@x.example"),
        ("* domain: x.org", "domain", "x.org"),
        ("• domain: x.org", "domain", "x.org"),
        ("remark: call at 10:30, see https://x.org/a", "remark", "call at 10:30, see https://x.org/a"),
        ("remark: Miller Inc.", "remark", "Miller Inc."),
        ("remark: “quoted” as typed", "remark", "“quoted” as typed"),
    ],
)
def test_a_value_is_read_as_it_was_typed(line: str, name: str, value: str) -> None:
    assert fields(f"!order basic\n{line}\n") == {name: value}


def test_quotation_marks_are_straight_where_they_mean_something() -> None:
    assert fields("!dns x.org\nvalue: “v=spf1 mx -all”\n") == {"value": '"v=spf1 mx -all"'}


def test_a_link_to_anything_else_is_not_taken_for_what_was_typed() -> None:
    assert faults("!order basic\ndomain: x.org<http://evil.example>\n") == [
        ("domain: x.org<http://evil.example>", Fault.NAME_BELONGS)
    ]


@pytest.mark.parametrize(
    "body",
    [
        "!order basic\n> domain: x.org\n",
        "!order basic\n\nOn Mon, 2 Mar 2026, Desk wrote:\n> domain: x.org\n",
        "!order basic\nFrom: Desk <support@in.example>\nSent: Monday\nTo: Anne\nSubject: Order\n",
        "!order basic\nVon: Desk <support@in.example>\nGesendet: Montag\n",
        "!order basic\n-- \ndomain: x.org\n",
    ],
)
def test_fields_are_never_read_from_quotes(body: str) -> None:
    assert fields(body) == {}


@pytest.mark.parametrize(
    "line",
    [
        "see https://x.org/a",
        "https://x.org",
        "Thanks :)",
        "We meet at 10:30 there",
        "I would like to say: hello",
        "12:30 is fine",
        "Hello",
        ": x",
    ],
)
def test_what_only_has_a_colon_in_it_is_words(line: str) -> None:
    found = reading(f"!order basic\n{line}\n")

    assert (found.misread, found.words) == ((), line)


def test_an_unknown_name_means_that_nothing_is_done_and_the_nearest_is_told() -> None:
    found = reading("!order basic\nbiling cycle: yearly\ncolour: red\n")

    near, far = found.misread
    assert (near.fault, near.correct) == (Fault.NO_SUCH_FIELD, "billing cycle: yearly")
    assert (far.line, far.correct) == ("colour: red", None)
    assert far.values == {"command": "!order", "names": "domain, billing cycle, copy to, remark"}


def test_a_name_stands_once() -> None:
    assert faults("!order basic\ndomain: x.org\nDomain: y.org\n") == [("Domain: y.org", Fault.FIELD_TWICE)]


def test_a_value_that_cannot_be_is_told_with_how_it_is_written() -> None:
    [misread] = reading("!order basic\ncopy to: everybody\n").misread

    assert (misread.fault, misread.example) == (Fault.ADDRESS_BELONGS, "copy to: ann@example.org")


@pytest.mark.parametrize("between", ["", "\n"])
def test_a_command_below_a_field_means_that_nothing_is_done(between: str) -> None:
    found = reading(f"!order basic\ndomain: x.org\n{between}!order other\ndomain: y.org\n")

    assert [(one.line, one.fault) for one in found.misread] == [("!order other", Fault.COMMAND_BELOW)]
    assert found.corrected == ()


def test_an_exclamation_below_a_field_is_no_command() -> None:
    found = reading("!order basic\ndomain: x.org\n\n!!! it is urgent\n")

    assert (found.misread, found.words) == ((), "!!! it is urgent")


def test_a_field_below_two_commands_that_take_fields_could_be_of_either() -> None:
    [misread] = reading("!order basic\n!dns x.org\nvalue: x\n").misread

    assert (misread.line, misread.fault) == ("value: x", Fault.FIELD_OF_TWO)
    assert misread.values == {"command": "!order", "other": "!dns"}
    assert faults("!order basic\n!order other\ndomain: x.org\n") == [("domain: x.org", Fault.FIELD_OF_TWO)]


def test_fields_below_another_command_are_not_those_of_the_one_above_it() -> None:
    [misread] = reading("!order basic\n!close\ndomain: x.org\n").misread

    assert (misread.line, misread.fault, misread.values) == (
        "domain: x.org",
        Fault.FIELD_ALONE,
        {"command": "!order"},
    )


@pytest.mark.parametrize(
    "body",
    [
        "domain: x.org\nbilling cycle: yearly\n",
        "domain: x.org\n!order basic\n",
        "!order basic\n\ndomain: x.org\n",
    ],
)
def test_fields_without_a_command_directly_above_them_are_told(body: str) -> None:
    found = reading(body)

    assert [(one.line, one.fault, one.values) for one in found.misread] == [
        ("domain: x.org", Fault.FIELD_ALONE, {"command": "!order"})
    ]


@pytest.mark.parametrize("body", ["domain: x.org\nproblem: no mail\n", "Hello: there\n", "domain: x.org\nHello\n"])
def test_words_with_colons_are_words(body: str) -> None:
    found = reading(body)

    assert (found.commands, found.misread, found.words) == ((), (), body.strip())


def test_below_a_command_without_fields_all_is_words() -> None:
    found = reading("!close\ndomain: x.org\n")

    assert (len(found.commands), found.misread, found.words) == (1, (), "domain: x.org")


def test_the_fields_of_a_misspelt_command_are_no_words_and_are_in_the_corrected_mail() -> None:
    found = reading("!oder basic\ndomian: x.org\nbilling cycle: yearly\n\nThanks\n")

    assert found.words == "Thanks"
    assert found.corrected == ("!order basic", "domain: x.org", "billing cycle: yearly")
