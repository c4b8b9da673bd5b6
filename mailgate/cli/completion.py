"""`mailgate completion`: what makes a shell complete commands, options and their values."""

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print what SHELL has to read so that the tab key completes commands, options and their values.

    \b
    bash: mailgate completion bash > ~/.local/share/bash-completion/completions/mailgate
    zsh:  mailgate completion zsh > ~/.zfunc/_mailgate, with fpath+=~/.zfunc before compinit in ~/.zshrc
    fish: mailgate completion fish > ~/.config/fish/completions/mailgate.fish
    """
    found = get_completion_class(shell)
    assert found is not None  # click knows all of SHELLS
    root = click.get_current_context().find_root().command
    click.echo(found(root, {}, "mailgate", "_MAILGATE_COMPLETE").source())
