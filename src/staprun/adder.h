/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Programs by which stapio adds to an element of an array in one atomic step,
 * which bpf(2) has no call for. They attach to nothing: stapio runs them with
 * BPF_PROG_TEST_RUN after putting key and number in a mapped map.
 */
#ifndef SPILE_STAPRUN_ADDER_H
#define SPILE_STAPRUN_ADDER_H

#include <stdint.h>

/* Make the map for the arguments (struct handoff_add and a key of up to
 * key_size bytes). A descriptor or -errno. */
int adder_make_map(uint32_t key_size);

/* Load the program for one array map. A descriptor or -errno. */
int adder_load(int param_fd, int map_fd);

#endif
