"""A client of Python's `websockets` that checks a server which sends each message back.

usage: websocket_client.py URL [AUTHORITY]    (the file of the authority that has signed the server's certificate)
"""

import hashlib
import ssl
import sys

from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

url, *authority = sys.argv[1:]
trust = {"ssl": ssl.create_default_context(cafile=authority[0])} if authority else {}


def block(count):
    return (hashlib.sha256(str(count).encode()).digest() * (count // 32 + 1))[:count]


with connect(url, max_size=64 << 20, **trust) as connection:
    assert connection.subprotocol is None
    assert not connection.protocol.extensions, "compression was not to be agreed"
    for count in [0, 1, 125, 126, 65535, 65536, 1 << 20, 16 << 20]:
        connection.send(block(count))
        assert connection.recv() == block(count), count
        text = ("µ" * count)[: count // 2]
        connection.send(text)
        assert connection.recv() == text, count
    # Fragments, and messages that wait for each other.
    connection.send(bytes([number]) for number in range(100))
    assert connection.recv() == bytes(range(100))
    connection.send(iter(["frag", "", "ments"]))
    assert connection.recv() == "fragments"
    for number in range(1000):
        connection.send(str(number))
    for number in range(1000):
        assert connection.recv() == str(number)
    assert connection.ping(b"are you there").wait(60)
    connection.close(4000, "enough")
assert connection.close_code == 4000, connection.close_code

# What the server refuses.
try:
    connect(url, origin="http://evil.example", **trust)
    raise AssertionError("a page was let in")
except InvalidStatus as refusal:
    assert refusal.response.status_code == 403

print("ok")
