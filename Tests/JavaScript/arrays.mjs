// Arrays as Hypha and ImJoy write them: the element types that JavaScript has, under their names of NumPy.

const types = {
  int8: Int8Array, int16: Int16Array, int32: Int32Array, uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array,
  float32: Float32Array, float64: Float64Array,
};

/** The numbers from 0 to 5 in each type. */
export function typedArrays() {
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [name, type.of(0, 1, 2, 3, 4, 5)]));
}

/** An n-d array with the elements of a typed array. */
export function ndarray(elements, shape) {
  const dtype = Object.keys(types).find((name) => elements instanceof types[name]);
  return { _rtype: "ndarray", _rvalue: new Uint8Array(elements.buffer), _rshape: shape, _rdtype: dtype };
}

/** The elements of an n-d array, as a typed array. */
export function elements({ _rvalue, _rdtype }) {
  // Copied: where the bytes lie in a message is not aligned for larger elements.
  return new types[_rdtype](_rvalue.slice().buffer);
}
