"""`mailgate doctor`: the table, the fixes beside it, JSON, and exit codes."""

from pathlib import Path

from tests.program import configured

HEALTHY = "config,time-zone,templates,directories,sqlite,schema"


def test_what_is_well_exits_with_0_and_what_fails_with_2(tmp_path: Path) -> None:
    program = configured(tmp_path, {"authentication": {"verify": "own"}}, has_store=False)

    ill = program.run("doctor", "--only", HEALTHY)
    program.prints("db", "upgrade")
    well = program.run("doctor", "--only", HEALTHY, "--strict")

    assert (ill.exit_code, well.exit_code) == (2, 0)
    assert "schema       skipped  because of directories" in ill.stdout
    assert f"directories: mkdir -p -m 700 {tmp_path / 'var'}" in ill.stderr


def test_warnings_count_when_they_are_asked_for(tmp_path: Path) -> None:
    program = configured(tmp_path)

    assert program.run("doctor", "--only", "smarthost").exit_code == 0
    assert program.run("doctor", "--only", "smarthost", "--strict").exit_code == 1


def test_as_json_it_is_one_array_with_stable_keys(tmp_path: Path) -> None:
    found = configured(tmp_path).rows("doctor", "--only", "smarthost")

    assert found == [
        {
            "check": "smarthost",
            "status": "warn",
            "detail": "smarthost.address is empty: nothing leaves",
            "fix": "set smarthost.address to host:port",
        }
    ]


def test_fix_makes_directories_and_closes_them(tmp_path: Path) -> None:
    program = configured(tmp_path, has_store=False)
    (tmp_path / "var").mkdir(mode=0o755)

    mended = program.run("doctor", "--only", "directories", "--fix")

    assert mended.exit_code == 0
    assert (tmp_path / "var" / "archive").stat().st_mode & 0o777 == 0o700


def test_with_broken_settings_that_is_the_finding_and_all_else_is_skipped(tmp_path: Path) -> None:
    program = configured(tmp_path)
    program.config.write_text("[gate]\ncompnay = 'Ours'\n")

    done = program.run("doctor", "--only", "schema,mx")

    assert done.exit_code == 2
    assert "compnay" in done.stdout
    assert "mx      skipped  because of config" in done.stdout


def test_a_check_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    done = configured(tmp_path).run("doctor", "--only", "dsn")

    assert done.exit_code == 64
    assert "there is no check 'dsn'" in done.stderr
