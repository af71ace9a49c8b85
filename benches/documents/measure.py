#!/usr/bin/env python3
"""Prints the panel reports of a nation as PDF, and the same content with other programs.

    python3 benches/documents/measure.py --wcc target/release/wcc --pdf-program pdf/target/release/wcc-pdf

Every program gets the reports in its own form, prepared before anything is timed: documents for wcc-pdf, .docx for
LibreOffice, .html for Chromium and WeasyPrint. Each is warm where it can be: one process prints all of them, and the time of the
first is given apart. Programs that are not installed are left out. docs/benchmarks.md has the figures.
"""

import argparse
import base64
import json
import multiprocessing
import os
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RECORDER = r"""#!/usr/bin/env python3
# Stands for the program that prints PDFs: keeps each document instead.
import os, struct, sys
folder = os.path.dirname(os.path.abspath(__file__))
def read():
    head = sys.stdin.buffer.read(4)
    return sys.stdin.buffer.read(struct.unpack("<I", head)[0]) if len(head) == 4 else None
def answer(message):
    sys.stdout.buffer.write(struct.pack("<I", len(message)) + message)
    sys.stdout.buffer.flush()
setup, at = read(), 0
open(os.path.join(folder, "setup.json"), "wb").write(setup)
answer(b"R")
while (document := read()) is not None:
    open(os.path.join(folder, "documents", "%d-%d.json" % (os.getpid(), at)), "wb").write(document)
    at += 1
    answer(b"P%PDF-1.7")
"""


def prepare(arguments, folder):
    """The reports in the form of each program."""
    recorder = folder / "recorder"
    (folder / "documents").mkdir()
    recorder.write_text(RECORDER)
    recorder.chmod(0o755)
    command = [arguments.wcc, "report", arguments.case, "--cycle", arguments.cycle, "--all"]
    subprocess.run([*command, "--pdf-program", recorder, "--out", folder / "empty"], check=True)
    subprocess.run([*command, "--format", "html,docx", "--out", folder / "files"], check=True)
    some = slice(0, arguments.limit)
    return {
        "documents": sorted((folder / "documents").iterdir())[some],
        "docx": sorted((folder / "files").glob("*.docx"))[some],
        "html": sorted((folder / "files").glob("*.html"))[some],
    }


def memory_of(pid):
    """Peak memory of a process, in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


def processor_seconds(pids):
    """Processor time that processes and those whom they waited for have used."""
    ticks = 0
    for pid in pids:
        try:
            ticks += sum(int(word) for word in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:15])
        except OSError:
            pass
    return ticks / os.sysconf("SC_CLK_TCK")


def family_of(pid):
    """A process and everything that it started."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, ValueError):
            pass
    family = [pid]
    for member in family:
        family += [child for child, parent in parents.items() if parent == member]
    return family


def print_with_wcc(program, setup, documents, out):
    """Prints with one process of wcc-pdf. Returns the seconds of each and the memory after each."""
    process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(message):
        process.stdin.write(struct.pack("<I", len(message)) + message)
        process.stdin.flush()
        length = struct.unpack("<I", process.stdout.read(4))[0]
        answer = process.stdout.read(length)
        if answer[:1] not in b"RP":
            sys.exit(answer.decode())
        return answer[1:]

    ask(setup)
    seconds, memory = [], []
    for document in documents:
        text = document.read_bytes()
        start = time.monotonic()
        pdf = ask(text)
        seconds.append(time.monotonic() - start)
        memory.append(memory_of(process.pid))
        (out / f"{document.stem}.pdf").write_bytes(pdf)
    process.kill()
    process.wait()
    return seconds, memory


def with_wcc(arguments, files, folder, cores):
    """All reports, with a process for each core."""
    setup = (folder / "setup.json").read_bytes()
    documents = files["documents"]
    out = folder / "wcc"
    out.mkdir(exist_ok=True)
    start = time.monotonic()
    if cores == 1:
        seconds, memory = print_with_wcc(arguments.pdf_program, setup, documents, out)
        peak = memory[-1]
        print(f"  memory after 1, a half and all: {memory[0]:.0f}, {memory[len(memory) // 2]:.0f}, {memory[-1]:.0f} MiB")
    else:
        shares = [(arguments.pdf_program, setup, documents[at::cores], out) for at in range(cores)]
        with multiprocessing.Pool(cores) as pool:
            results = pool.starmap(print_with_wcc, shares)
        seconds = results[0][0]
        peak = sum(memory[-1] for _, memory in results)
    return time.monotonic() - start, seconds[0], peak


def with_libreoffice(files, folder):
    """All reports in one call, which loads the program once."""
    out = folder / "libreoffice"
    profile = f"-env:UserInstallation=file://{folder}/profile"
    convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(out)]
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    # The first start makes the profile.
    subprocess.run([*convert, files["docx"][0]], **quiet)
    start = time.monotonic()
    subprocess.run([*convert, files["docx"][0]], **quiet)
    first = time.monotonic() - start
    start, before = time.monotonic(), sum(os.times()[2:4])
    subprocess.run([*convert, *files["docx"]], **quiet)
    worked = sum(os.times()[2:4]) - before
    return time.monotonic() - start, first, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, worked


