// A plugin of the classic protocol. Functions that a call brings can be called once there; those of an object often.

const plugin = {
  setup() {},
  echo: (value) => value,
  kind: (value) => value?.constructor.name ?? String(value),
  rest: (...values) => values,
  add: (a, b = 1) => a + b,
  fail(reason) {
    throw new RangeError(reason);
  },
  once: (ask, value) => ask(value),
  async often(asker, count) {
    let sum = 0;
    for (let index = 0; index < count; index++) sum += await asker.ask(index);
    return sum;
  },
  adder: (first) => (second) => first + second,
  counter: (start) => ({ _rintf: true, start, following: () => ++start }),
  deep: { names: (...values) => values.map((value) => Object.keys(value)) },
  values: () => ({
    set: new Set([1, 2]), map: new Map([["a", 1]]), error: new RangeError("too far"), nothing: undefined,
    view: new DataView(Uint8Array.of(1, 2).buffer), text: "µm 🔬", nested: [{ a: [null, { b: 1.5 }] }],
  }),
  bytes: (count) => Uint8Array.from({ length: count }, (_, index) => index).buffer,
  size: (bytes) => bytes.byteLength,
  doubled: (array) => array.map((element) => 2 * element),
  picture: (height, width) => ({
    _rtype: "ndarray", _rdtype: "uint8", _rshape: [height, width, 4],
    _rvalue: new ImageData(width, height).data.fill(7).buffer,
  }),
  brighter: (image) => ({ ...image, _rvalue: new Uint8Array(image._rvalue).map((element) => element + 1).buffer }),
  // A Blob and a stream of ours.
  described: async (blob) => [blob.type, await blob.text()],
  beginning: (stream, count) => stream.read(count),
  host: (name, ...values) => api[name](...values),
  version: "1.0",
};

let api;
window.addEventListener("imjoy_remote_api_ready", (event) => {
  api = event.detail;
  api.export(plugin);
});
imjoyRPC.waitForInitialization({ name: "Plugin of the tests", version: "0.1.0", allow_execution: true });
