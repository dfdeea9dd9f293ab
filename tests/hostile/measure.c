/* SPDX-License-Identifier: MIT */
/* measure FILE COMMAND…: runs it, and writes what it cost to FILE: milliseconds of processor time
 * and KiB of memory at most. Exits as it does; 128 and more: the signal that ended it. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long ms(struct timeval t)
{
    return t.tv_sec * 1000 + t.tv_usec / 1000;
}

int main(int argc, char **argv)
{
    int status;
    struct rusage cost;
    if (argc < 3)
        return 2;
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &cost) < 0)
        return 126;
    FILE *out = fopen(argv[1], "w");
    if (!out)
        return 126;
    fprintf(out, "%ld %ld\n", ms(cost.ru_utime) + ms(cost.ru_stime), cost.ru_maxrss);
    fclose(out);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