def with_chromium(program, files, folder):
    """All reports with one browser, driven over a pipe."""
    out = folder / "chromium"
    out.mkdir(exist_ok=True)
    (child_reads, write), (read, child_writes) = os.pipe(), os.pipe()

    def wire():
        os.dup2(child_reads, 3)
        os.dup2(child_writes, 4)

    arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", f"--user-data-dir={folder}/chromium-profile"]
    process = subprocess.Popen(
        [program, *arguments], preexec_fn=wire, pass_fds=(3, 4, child_reads, child_writes), stderr=subprocess.DEVNULL
    )
    os.close(child_reads)
    os.close(child_writes)
    pending, numbers = b"", iter(range(1, 1 << 30))

    def receive():
        nonlocal pending
        while b"\0" not in pending:
            more = os.read(read, 1 << 20)
            if not more:
                sys.exit("Chromium ended")
            pending += more
        message, pending = pending.split(b"\0", 1)
        return json.loads(message)

    def ask(method, session=None, **parameters):
        number = next(numbers)
        message = {"id": number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        text = json.dumps(message).encode() + b"\0"
        while text:
            text = text[os.write(write, text) :]
        while (answer := receive()).get("id") != number:
            pass
        return answer["result"]

    target = ask("Target.createTarget", url="about:blank")["targetId"]
    session = ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    ask("Page.enable", session)
    seconds = []
    worked_before = processor_seconds(family_of(process.pid))
    begin = time.monotonic()
    for page in files["html"]:
        start = time.monotonic()
        ask("Page.navigate", session, url=page.resolve().as_uri())
        while receive().get("method") != "Page.loadEventFired":
            pass
        pdf = ask("Page.printToPDF", session, printBackground=True, generateTaggedPDF=True, preferCSSPageSize=True)
        (out / f"{page.stem}.pdf").write_bytes(base64.b64decode(pdf["data"]))
        seconds.append(time.monotonic() - start)
    total = time.monotonic() - begin
    # The browser and its renderers, of which each has memory of its own.
    family = family_of(process.pid)
    peak = sum(memory_of(member) for member in family)
    worked = processor_seconds(family) - worked_before
    process.kill()
    process.wait()
    return total, seconds[0], peak, worked


def with_weasyprint(files, folder):
    """All reports with one process."""
    out = folder / "weasyprint"
    out.mkdir(exist_ok=True)
    program = (
        "import sys, time, resource\nfrom weasyprint import HTML\n"
        "out, pages, begin, first = sys.argv[1], sys.argv[2:], time.monotonic(), None\n"
        "for at, page in enumerate(pages):\n"
        "    HTML(filename=page).write_pdf('%s/%d.pdf' % (out, at), pdf_variant='pdf/ua-1')\n"
        "    first = first or time.monotonic() - begin\n"
        "print(time.monotonic() - begin, first, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, str(out), *map(str, files["html"])], check=True, capture_output=True, text=True
    )
    return tuple(float(word) for word in answer.stdout.split())


def pages_in(folder):
    """The pages of the PDFs in a folder, on average."""
    if not shutil.which("pdfinfo"):
        return float("nan")
    counts = []
    for pdf in list(folder.glob("*.pdf"))[:10]:
        lines = subprocess.run(["pdfinfo", pdf], capture_output=True, text=True).stdout.splitlines()
        counts += [int(line.split()[1]) for line in lines if line.startswith("Pages:")]
    return sum(counts) / max(1, len(counts))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wcc", default="target/release/wcc")
    parser.add_argument("--pdf-program", default="pdf/target/release/wcc-pdf")
    parser.add_argument("--case", default="examples/england")
    parser.add_argument("--cycle", default="2009-10")
    parser.add_argument("--limit", type=int, default=None, help="how many reports; default: all")
    parser.add_argument("--only", default="wcc,libreoffice,chromium,weasyprint", help="programs, separated by commas")
    parser.add_argument("--cores", type=int, default=os.cpu_count())
    parser.add_argument("--keep", type=Path, help="folder for what was prepared, which a later run uses again")
    arguments = parser.parse_args()
    folder = arguments.keep or Path(tempfile.mkdtemp())
    listing = folder / "files.json"
    if listing.exists():
        kept = json.loads(listing.read_text())
        files = {kind: [Path(path) for path in paths][: arguments.limit] for kind, paths in kept.items()}
    else:
        folder.mkdir(parents=True, exist_ok=True)
        files = prepare(arguments, folder)
        listing.write_text(json.dumps({kind: [str(path) for path in paths] for kind, paths in files.items()}))
    count = len(files["documents"])
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    programs = {
        "wcc": lambda: with_wcc(arguments, files, folder, 1),
        "wcc, all cores": lambda: with_wcc(arguments, files, folder, arguments.cores),
        "libreoffice": lambda: with_libreoffice(files, folder),
        "chromium": lambda: with_chromium(chromium, files, folder),
        "weasyprint": lambda: with_weasyprint(files, folder),
    }
    missing = {
        "libreoffice": shutil.which("soffice") is None,
        "chromium": chromium is None,
        "weasyprint": subprocess.run([sys.executable, "-c", "import weasyprint"], capture_output=True).returncode != 0,
    }
    all_cores = os.sched_getaffinity(0)
    for name, run in programs.items():
        kind = name.split(",")[0]
        if kind not in arguments.only.split(","):
            continue
        if missing.get(kind):
            print(f"{name}: not installed")
            continue
        # One core, which whatever is started inherits.
        os.sched_setaffinity(0, all_cores if "all cores" in name else {min(all_cores)})
        before = sum(os.times()[2:4])
        total, first, memory, *worked = run()
        # What was waited for; Chromium counts its own, because it leaves its processes behind.
        worked = worked[0] if worked else sum(os.times()[2:4]) - before
        os.sched_setaffinity(0, all_cores)
        print(
            f"{name}: {count} reports of {pages_in(folder / kind):.0f} pages, {total / count * 1000:.0f} ms each, "
            f"of which {worked / count * 1000:.0f} ms at work, the first {first * 1000:.0f} ms, peak {memory:.0f} MiB",
            flush=True,
        )
    if not arguments.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
