"""A server of Python's `websockets` for the tests: sends each message back and tells how each connection ended.

usage: websocket_echo_server.py [CERTIFICATE KEY]    (files, for TLS)

Prints its port on the first line, and `closed CODE REASON` for each connection.
"""

import ssl
import sys

from websockets.sync.server import serve
from websockets.exceptions import ConnectionClosed


def echo(connection):
    try:
        while True:
            message = connection.recv()
            if message == "close":
                connection.close(4001, "as you wish")
                return
            if message == "parts":
                connection.send(str(number) for number in range(10))
                continue
            if message == "ping":
                answered = connection.ping(b"are you there").wait(60)
                connection.send("pong" if answered else "nothing")
                continue
            connection.send(message)
    except ConnectionClosed as end:
        code, reason = (end.rcvd.code, end.rcvd.reason) if end.rcvd else (None, "")
        print(f"closed {code} {reason}".rstrip(), flush=True)


context = None
if len(sys.argv) > 1:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*sys.argv[1:])
with serve(echo, "127.0.0.1", 0, max_size=64 << 20, ssl=context) as server:
    print(server.socket.getsockname()[1], flush=True)
    sys.stdin.close()
    server.serve_forever()
