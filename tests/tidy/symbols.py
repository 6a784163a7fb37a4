#!/usr/bin/env python3
"""What the engine's library asks of others: nothing that knows time, chance, files or threads.

    symbols.py libusher_engine.a [NM]"""

import re
import subprocess
import sys

DENIED = re.compile(
    r"^(clock_gettime|clock|time|gettimeofday|nanosleep|usleep|sleep|localtime(_r)?|gmtime(_r)?"
    r"|mktime|timegm|strftime|tzset|rand|rand_r|srand|random|srandom|drand48|getrandom|getentropy"
    r"|getenv|secure_getenv|setenv|putenv|setlocale|newlocale|uselocale|localeconv|strtod|strtof"
    r"|open(at)?(64)?|creat(64)?|close|p?read(64)?|p?write(64)?|readv|writev|lseek(64)?"
    r"|f(data)?sync|fopen(64)?|fread|fwrite|fputs|puts|v?f?printf|__v?f?printf_chk"
    r"|mmap(64)?|unlink"
    r"|rename(at)?|stat(64)?|fstat(64)?|ioctl|socket|connect|accept4?|bind|listen|send(to|msg)?"
    r"|recv(from|msg)?|poll|epoll_\w+|select|eventfd|pipe2?|fork|v?fork|exec\w*|system|popen|kill"
    r"|pthread_(create|join|mutex_\w+|cond_\w+|rwlock_\w+|once|key_\w+|[gs]etspecific)|sem_\w+"
    r"|sqrt|pow|log2?|exp|floor|ceil|l?l?round|getpid|gethostname|syscall)$"
    r"|std::chrono::.*::now\(|std::random_device|std::locale|std::ios_base::|std::basic_\w*stream"
    r"|std::(c|w)(out|in|err|log)\b|std::thread|std::filesystem|std::condition_variable|std::mutex")
# Fewer names than this, and it was not the engine that we looked at.
NAMES_MIN = 50


def symbols(library, nm):
    """(undefined, how many are defined). Versions such as @GLIBC_2.2.5 are cut off."""
    listing = subprocess.run([nm, "--demangle", library], check=True, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout
    undefined, defined = set(), 0
    for line in listing.splitlines():
        found = re.match(r"^[0-9a-f ]*\s([A-Za-z]) (.+)$", line)
        if not found:
            continue
        kind, name = found.groups()
        if kind in "Uwv":
            undefined.add(name.split("@", 1)[0])
        elif "usher::" in name:
            defined += 1
    return undefined, defined


def denied(names):
    return sorted(name for name in names if DENIED.search(name))


def main():
    library = sys.argv[1]
    undefined, defined = symbols(library, sys.argv[2] if len(sys.argv) > 2 else "nm")
    found = denied(undefined)
    for name in found:
        print(f"{library}: asks for {name}: the engine is alone (docs/architecture.md)")
    if defined < NAMES_MIN:
        print(f"{library}: only {defined} names of ours in it, at least {NAMES_MIN} expected: "
              "is this the engine?")
    print(f"symbols: {defined} of its own, {len(undefined)} asked for, {len(found)} denied")
    return 1 if found or defined < NAMES_MIN else 0


if __name__ == "__main__":
    sys.exit(main())
