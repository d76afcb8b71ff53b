"""Bad users: connections that are held, trickled on or never read, each begun anew when the service ends it.

Run as ``python -m service.bench.load_attackers PORT CONNECTIONS``, with a clinic's key on standard input. It writes one
line when all are connected, and ends after ten minutes at most.
"""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

_HOST: Final = "127.0.0.1"
_LONGEST_S: Final = 600
_PAUSE_S: Final = 0.5
_AGAIN_S: Final = 0.2
_ROOM_BYTES: Final = 4096  # so little is taken of an answer that the rest stays with the service

Lines = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Attack = Callable[[asyncio.StreamWriter, str], Awaitable[None]]


async def _idle(line: asyncio.StreamWriter, _key: str) -> None:
    """Say nothing."""
    await line.wait_closed()


async def _trickle_headers(line: asyncio.StreamWriter, _key: str) -> None:
    line.write(b"GET /v1/subjects HTTP/1.1\r\nHost: x\r\n")
    await _trickle(line, b"X-Slow: loris\r\n")


async def _trickle_body(line: asyncio.StreamWriter, key: str) -> None:
    line.write(
        b"POST /v1/subjects HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n"
        b"Authorization: Bearer " + key.encode() + b"\r\n\r\n"
    )
    await _trickle(line, b" ")


async def _never_read(line: asyncio.StreamWriter, _key: str) -> None:
    """Ask for the largest page there is, and leave the answer where it is."""
    line.write(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
    await line.wait_closed()


async def _trickle(line: asyncio.StreamWriter, piece: bytes) -> None:
    while True:
        for byte in piece:
            line.write(bytes([byte]))
            await line.drain()
            await asyncio.sleep(_PAUSE_S)


KINDS: Final[dict[str, Attack]] = {
    "idle": _idle,
    "headers trickle": _trickle_headers,
    "bodies trickle": _trickle_body,
    "answers not read": _never_read,
}
"""What each of the connections does."""


async def _connected(port: int) -> socket.socket:
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _ROOM_BYTES)
    line.setblocking(False)
    await asyncio.get_running_loop().sock_connect(line, (_HOST, port))
    return line


async def _keep_on(attack: Attack, port: int, key: str, connected: asyncio.Semaphore) -> None:
    while True:
        with suppress(OSError):
            _, line = await asyncio.open_connection(sock=await _connected(port), limit=1)
            connected.release()
            try:
                await attack(line, key)
            finally:
                line.close()
        await asyncio.sleep(_AGAIN_S)


async def _attack(port: int, key: str, connections: int) -> None:
    connected = asyncio.Semaphore(0)
    attacks = [attack for attack in KINDS.values() for _ in range(connections)]
    tasks = [asyncio.create_task(_keep_on(attack, port, key, connected)) for attack in attacks]
    for _ in tasks:
        await connected.acquire()
    sys.stdout.write("at work\n")
    sys.stdout.flush()
    await asyncio.wait(tasks, timeout=_LONGEST_S)


if __name__ == "__main__":
    asyncio.run(_attack(int(sys.argv[1]), sys.stdin.readline().strip(), int(sys.argv[2])))
