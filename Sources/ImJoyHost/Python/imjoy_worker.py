"""Runs one Python plugin for an ImJoy host that is at the other end of our standard input and output.

The protocol is imjoy-rpc API version 0.2.3, spoken by the unmodified `imjoy_rpc` package; this file gives it a
connection over pipes (frames as in Documentation/WireProtocol.md) and runs the plugin's script in `__main__`.
"""
import asyncio
import io
import linecache
import logging
import os
import struct
import sys
import threading
import traceback
import types
import uuid

# The protocol keeps descriptors of its own; what the plugin prints goes to the log.
PROTOCOL_INPUT = os.dup(0)
PROTOCOL_OUTPUT = os.dup(1)
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)
sys.stdout.reconfigure(line_buffering=True, errors="backslashreplace")
sys.stderr.reconfigure(line_buffering=True, errors="backslashreplace")

import msgpack  # noqa: E402
import imjoy_rpc  # noqa: E402
from imjoy_rpc.rpc import RPC  # noqa: E402
from imjoy_rpc.utils import MessageEmitter, dotdict  # noqa: E402

ALIGNMENT = 64
SMALLEST_BUFFER = 1024
LARGEST_FRAME = 2**31


def padded(count):
    return (count + ALIGNMENT - 1) & ~(ALIGNMENT - 1)


class Pipe:
    """Whole messages over two descriptors."""

    def __init__(self, source, target):
        self.source = io.BufferedReader(io.FileIO(source, "rb"), 1 << 16)
        self.target = target
        self.lock = threading.Lock()

    def read(self):
        """Returns the next message, or None when the host is gone."""
        prefix = self.source.read(8)
        if len(prefix) < 8:
            return None
        total, header_length = struct.unpack("<II", prefix)
        table, message = msgpack.unpackb(
            self.source.read(header_length), strict_map_key=False, unicode_errors="replace"
        )
        position = 8 + header_length
        for path, length in table:
            self.source.read(padded(position) - position)
            data = self.source.read(length)
            position = padded(position) + length
            place = message
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = data
        self.source.read(total - position)
        return message

    def write(self, message):
        buffers = []
        stripped = self.strip(message, [], buffers)
        table = [[path, len(data)] for path, data in buffers]
        header = msgpack.packb([table, stripped], use_bin_type=True, unicode_errors="replace")
        start = padded(8 + len(header))
        total = start + sum(padded(len(data)) for _, data in buffers)
        if total > LARGEST_FRAME:
            raise ValueError("a message of {} bytes is too large, the limit is {}; send large arrays in parts".format(total, LARGEST_FRAME))
        head = struct.pack("<II", total, len(header)) + header
        pieces = [head + bytes(start - len(head))]
        for _, data in buffers:
            pieces.append(data)
            pieces.append(bytes(padded(len(data)) - len(data)))
        with self.lock:
            self.write_all([memoryview(piece) for piece in pieces if len(piece)])

    def strip(self, value, path, buffers):
        """Copies the containers of a message, moving long byte strings to `buffers`."""
        if isinstance(value, dict):
            # A connection of ours has text keys only, as JSON has.
            return {str(key): self.strip(item, path + [str(key)], buffers) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.strip(item, path + [index], buffers) for index, item in enumerate(value)]
        if isinstance(value, (bytes, bytearray, memoryview)) and len(value) >= SMALLEST_BUFFER:
            buffers.append((path, value))
            return None
        return value

    def write_all(self, pieces):
        while pieces:
            written = os.writev(self.target, pieces[:64])
            while pieces and written >= len(pieces[0]):
                written -= len(pieces.pop(0))
            if pieces and written:
                pieces[0] = pieces[0][written:]


class Connection(MessageEmitter):
    """What an imjoy_rpc RPC object needs to know of a link."""

    def __init__(self, pipe):
        super().__init__(logging.getLogger("imjoy.worker"))
        self.pipe = pipe
        self.peer_id = str(uuid.uuid4())

    def emit(self, message):
        self.pipe.write(message)

    def disconnect(self):
        asyncio.get_event_loop().stop()


