"""A page reader in a process of its own: raw HTTP/1.1 on kept connections, one line of JSON at the end.

python -m bench.page_client PORT PATH --cookie NAME=VALUE --connections 16 --seconds 3
"""

import argparse
import asyncio
import json
import re
import time

HOST = "127.0.0.1"
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")


class Failed(RuntimeError):
    """Something else than the page came."""


async def read_pages(port: int, request: bytes, *, seconds: float, times: list[float]) -> int:
    """One connection: ask for the page again and again; returns the bytes of one page."""
    reader, writer = await asyncio.open_connection(HOST, port)
    end = time.perf_counter() + seconds
    size = 0
    while (begin := time.perf_counter()) < end:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if b" 200 " not in head[:20] or length is None:
            raise Failed(head.decode("latin-1").splitlines()[0])
        size = int(length[1])
        await reader.readexactly(size)
        times.append(time.perf_counter() - begin)
    writer.close()
    return size


async def measure(port: int, path: str, *, cookie: str, connections: int, seconds: float) -> dict[str, float]:
    """So many connections at once."""
    session = f"Cookie: {cookie}\r\n" if cookie else ""
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\n{session}\r\n".encode()
    await read_pages(port, request, seconds=0.2, times=[])  # what is slow once only
    times: list[float] = []
    begin = time.perf_counter()
    readers = [read_pages(port, request, seconds=seconds, times=times) for _ in range(connections)]
    sizes = await asyncio.gather(*readers)
    taken = time.perf_counter() - begin
    times.sort()
    return {
        "pages": len(times),
        "page_bytes": sizes[0],
        "per_second": len(times) / taken,
        "p50_ms": 1000 * times[len(times) // 2],
        "p99_ms": 1000 * times[max(0, int(len(times) * 0.99) - 1)],
    }


def main() -> None:
    """Parse, read, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("--cookie", default="")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()
    found = measure(
        options.port,
        options.path,
        cookie=options.cookie,
        connections=options.connections,
        seconds=options.seconds,
    )
    print(json.dumps(asyncio.run(found)))


if __name__ == "__main__":
    main()
