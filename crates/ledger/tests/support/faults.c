/*
 * * Makes writes to the files of one folder fail. Load it into a program with LD_PRELOAD.
 *
 *   FAULT_FOLDER  the folder FAULT_AT      the call that fails, counted from 1 (0: none)
 *   FAULT_CALLS   which calls are counted: "writes" (and truncations) or "syncs"; default both
 *   FAULT_ERRNO   the error number FAULT_TORN    if set, a failing write writes half of its bytes
 *   FAULT_WHILE   a file: while it exists, every call fails FAULT_TOLD    a file that is created
 *   when a call fails
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;

static int fails(int fd, const char *call_is)
{
    const char *counted = getenv("FAULT_CALLS");
    const char *folder = getenv("FAULT_FOLDER"), *at = getenv("FAULT_AT");
    const char *during = getenv("FAULT_WHILE"), *told = getenv("FAULT_TOLD");
    char link[64], path[4096];
    ssize_t length;
    if (folder == NULL)
        return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    if (strncmp(path, folder, strlen(folder)) != 0)
        return 0;
    if (counted != NULL && strcmp(counted, call_is) != 0)
        return 0;
    long call = atomic_fetch_add(&calls, 1) + 1;
    int now = at != NULL && call == atol(at);
    if (!now && !(during != NULL && access(during, F_OK) == 0))
        return 0;
    if (told != NULL)
        close(creat(told, 0600));
    const char *number = getenv("FAULT_ERRNO");
    errno = number != NULL ? atoi(number) : EIO;
    return 1;
}

#define NEXT(name) static typeof(name) *next; if (next == NULL) next = dlsym(RTLD_NEXT, #name)

static size_t torn(size_t count)
{
    return getenv("FAULT_TORN") != NULL ? count / 2 : 0;
}

ssize_t write(int fd, const void *bytes, size_t count)
{
    NEXT(write);
    int before = errno;
    if (!fails(fd, "writes")) {
        errno = before;
        return next(fd, bytes, count);
    }
    int failed = errno;
    if (torn(count))
        (void)!next(fd, bytes, torn(count));
    errno = failed;
    return -1;
}

#define PWRITE(name, offset_type)                                              \
    ssize_t name(int fd, const void *bytes, size_t count, offset_type offset)  \
    {                                                                          \
        NEXT(name);                                                            \
        if (!fails(fd, "writes"))                                              \
            return next(fd, bytes, count, offset);                             \
        int failed = errno;                                                    \
        if (torn(count))                                                       \
            (void)!next(fd, bytes, torn(count), offset);                       \
        errno = failed;                                                        \
        return -1;                                                             \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define SYNC(name)                                   \
    int name(int fd)                                 \
    {                                                \
        NEXT(name);                                  \
        return fails(fd, "syncs") ? -1 : next(fd);   \
    }
SYNC(fsync)
SYNC(fdatasync)

#define TRUNCATE(name, offset_type)                          \
    int name(int fd, offset_type length)                     \
    {                                                        \
        NEXT(name);                                          \
        return fails(fd, "writes") ? -1 : next(fd, length);  \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)
