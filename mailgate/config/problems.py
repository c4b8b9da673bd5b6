"""The configuration cannot be used, and why."""

from mailgate.toml_text.problems import Problems


class ConfigErrors(Problems):
    """The configuration cannot be used; holds every problem of the file and of the environment."""
