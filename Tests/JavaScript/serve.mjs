// Offers a service that a Swift program calls.

import { connectToServer } from "/clients/hypha-rpc-websocket.mjs";
import { elements, ndarray, typedArrays } from "./arrays.mjs";

let server;

/** The id of the service. */
export default async function serve(url) {
  server = await connectToServer({ server_url: url, client_id: "javascript" });
  await server.registerService({ id: "tools", config: { visibility: "public" }, ...tools });
  await server.registerService({
    id: "context", config: { visibility: "public", require_context: true },
    who: (context) => [context.from, context.ws],
  });
  return `${server.config.workspace}/javascript:tools`;
}

export async function leave() {
  await server.disconnect();
}

const tools = {
  echo: (value) => value,
  kind: (value) => value?.constructor.name ?? String(value),
  add: (a, b = 1) => a + b,
  fail: (reason) => {
    throw new RangeError(reason);
  },
  often: async (ask, count) => {
    let sum = 0;
    for (let index = 0; index < count; index++) sum += await ask(index);
    return sum;
  },
  numbers: function* (count) {
    for (let index = 0; index < count; index++) yield index;
  },
  later: async function* (count) {
    for (let index = 0; index < count; index++) yield index;
  },
  sum: async (stream) => {
    let sum = 0;
    for await (const number of stream) sum += number;
    return sum;
  },
  adder: (first) => (second) => first + second,
  counter: (start) => ({ _rintf: true, start, following: () => ++start }),
  values: () => ({
    set: new Set([1, 2]), map: new Map([["a", 1]]), error: new RangeError("too far"), nothing: undefined,
    buffer: Uint8Array.of(1, 2).buffer, text: "µm 🔬", nested: [{ a: [null, { b: 1.5 }] }],
  }),
  arrays: typedArrays,
  picture: (height, width) => {
    const pixels = Float32Array.from({ length: height * width }, (_, index) => index);
    return ndarray(pixels, [height, width]);
  },
  total: (array) => elements(array).reduce((sum, element) => sum + element, 0),
  version: "1.0",
};
