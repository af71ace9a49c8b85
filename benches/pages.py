#!/usr/bin/env python3
"""How long a running server takes for pages of the nation, and how large they are compressed.

    bash examples/start.sh                          # in another terminal
    python3 benches/pages.py [127.0.0.1:8080]

Asks for each page 200 times on one connection; prints the median and the 99th percentile.
"""

import http.client
import sys
import time

CYCLE = "/cycles/england/2009-10"
PAGES = [
    "/",
    CYCLE,
    f"{CYCLE}?columns=measures",
    f"{CYCLE}/search?measure-1=5a&level-1=3",
    f"{CYCLE}/challenges",
    f"{CYCLE}/findings",
    f"{CYCLE}/bodies/5KF",
    f"{CYCLE}/bodies/5KF/why/5a",
    f"{CYCLE}/bodies/5KF/outcomes",
    f"{CYCLE}/bodies/5KF/since",
]
TIMES = 200


def main() -> None:
    address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:8080"
    connection = http.client.HTTPConnection(address)
    for page in PAGES:
        taken = []
        for _ in range(TIMES):
            start = time.perf_counter()
            connection.request("GET", page, headers={"Accept-Encoding": "gzip"})
            response = connection.getresponse()
            size = len(response.read())
            taken.append(time.perf_counter() - start)
            if response.status != 200:
                sys.exit(f"{page}: status {response.status}")
        taken.sort()
        median, high = taken[TIMES // 2] * 1000, taken[TIMES * 99 // 100 - 1] * 1000
        print(f"{page:50} {size:7} bytes  median {median:6.1f} ms  99th percentile {high:6.1f} ms")


if __name__ == "__main__":
    main()
