"""Runs one Python plugin for an ImJoy host that is at the other end of our standard input and output.

The protocol is imjoy-rpc API version 0.2.3, spoken by the unmodified `imjoy_rpc` package; this file gives it a
connection over pipes (frames as in Documentation/WireProtocol.md) and runs the plugin's script in `__main__`.
"""
import asyncio
import atexit
import inspect
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
from imjoy_rpc.utils import FuturePromise, MessageEmitter, ReferenceStore, dotdict  # noqa: E402

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
        try:
            total, header_length = struct.unpack("<II", self.take(8))
            table, message = msgpack.unpackb(
                self.take(header_length), strict_map_key=False, unicode_errors="replace"
            )
            position = 8 + header_length
            for path, length in table:
                self.take(padded(position) - position)
                data = self.take(length)
                position = padded(position) + length
                place = message
                for step in path[:-1]:
                    place = place[step]
                place[path[-1]] = data
            self.take(total - position)
            return message
        except EOFError:
            return None

    def take(self, count):
        data = self.source.read(count)
        if len(data) < count:
            raise EOFError
        return data

    def write(self, message):
        buffers = []
        stripped = self.strip(message, [], buffers)
        table = [[path, len(data)] for path, data in buffers]
        header = msgpack.packb([table, stripped], use_bin_type=True, unicode_errors="replace")
        start = padded(8 + len(header))
        total = start + sum(padded(len(data)) for _, data in buffers)
        if total > LARGEST_FRAME:
            raise ValueError(
                "a message of {} bytes is too large, the limit is {}; send large arrays in parts".format(
                    total, LARGEST_FRAME
                )
            )
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
        if isinstance(value, (bytes, bytearray)) and len(value) >= SMALLEST_BUFFER:
            buffers.append((path, value))
            return None
        return value

    def write_all(self, pieces):
        while pieces:
            try:
                written = os.writev(self.target, pieces[:64])
            except BrokenPipeError:
                # The host has hung up, so nobody wants to know any more; the reading end tells us to stop.
                return
            while pieces and written >= len(pieces[0]):
                written -= len(pieces.pop(0))
            if pieces and written:
                pieces[0] = pieces[0][written:]


class Emitter(MessageEmitter):
    """The emitter of the package, whose handlers for one event never leave."""

    def once(self, event, handler):
        def first(data):
            # The list that is being walked through stays as it is.
            self._event_handlers[event] = [other for other in self._event_handlers[event] if other is not first]
            handler(data)

        self.on(event, first)


class Connection(Emitter):
    """What an imjoy_rpc RPC object needs to know of a link."""

    def __init__(self, pipe):
        super().__init__(logging.getLogger("imjoy.worker"))
        self.pipe = pipe
        self.peer_id = str(uuid.uuid4())

    def emit(self, message):
        self.pipe.write(message)

    def disconnect(self):
        asyncio.get_event_loop().stop()


class Store(ReferenceStore):
    """Functions that the host may call once; of a promise's two halves the one that is not used goes with the other."""

    def __init__(self):
        super().__init__()
        self.partners = {}

    def pair(self, first, second):
        self.partners[first] = second
        self.partners[second] = first

    def fetch(self, search_id):
        partner = self.partners.pop(search_id, None)
        if partner is not None:
            del self.partners[partner]
            del self._store[partner]
        return self._store.pop(search_id, None)


class Reply(FuturePromise):
    """What comes of a call; a plugin that is gone is told by an error of its own."""

    def resolve(self, result):
        # Who has cancelled the call does not wait for it any more.
        if not self.done():
            super().resolve(result)

    def reject(self, error):
        if self.done():
            return
        if isinstance(error, ConnectionError) and not (self._catch_handler or self._finally_handler):
            self.set_exception(error)
        else:
            super().reject(error)


# Functions of these names take objects that stay.
INTERFACE_TAKERS = ("register", "registerService", "register_service", "export", "on")


