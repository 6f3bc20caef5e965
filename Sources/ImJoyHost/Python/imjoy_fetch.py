"""Fetches one archive and tells its SHA-256 before anybody opens it.

    python imjoy_fetch.py ADDRESS FILE LIMIT [SHA256]

Only https and file addresses are read, redirections included, and at most LIMIT bytes. The last line of the output is
`sha256 DIGEST`. A file with another digest than the one demanded is removed and the exit status is 1.
"""
import hashlib
import http.client
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

ADDRESS, TARGET, LIMIT = sys.argv[1], sys.argv[2], int(sys.argv[3])
DEMANDED = sys.argv[4].lower() if len(sys.argv) > 4 else None
SECONDS = 60


class OnlyHTTPS(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, request, file, code, message, headers, address):
        if urllib.parse.urlsplit(address).scheme != "https":
            raise urllib.error.URLError("it redirects to {}, which is no https address".format(address))
        return super().redirect_request(request, file, code, message, headers, address)


def source():
    parts = urllib.parse.urlsplit(ADDRESS)
    if parts.scheme == "file":
        return open(urllib.parse.unquote(parts.path), "rb"), None
    if parts.scheme != "https":
        raise urllib.error.URLError("only https and file addresses are fetched")
    opener = urllib.request.build_opener(OnlyHTTPS)
    request = urllib.request.Request(ADDRESS.split("#")[0], headers={"User-Agent": "imjoy"})
    answer = opener.open(request, timeout=SECONDS)
    length = answer.headers.get("Content-Length")
    return answer, int(length) if length and length.isdigit() else None


def fetch():
    digest, count, told = hashlib.sha256(), 0, time.monotonic()
    stream, length = source()
    if length is not None and length > LIMIT:
        raise ValueError("it has {} bytes, more than the {} that are taken".format(length, LIMIT))
    with stream, open(TARGET, "xb") as file:
        while True:
            data = stream.read(1 << 18)
            if not data:
                break
            count += len(data)
            if count > LIMIT:
                raise ValueError("it has more than the {} bytes that are taken".format(LIMIT))
            digest.update(data)
            file.write(data)
            if time.monotonic() - told > 1:
                told = time.monotonic()
                total = " of {:.0f}".format(length / 1e6) if length else ""
                print("fetched {:.0f}{} MB".format(count / 1e6, total))
    if length is not None and count < length:
        raise ValueError("it ended after {} of {} bytes".format(count, length))
    return digest.hexdigest()


try:
    found = fetch()
    if DEMANDED and found != DEMANDED:
        raise ValueError("its SHA-256 is {}, and {} was demanded".format(found, DEMANDED))
except (OSError, ValueError, http.client.HTTPException) as error:
    if os.path.exists(TARGET):
        os.unlink(TARGET)
    sys.exit("{} cannot be fetched: {}".format(ADDRESS, getattr(error, "reason", None) or error))
print("sha256 " + found)
