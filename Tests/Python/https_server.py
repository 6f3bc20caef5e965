"""Serves a folder over https for one test: python https_server.py FOLDER CERTIFICATE KEY.

Prints its port, then serves until its standard input closes. /redirect/ADDRESS answers with a redirection to ADDRESS,
/short/FILE announces ten bytes more than it sends.
"""
import http.server
import os
import ssl
import sys
import threading
import urllib.parse

folder, certificate, key = sys.argv[1:]


class Handler(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *arguments):
        super().__init__(*arguments, directory=folder)

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        if self.path.startswith("/redirect/"):
            self.send_response(302)
            self.send_header("Location", urllib.parse.unquote(self.path[len("/redirect/"):]))
            self.end_headers()
        elif self.path.startswith("/short/"):
            data = open(os.path.join(folder, os.path.basename(self.path)), "rb").read()
            self.send_response(200)
            self.send_header("Content-Length", str(len(data) + 10))
            self.end_headers()
            self.wfile.write(data)
        else:
            super().do_GET()


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
