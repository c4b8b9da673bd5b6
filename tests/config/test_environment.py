"""Settings that the environment overrides."""

import pytest

from mailgate.config import HostPort, Tls
from tests.config.conftest import Loader, Refuser


def test_variable_overrides_the_file_and_the_file_the_default(loaded: Loader) -> None:
    settings = loaded("[workers]\nthreads = 8\n[limits]\nmax_recipients = 7", {"MAILGATE_WORKERS__THREADS": "9"})

    assert settings.workers.threads == 9
    assert settings.limits.max_recipients == 7
    assert settings.limits.max_connections == 200


def test_variables_are_read_as_the_kind_of_their_setting(loaded: Loader) -> None:
    settings = loaded(
        "",
        {
            "MAILGATE_SMTP__LISTEN": "[::1]:2526",
            "MAILGATE_LMTP__LISTEN": "",
            "MAILGATE_SMARTHOST__TLS": "none",
            "MAILGATE_SPAM__HOLD_SCORE": "6",
            "MAILGATE_DESK_RULES__UNDO_SECONDS": " 0 ",
            "MAILGATE_GATE__COMPANY": 'Quotes "stay"',
        },
    )

    assert settings.smtp.listen == HostPort("::1", 2526)
    assert settings.lmtp.listen is None
    assert settings.smarthost.tls is Tls.NONE
    assert settings.spam.hold_score == 6.0
    assert settings.desk_rules.undo_seconds == 0
    assert settings.gate.company == 'Quotes "stay"'


@pytest.mark.parametrize("text", ['["mx.example.org", "b"]', "mx.example.org, b", " mx.example.org,b, "])
def test_list_is_toml_or_separated_by_commas(loaded: Loader, text: str) -> None:
    settings = loaded("", {"MAILGATE_AUTHENTICATION__TRUSTED_AUTHSERV_IDS": text})

    assert settings.authentication.trusted_authserv_ids == ("mx.example.org", "b")


@pytest.mark.parametrize(
    ("variable", "text", "said"),
    [
        ("MAILGATE_WORKERS__THREADS", "four", '[workers] threads must be a whole number, not "four"'),
        ("MAILGATE_WORKERS__THREADS", "4.5", "[workers] threads must be a whole number, not a fraction"),
        ("MAILGATE_WORKERS__THREADS", "true", "[workers] threads must be a whole number, not true or false"),
        ("MAILGATE_WORKERS__THREADS", "1\nx = 2", "[workers] threads must be a whole number"),
        ("MAILGATE_WORKERS__THREADS", "", '[workers] threads must be a whole number, not ""'),
        ("MAILGATE_SPAM__HOLD_SCORE", "nan", "[spam] hold_score must be a number, not nan"),
        ("MAILGATE_SMTP__LISTN", "x", 'unknown setting\n      | did you mean "MAILGATE_SMTP__LISTEN"'),
        ("MAILGATE_smtp__listen", "x", 'unknown setting\n      | did you mean "MAILGATE_SMTP__LISTEN"'),
        ("MAILGATE_DESK__ADDRESS", "x", "[[desk]] is a list and can be set in the file only"),
        ("MAILGATE_AUTHENTICATION__TRUSTED_AUTHSERV_IDS", "[1]", "but one item is a whole number"),
    ],
)
def test_mistake_in_a_variable_names_it(refused: Refuser, variable: str, text: str, said: str) -> None:
    errors = refused("", {variable: text})

    assert len(errors.problems) == 1
    assert str(errors).startswith(f"{variable}: ")
    assert said in str(errors)


@pytest.mark.parametrize("variable", ["MAILGATE_HOME", "MAILGATE_SMTP_LISTEN", "OTHER_SMTP__LISTEN", "PATH"])
def test_variable_that_is_not_ours_is_left_alone(loaded: Loader, variable: str) -> None:
    assert loaded("", {variable: "x"}) == loaded("")


def test_variable_that_breaks_a_rule_between_settings_is_named(refused: Refuser) -> None:
    errors = refused('[web]\nlisten = "127.0.0.1:1"', {"MAILGATE_WEB__LISTEN": "0.0.0.0:80"})

    assert str(errors).startswith('MAILGATE_WEB__LISTEN: [web] listen "0.0.0.0:80" needs public_url')
