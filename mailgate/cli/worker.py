"""`mailgate worker`: workers by themselves, beside a `mailgate serve --no-workers` or on a host of their own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click

from mailgate.cli.gate import settings, told_errors
from mailgate.cli.logs import configure
from mailgate.cli.running import run_until_stopped
from mailgate.jobs import Job
from workers import main


class _Queues(click.ParamType[tuple[Job, ...]]):
    name = "queues"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[Job, ...]:
        if isinstance(value, tuple):
            return value
        known = {job.value: job for job in Job}
        words = [word.strip() for word in str(value).split(",") if word.strip()]
        for word in words:
            if word not in known:
                self.fail(f'"{word}" is no queue; there are {", ".join(known)}', param, ctx)
        return tuple(job for job in Job if job.value in words) or self.fail("names no queue", param, ctx)


@click.command()
@click.option("--queues", type=_Queues(), default=tuple(Job), metavar=",".join(Job), help="These jobs alone.")
@click.option("--threads", type=click.IntRange(1, 256), help="Mails on their way at the same time: workers.threads.")
def worker(queues: tuple[Job, ...], threads: int | None) -> None:
    """Settle and deliver what others take in. SIGTERM drains it: what is in hand is finished, the rest waits."""
    chosen = settings()
    with told_errors():
        program = main.worker(chosen, jobs=queues, threads=threads)
        configure(chosen.log)
        asyncio.run(run_until_stopped(backstage(program)))


@asynccontextmanager
async def backstage(program: main.Backstage) -> AsyncIterator[None]:
    """From its start to its drained stop."""
    await program.start()
    yield
    await program.stop()
