"""A client of hypha-rpc that meets a Swift client on a server. `serve URL` offers a service, prints its id and waits for
a line; `use URL ID` calls everything of a service that a Swift program offers under that id and prints `ok`."""

import asyncio
import sys

import numpy as np
from hypha_rpc import connect_to_server

DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32",
          "float64", "complex64", "complex128"]


async def serve(url):
    server = await connect_to_server({"server_url": url, "client_id": "python"})

    def add(a, b=1):
        return a + b

    def fail(reason):
        raise ValueError(reason)

    async def often(ask, count):
        return sum([await ask(index) for index in range(count)])

    def numbers(count):
        yield from range(count)

    async def later(count):
        for index in range(count):
            await asyncio.sleep(0)
            yield index

    def counter(start):
        state = [start]

        def following():
            state[0] += 1
            return state[0]

        return {"_rintf": True, "start": start, "following": following}

    def who(context=None):
        return [context["from"], context["ws"]]

    def arrays():
        return {name: np.arange(6).reshape(2, 3).astype(name) for name in DTYPES}

    service = await server.register_service({
        "id": "tools", "config": {"visibility": "public"}, "echo": lambda value: value, "add": add, "fail": fail,
        "often": often, "numbers": numbers, "later": later, "counter": counter, "arrays": arrays,
        "total": lambda array: int(array.sum()), "version": "1.0"})
    await server.register_service({
        "id": "context", "config": {"visibility": "public", "require_context": True}, "who": who})
    print(service["id"], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await server.disconnect()


async def use(url, service_id):
    server = await connect_to_server({"server_url": url, "client_id": "python-user"})
    tools = await server.get_service(service_id)
    assert tools.version == "1.0", tools.version
    assert await tools.add(2, 3) == 5

    for value in [None, True, -7, 2**63, 1.5, "µm", b"\0\xff", [1, [2]], {"a": {"b": 1}}, {1, 2}]:
        back = await tools.echo(value)
        assert back == value and type(back) is type(value) or isinstance(value, dict), (value, back)
    for name in DTYPES:
        array = np.arange(6).reshape(2, 3).astype(name)
        back = await tools.echo(array)
        assert back.dtype == array.dtype and back.shape == array.shape and (back == array).all(), (name, back)
    large = np.arange(3 << 20, dtype=np.uint32)
    assert (await tools.echo(large) == large).all()

    try:
        await tools.fail()
        raise SystemExit("a failure did not arrive")
    except Exception as error:
        assert "the lamp is off" in str(error), error

    asked = []

    def ask(index):
        asked.append(index)
        return index * 10

    assert await tools.often(ask, 4) == 60 and asked == [0, 1, 2, 3]
    assert [number async for number in await tools.numbers(5)] == [0, 1, 2, 3, 4]

    counter = await tools.counter(5)
    assert counter.start == 5 and await counter.next() == 6 and await counter.next() == 7
    adder = await tools.adder(2)
    assert await adder(40) == 42
    assert await tools.deep.names(first=1, second=2) == ["first", "second"]
    assert (await tools.whoami())[0].endswith("/python-user")

    async def values():
        for value in [1, 2, 3]:
            yield value

    assert await tools.sum(values()) == 6
    await server.disconnect()
    print("ok", flush=True)


roles = {"serve": serve, "use": use}
asyncio.run(roles[sys.argv[1]](*sys.argv[2:]))
