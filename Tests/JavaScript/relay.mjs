// Lets an application at the other end of a WebSocket host a plugin in a sandboxed frame: each message of the real
// imjoy-rpc goes on as one binary message, and back.

import { decode, encode } from "./messagepack.mjs";

/** Ends when the socket does. */
export default async function relay(url) {
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`nobody answers at ${url}`));
  });

  const frame = document.createElement("iframe");
  frame.sandbox = "allow-scripts";
  frame.src = "plugin.html";
  await new Promise((resolve, reject) => {
    const orFail = (forward) => (event) => {
      try {
        forward(event);
      } catch (error) {
        reject(error);
      }
    };
    socket.onclose = resolve;
    socket.onmessage = orFail((event) => frame.contentWindow.postMessage(decode(event.data), "*"));
    window.onmessage = orFail((event) => {
      if (event.source === frame.contentWindow) socket.send(encode(event.data));
    });
    document.body.append(frame);
  });
  frame.remove();
}
