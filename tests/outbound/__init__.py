"""Tests of what goes out: wording, bytes, and the talk with a smarthost."""
