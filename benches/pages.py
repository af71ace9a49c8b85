#!/usr/bin/env python3
"""How long a running server takes for pages of the nation, and how large they are compressed.

    bash examples/start.sh                          # in another terminal
    python3 benches/pages.py [127.0.0.1:8080] [TIMES]

Asks for each page 200 times on one connection, as the public; prints the median and the 99th percentile, and marks what is
above the aim: 20 ms and 100 KB. Pages that need a sign-in are named and left out.
"""

import http.client
import sys
import time

CYCLE = "/cycles/england/2009-10"
BODY = f"{CYCLE}/bodies/5KF"
PAGES = [
    "/",
    CYCLE,
    f"{CYCLE}?columns=measures",
    f"{CYCLE}?columns=measures&method=self",
    f"{CYCLE}/search?measure-1=5a&level-1=3",
    f"{CYCLE}/challenges",
    f"{CYCLE}/findings",
    f"{CYCLE}/functions",
    f"{CYCLE}/indicators",
    f"{CYCLE}/calibration",
    f"{CYCLE}/timetable",
    f"{CYCLE}/surveys",
    f"{CYCLE}/messages",
    f"{BODY}",
    f"{BODY}/why/5a",
    f"{BODY}/outcomes",
    f"{BODY}/since",
    f"{BODY}/evidence",
    f"{BODY}/plans",
    f"{BODY}/panel",
    f"{BODY}/facts",
    f"{BODY}/history/5a",
    f"{BODY}/approvals",
    "/frameworks/wcc-2009-10",
    "/plugins",
]
TIMES = 200


def main() -> None:
    address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:8080"
    times = int(sys.argv[2]) if len(sys.argv) > 2 else TIMES
    connection = http.client.HTTPConnection(address)

    def ask(page: str) -> tuple[int, int]:
        connection.request("GET", page, headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        return response.status, len(response.read())

    for page in PAGES:
        status, size = ask(page)
        if status in (401, 403):
            print(f"{page:50} needs a sign-in")
            continue
        if status != 200:
            sys.exit(f"{page}: status {status}")
        taken = []
        for _ in range(times):
            start = time.perf_counter()
            _, size = ask(page)
            taken.append(time.perf_counter() - start)
        taken.sort()
        median, high = taken[times // 2] * 1000, taken[max(times * 99 // 100 - 1, 0)] * 1000
        above = "  above the aim" if high > 20 or size > 100_000 else ""
        print(f"{page:50} {size:7} bytes  median {median:6.1f} ms  99th percentile {high:6.1f} ms{above}")


if __name__ == "__main__":
    main()
