#define _GNU_SOURCE
#include "CImJoyShims.h"
#include <errno.h>

#ifdef __linux__
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#endif
#include <unistd.h>

int imjoy_processor_count(void) {
#ifdef __linux__
    cpu_set_t processors;
    if (sched_getaffinity(0, sizeof processors, &processors) == 0) return CPU_COUNT(&processors);
#endif
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (int)count : 1;
}

#ifdef __linux__

int imjoy_memfd_create(const char *name) { return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); }

int imjoy_memfd_seal(int descriptor) {
    return fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
}
#else
int imjoy_memfd_create(const char *name) { errno = ENOSYS; return -1; }
int imjoy_memfd_seal(int descriptor) { errno = ENOSYS; return -1; }
#endif

int imjoy_has_avx512(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
#else
    return 0;
#endif
}
