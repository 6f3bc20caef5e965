"""Real clients in JavaScript, in a headless Chromium, that meet Swift programs.

`serve URL` offers a service on a server of Hypha, prints its id and waits for a line; `use URL ID` calls everything of
a service that a Swift program offers under that id and prints `ok`; `relay URL` lets the application that listens at
that WebSocket address host a plugin of the classic protocol, and ends when the application closes the connection.
Runs in the environment of Scripts/setup-browser.sh; the pages are in Tests/JavaScript.
"""

import http.server
import shutil
import sys
import threading
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

PAGES = Path(__file__).parent.parent / "JavaScript"
CLIENTS = Path(sys.prefix) / "javascript"


class Files(http.server.SimpleHTTPRequestHandler):
    extensions_map = {".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript"}

    def translate_path(self, path):
        folder, _, name = path.removeprefix("/").rpartition("/")
        return str((CLIENTS if folder == "clients" else PAGES) / name)

    def log_message(self, *_):
        pass


def call(page, function, *arguments):
    """What an exported function of a page's module gives: `module.name`."""
    script = "([module, name, values]) => import(`./${module}.mjs`).then((exports) => exports[name](...values))"
    module, _, name = function.partition(".")
    return page.evaluate(script, [module, name or "default", arguments])


def serve(page, url):
    print(call(page, "serve", url), flush=True)
    sys.stdin.readline()
    call(page, "serve.leave")


def use(page, url, service_id):
    call(page, "use", url, service_id)
    print("ok", flush=True)


def relay(page, url):
    call(page, "relay", url)


def main(role, *arguments):
    files = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=files.serve_forever, daemon=True).start()
    console = []
    chromium = shutil.which("chromium")
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=chromium) as browser:
        page = browser.new_page()
        page.on("console", lambda message: console.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: console.append(f"not caught: {error.stack}"))
        page.goto(f"http://127.0.0.1:{files.server_port}/page.html")
        try:
            {"serve": serve, "use": use, "relay": relay}[role](page, *arguments)
        except Error as error:
            sys.exit("\n".join([*console[-20:], error.stack or str(error)]))


main(*sys.argv[1:])