class Worker:
    def __init__(self, name):
        self.name = name
        self.context = imjoy_rpc._rpc_context
        self.pipe = Pipe(PROTOCOL_INPUT, PROTOCOL_OUTPUT)
        self.connection = Connection(self.pipe)
        self.rpc = None
        self.codecs = {}
        self.exported = False
        self.main = types.ModuleType("__main__")
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)

    def run(self):
        self.context.api = dotdict(export=self.export, init=self.init)
        self.connection.on("initialize", self.initialize)
        self.connection.on("disconnect", lambda _: self.loop.stop())
        sys.modules["__main__"] = self.main
        provide_classic_module()
        threading.Thread(target=self.listen, daemon=True).start()
        config = {"name": self.name, "allow_execution": True, "api_version": "0.2.3"}
        self.connection.emit({"type": "imjoyRPCReady", "config": config, "peer_id": self.connection.peer_id})
        self.loop.run_forever()

    def listen(self):
        """Hands messages to the event loop until the host is gone."""
        try:
            while True:
                message = self.pipe.read()
                if message is None:
                    break
                self.loop.call_soon_threadsafe(self.receive, message)
        finally:
            self.loop.call_soon_threadsafe(self.loop.stop)

    def receive(self, message):
        kind = message.get("type")
        if kind != "initialize" and message.get("peer_id") != self.connection.peer_id:
            return
        if kind == "execute":
            self.connection.emit(self.execute(message["code"]))
        else:
            self.connection._fire(kind, message)

    def initialize(self, message):
        config = dict(message["config"])
        config["id"] = self.connection.peer_id
        self.rpc = RPC(self.connection, self.context, config=config, codecs=self.codecs)
        self.rpc.on("remoteReady", self.patch)
        self.rpc.init()

    def patch(self, _):
        """Adds to the host's functions those that work on this side."""
        api = self.rpc.get_remote()
        api.export = self.export
        api.init = self.init
        api.dispose = self.rpc.disconnect
        api.registerCodec = api.register_codec = self.register_codec
        api.disposeObject = api.dispose_object = self.rpc.dispose_object
        api._rpc = self.rpc

    def export(self, interface, config=None):
        self.exported = True
        if isinstance(interface, type):
            interface = interface()
        return self.rpc.set_interface(interface)

    def init(self, config=None):
        return self.export({"setup": lambda: None}, config)

    def register_codec(self, config):
        self.codecs[config["name"]] = dotdict(config)

    def execute(self, code):
        """Runs a script and answers as `executed` does: with the traceback when it failed."""
        try:
            if code["type"] == "script":
                self.rpc._run_with_context(self.run_script, code)
            elif code["type"] != "requirements":
                raise ValueError("a Python plugin cannot use {} blocks".format(code["type"]))
            if code.get("last") and not self.exported:
                raise RuntimeError("the script ran to its end without calling api.export(...)")
            # Modules that the script brought along may have changed what can be sent.
            self.rpc.check_modules()
            return {"type": "executed"}
        except BaseException as error:
            # Frames of this file would only hide the plugin's own lines.
            trace = error.__traceback__
            while trace is not None and trace.tb_frame.f_code.co_filename != code.get("file"):
                trace = trace.tb_next
            return {"type": "executed", "error": "".join(traceback.format_exception(type(error), error, trace))}

    def run_script(self, code):
        name, line = code["file"], code.get("line", 1)
        source = "\n" * (line - 1) + code["content"]
        lines = source.splitlines(keepends=True)
        # Tracebacks quote these lines, also when the plugin did not come from a file.
        linecache.cache[name] = (len(source), None, lines, name)
        exec(compile(source, name, "exec", dont_inherit=True), self.main.__dict__)


def provide_classic_module():
    """Lets `from imjoy import api` work where no package of that name is installed."""
    import importlib.util

    if importlib.util.find_spec("imjoy") is None:
        module = types.ModuleType("imjoy", "The ImJoy API of this process.")
        module.api = imjoy_rpc.api
        sys.modules["imjoy"] = module


def main():
    # Failures go to the host; the package would print each a second time.
    for logger in ("RPC", "ImJoy-RPC"):
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    Worker(sys.argv[1] if len(sys.argv) > 1 else "plugin").run()


main()
