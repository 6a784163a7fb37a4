// Points at which a tracer (bpftrace, SystemTap, perf) may look into the running daemon: USDT
// probes of the provider `usher`. Each is a `nop` until somebody attaches, and its arguments are
// values that are at hand. docs/operating.md lists them.
#pragma once

#include <sys/sdt.h>

#define PROBE2(name, a, b) DTRACE_PROBE2(usher, name, a, b)
