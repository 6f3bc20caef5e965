// What the pages assert with.

export function expect(condition, ...seen) {
  if (!condition) throw new Error(`not as expected: ${seen.map(show).join(", ")}`);
}

export function expectSame(value, expected, name = "value") {
  expect(same(value, expected), name, value, expected);
}

export async function expectFailure(promise, text) {
  const outcome = await promise.then((value) => ({ value }), (error) => ({ error }));
  expect(outcome.error instanceof Error && outcome.error.message.includes(text), outcome.error ?? outcome.value);
}

/** Whether two values are of one type and equal in depth. */
function same(a, b) {
  if (Object.is(a, b)) return true;
  if (!(a instanceof Object && b instanceof Object) || a.constructor !== b.constructor) return false;
  if (a instanceof ArrayBuffer) return same(new Uint8Array(a), new Uint8Array(b));
  if (ArrayBuffer.isView(a)) return a.length === b.length && a.every((element, index) => element === b[index]);
  if (a instanceof Set) return a.size === b.size && [...a].every((element) => b.has(element));
  if (a instanceof Map) return same([...a], [...b]);
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => name in b && same(a[name], b[name]));
}

function show(value) {
  if (value instanceof Error) return value.stack;
  if (value instanceof Set || value instanceof Map) return `${value.constructor.name} ${show([...value])}`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} [${value.slice(0, 10)}] of ${value.length}`;
  return (JSON.stringify(value) ?? String(value)).slice(0, 1000);
}
