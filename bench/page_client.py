"""A page reader in a process of its own: raw HTTP/1.1 on kept connections, one line of JSON at the end.

python -m bench.page_client PORT PATH… --cookie NAME=VALUE --connections 16 --seconds 3
"""

import argparse
import asyncio
import json
import re
import time
from collections.abc import Sequence
from itertools import cycle
from statistics import median

HOST = "127.0.0.1"
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


class Failed(RuntimeError):
    """Something else than the page came."""


async def read_pages(
    port: int, requests: Sequence[bytes], *, seconds: float, times: list[list[float]], least: int = 0
) -> int:
    """One connection: ask for the pages by turns, again and again; returns the bytes of the last.

    `times`: seconds of each page, by its place among `requests`. `least`: how often each is read anyway.
    """
    reader, writer = await asyncio.open_connection(HOST, port)
    end = time.perf_counter() + seconds
    size = 0
    for place in cycle(range(len(requests))):
        begin = time.perf_counter()
        if begin >= end and len(times[place]) >= least:
            break
        writer.write(requests[place])
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if b" 200 " not in head[:20] or length is None:
            raise Failed(head.decode("latin-1").splitlines()[0])
        size = int(length[1])
        await reader.readexactly(size)
        times[place].append(time.perf_counter() - begin)
    writer.close()
    return size


async def measure(
    port: int, paths: Sequence[str], *, cookie: str, connections: int, seconds: float, least: int
) -> dict[str, object]:
    """So many connections at once."""
    session = f"Cookie: {cookie}\r\n" if cookie else ""
    requests = [f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\n{session}\r\n".encode() for path in paths]
    await read_pages(port, requests, seconds=0.2, times=[[] for _ in paths])  # what is slow once only
    by_path: list[list[float]] = [[] for _ in paths]
    begin = time.perf_counter()
    readers = [read_pages(port, requests, seconds=seconds, times=by_path, least=least) for _ in range(connections)]
    sizes = await asyncio.gather(*readers)
    taken = time.perf_counter() - begin
    times = sorted(one for some in by_path for one in some)
    return {
        "pages": len(times),
        "page_bytes": sizes[0],
        "per_second": len(times) / taken,
        "p50_ms": 1000 * times[len(times) // 2],
        "p95_ms": 1000 * times[max(0, int(len(times) * 0.95) - 1)],
        "p99_ms": 1000 * times[max(0, int(len(times) * 0.99) - 1)],
        "medians_ms": [round(1000 * median(some), 1) if some else None for some in by_path],
    }


def main() -> None:
    """Parse, read, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("paths", nargs="+", metavar="path")
    parser.add_argument("--cookie", default="")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--least", type=int, default=0, help="times that each page is read, however long it takes")
    options = parser.parse_args()
    found = measure(
        options.port,
        options.paths,
        cookie=options.cookie,
        connections=options.connections,
        seconds=options.seconds,
        least=options.least,
    )
    print(json.dumps(asyncio.run(found)))


if __name__ == "__main__":
    main()
