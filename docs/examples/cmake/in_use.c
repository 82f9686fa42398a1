/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A module that another one uses cannot be removed. usage: in_use FOLDER-OF-SAMPLES */
#include <errno.h>
#include <retromod.h>
#include <stdio.h>

static int64_t load(retromod_machine *machine, const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return retromod_insmod(machine, path, NULL);
}

int main(int argc, char **argv)
{
    retromod_machine *machine = retromod_boot(NULL); /* a 2.4.20 on i386, in memory */
    int good;

    if (!machine || argc != 2) {
        fprintf(stderr, "in_use: %s\n", machine ? "say where the samples are" : retromod_error(NULL));
        return 1;
    }
    good = load(machine, argv[1], "exporter.o") == 0 && load(machine, argv[1], "importer.o") == 0
        && retromod_delete_module(machine, "exporter") == -EBUSY;
    if (!good) fprintf(stderr, "in_use: %s\n", retromod_error(machine));
    retromod_close(machine);
    return !good;
}
