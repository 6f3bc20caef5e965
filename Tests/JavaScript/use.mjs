// Calls everything of a service that a Swift program offers.

import { connectToServer } from "/clients/hypha-rpc-websocket.mjs";
import { elements, ndarray, typedArrays } from "./arrays.mjs";
import { expect, expectFailure, expectSame } from "./check.mjs";

export default async function use(url, id) {
  const server = await connectToServer({ server_url: url, client_id: "javascript-user" });
  const tools = await server.getService(id);
  expectSame(tools.version, "1.0");
  expectSame(await tools.add(2, 3), 5);
  await values(tools);
  await kinds(tools);
  await arrays(tools);
  await functions(tools);
  await streams(tools);
  expectSame(await tools.deep.names({ first: 1, second: 2, _rkwargs: true }), ["first", "second"]);
  const workspace = server.config.workspace;
  expectSame((await tools.whoami()).slice(0, 2), [`${workspace}/javascript-user`, workspace]);
  await expectFailure(tools.fail(), "the lamp is off");
  await server.disconnect();
}

async function values(tools) {
  const same = [
    null, true, false, 0, -7, 1.5, NaN, -Infinity, 2 ** 32, 2 ** 53, -(2 ** 53), 2 ** 63, 1e300, "", "µm 細胞 🔬",
    Uint8Array.of(0, 255), new Uint8Array(0), [1, [2, []]], { a: { b: [1, { c: null }] }, "µ": {} },
    new Set([1, "two"]), new Map([["first", 1], ["second", [2]]]), [new Set([1]), { map: new Map() }],
  ];
  for (const value of same) expectSame(await tools.echo(value), value, "echo");
  expectSame(await tools.echo(undefined), null);
  expectSame(await tools.echo({ a: undefined }), { a: null });

  // Python's name for it is memoryview; ours are plain bytes.
  const buffer = await tools.echo(Uint8Array.of(1, 2, 3).buffer);
  expectSame(new Uint8Array(buffer), Uint8Array.of(1, 2, 3));

  const error = await tools.echo(new RangeError("too far"));
  expect(error instanceof Error && error.message.includes("too far"), error);
}

/** What a value of JavaScript is to Swift. */
async function kinds(tools) {
  const kinds = [
    [undefined, "null"], [1, "a whole number"], [1.0, "a whole number"], [1.5, "a number"], [2 ** 53, "a number"],
    [Uint8Array.of(1), "bytes"], [Uint8Array.of(1).buffer, "bytes"], [new DataView(new ArrayBuffer(1)), "bytes"],
    [Float32Array.of(1, 2), "a float32 array of shape [2]"], [new Error("no"), "an error"], [{}, "a mapping"],
    [new Set([1]), "a value of type set"], [new Map(), "a value of type orderedmap"], [() => 1, "a function"],
    [new Uint8ClampedArray(1), "a value of type typedarray"], [new Blob(["a"]), "a value of type iostream"],
  ];
  for (const [value, kind] of kinds) expectSame(await tools.kind(value), kind, "kind");
}

async function arrays(tools) {
  for (const [dtype, array] of Object.entries(typedArrays())) {
    // A Uint8Array is bytes to everybody.
    if (dtype !== "uint8") expectSame(await tools.echo(array), ndarray(array, [6]), dtype);
    expectSame(await tools.echo(ndarray(array, [2, 3])), ndarray(array, [2, 3]), dtype);
  }
  expectSame(await tools.echo(ndarray(new Float32Array(0), [0, 4])), ndarray(new Float32Array(0), [0, 4]));
  expectSame(await tools.echo(ndarray(Int16Array.of(-5), [])), ndarray(Int16Array.of(-5), []));

  const large = Uint32Array.from({ length: 3 << 20 }, (_, index) => index);
  const back = await tools.echo(ndarray(large, [3, 1 << 20]));
  expectSame(back._rshape, [3, 1 << 20]);
  expectSame(elements(back), large, "a large array");
}

async function functions(tools) {
  const asked = [];
  const ask = async (index) => {
    asked.push(index);
    return index * 10;
  };
  expectSame(await tools.often(ask, 4), 60);
  expectSame(asked, [0, 1, 2, 3]);
  const broken = () => {
    throw new Error("nobody is in");
  };
  await expectFailure(tools.often(broken, 1), "nobody is in");

  const adder = await tools.adder(2);
  expectSame(await adder(40), 42);
  expectSame(await adder(41), 43);

  const counter = await tools.counter(5);
  expectSame(counter.start, 5);
  expectSame([await counter.next(), await counter.next()], [6, 7]);
  await counter._dispose();
  await expectFailure(counter.next(), "not found");
}

async function streams(tools) {
  const numbers = [];
  for await (const number of await tools.numbers(5)) numbers.push(number);
  expectSame(numbers, [0, 1, 2, 3, 4]);
  for await (const number of await tools.numbers(1000)) if (number === 2) break;

  function* now() {
    yield* [1, 2, 3];
  }
  async function* later() {
    yield* [1, 2, 3];
  }
  expectSame(await tools.sum(now()), 6);
  expectSame(await tools.sum(later()), 6);
  expectSame(await tools.size(new Blob(["µm"])), 3);
}