class PluginRPC(Emitter, RPC):
    """The RPC object of the package, which keeps nothing of a call that has ended.

    It also answers calls that end by being cancelled or whose result cannot go, and lets objects of other plugins go.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._store = Store()
        self.disposals = []
        self._connection.on("disposed", self.end_disposal)

    def reset(self):
        super().reset()
        self._store = Store()

    def call(self, message, arguments, kwargs, as_interface=False):
        arguments = list(arguments)
        if kwargs:
            arguments.append(kwargs)

        def send(resolve, reject):
            promise = self.wrap([resolve, reject])
            self._store.pair(promise[0]["_rvalue"], promise[1]["_rvalue"])
            try:
                message["args"] = self.wrap(arguments, as_interface=as_interface)
                message.update(with_kwargs=bool(kwargs), promise=promise)
                self._connection.emit(message)
            except BaseException:
                self._store.fetch(promise[0]["_rvalue"])
                raise

        return Reply(send, self._remote_logger, self.dispose_object)

    def _gen_remote_method(self, target_id, name, plugin_id=None):
        def remote_method(*arguments, **kwargs):
            message = {"type": "method", "target_id": target_id, "name": name, "object_id": plugin_id}
            return self.call(message, arguments, kwargs, as_interface=name in INTERFACE_TAKERS)

        remote_method.place = (plugin_id, target_id)
        return remote_method

    def _gen_remote_callback(self, target_id, cid, with_promise):
        if not with_promise:
            return super()._gen_remote_callback(target_id, cid, with_promise)

        def remote_callback(*arguments, **kwargs):
            return self.call({"type": "callback", "id": cid, "target_id": target_id}, arguments, kwargs)

        return remote_callback

    def _decode(self, a_object, with_promise):
        if isinstance(a_object, dict) and a_object.get("_rtype") == "error" and a_object.get("_rcode") == "disconnected":
            return ConnectionError(a_object["_rvalue"])
        return super()._decode(a_object, with_promise)

    def dispose_object(self, obj):
        """Lets the owner of `obj` forget it; answers have no name, so one is waited for before the next is asked."""
        try:
            object_id = self._object_weakmap[obj]
        except (KeyError, TypeError):
            raise ValueError("this is no object of another plugin or of the host") from None
        members = obj.values() if isinstance(obj, dict) else []
        # Every name is an attribute of the mappings among them.
        places = [member.place for member in members if callable(member) and hasattr(member, "place")]
        message = {"type": "disposeObject", "object_id": object_id}
        message["target_id"] = dict(places).get(object_id)
        future = self.loop.create_future()
        self.disposals.append((message, future))
        if len(self.disposals) == 1:
            self._connection.emit(message)
        return future

    def end_disposal(self, data):
        if not self.disposals:
            return
        _, future = self.disposals.pop(0)
        if not future.done():
            if data.get("error"):
                future.set_exception(Exception(data["error"]))
            else:
                future.set_result(None)
        if self.disposals:
            self._connection.emit(self.disposals[0][0])

    def _call_method(self, method, args, kwargs, resolve=None, reject=None, method_name=None):
        def answering(*args, **kwargs):
            result = method(*args, **kwargs)
            return answer(result) if inspect.isawaitable(result) else result

        async def answer(result):
            try:
                return await result
            except asyncio.CancelledError as error:
                raise RuntimeError("the call was cancelled by the plugin itself") from error

        def deliver(result):
            try:
                resolve(result)
            except Exception as error:
                raise ValueError(
                    "what `{}` returned cannot be sent: {}: {}".format(method_name, type(error).__name__, error)
                ) from None

        super()._call_method(answering, args, kwargs, resolve and deliver, reject, method_name)


class Worker:
    def __init__(self, name):
        self.name = name
        self.context = imjoy_rpc._rpc_context
        self.pipe = Pipe(PROTOCOL_INPUT, PROTOCOL_OUTPUT)
        self.connection = Connection(self.pipe)
        self.rpc = None
        self.codecs = {}
        self.main = types.ModuleType("__main__")
        self.loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self.loop)
        self.exported = asyncio.Event()

    def run(self):
        self.context.api = dotdict(export=self.export, init=self.init)
        self.connection.on("initialize", self.initialize)
        self.connection.on("disconnect", lambda _: self.loop.stop())
        sys.modules["__main__"] = self.main
        provide_classic_module()
        threading.Thread(target=self.listen, daemon=True).start()
        config = {"name": self.name, "allow_execution": True, "api_version": "0.2.3"}
        self.connection.emit({"type": "imjoyRPCReady", "config": config, "peer_id": self.connection.peer_id})
        try:
            self.loop.run_forever()
        finally:
            # What the plugin leaves behind ends with us; that is no news.
            logging.getLogger("asyncio").setLevel(logging.CRITICAL)

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
            self.loop.create_task(self.answer_execute(message["code"]))
        else:
            self.connection._fire(kind, message)

    def initialize(self, message):
        config = dict(message["config"])
        config["id"] = self.connection.peer_id
        self.rpc = PluginRPC(self.connection, self.context, config=config, codecs=self.codecs)
        # The package takes an empty mapping for none and makes one of its own.
        self.rpc._codecs = self.codecs
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
        self.exported.set()
        if isinstance(interface, type):
            interface = interface()
        return self.rpc.set_interface(interface)

    def init(self, config=None):
        return self.export({"setup": lambda: None}, config)

    def register_codec(self, config):
        self.codecs[config["name"]] = dotdict(config)

    async def answer_execute(self, code):
        self.connection.emit(await self.execute(code))

    async def execute(self, code):
        """Runs a script and returns the answer: `executed`, with the traceback when it failed."""
        try:
            if code["type"] == "script":
                self.rpc._run_with_context(self.run_script, code)
            elif code["type"] != "requirements":
                raise ValueError("a Python plugin cannot use {} blocks".format(code["type"]))
            if code.get("last"):
                await self.wait_for_export()
            # Modules that the script brought along may have changed what can be sent.
            self.rpc.check_modules()
            return {"type": "executed"}
        except BaseException as error:
            # Frames of this file would only hide the plugin's own lines.
            trace = error.__traceback__
            while trace is not None and trace.tb_frame.f_code.co_filename != code.get("file"):
                trace = trace.tb_next
            text = "".join(traceback.format_exception(type(error), error, trace))
            return {"type": "executed", "error": text.rstrip()}

    def run_script(self, code):
        name, line = code["file"], code.get("line", 1)
        source = "\n" * (line - 1) + code["content"]
        # Tracebacks quote these lines, also when the plugin did not come from a file.
        linecache.cache[name] = (len(source), None, [text + "\n" for text in source.split("\n")], name)
        exec(compile(source, name, "exec", dont_inherit=True), self.main.__dict__)

    async def wait_for_export(self):
        """A script may export later, from a task that it has started; without such a task it never will."""
        waiting = self.loop.create_task(self.exported.wait())
        try:
            await asyncio.sleep(0)
            while not self.exported.is_set():
                others = asyncio.all_tasks() - {asyncio.current_task(), waiting}
                if not others:
                    raise RuntimeError("the script ran to its end without calling api.export(...)")
                done, _ = await asyncio.wait(others | {waiting}, return_when=asyncio.FIRST_COMPLETED)
                for task in done - {waiting}:
                    if not self.exported.is_set():
                        task.result()
        finally:
            waiting.cancel()


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
    status = 0
    try:
        Worker(sys.argv[1] if len(sys.argv) > 1 else "plugin").run()
    except SystemExit as end:
        if end.code is not None and not isinstance(end.code, int):
            print(end.code, file=sys.stderr)
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass
    # An ordinary end would wait for the threads that the plugin has left running.
    os._exit(status & 0xFF)


main()
